import { readFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import type { LndView, TreasuryView } from "@timmy/shared/money/views";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Random } from "@timmy/shared/ports/random";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { openBooks } from "../ledger/books.ts";
import type { LightningBackend } from "../lightning/backend.ts";
import { connectNode } from "../lightning/lnd/connect.ts";
import { type ConnectionRecord, readConnection } from "../lightning/lnd/connection-record.ts";
import { createLndBackend } from "../lightning/lnd/lnd-backend.ts";
import { findSecret, keyKindOf, openVault } from "../lightning/lnd/macaroon-vault.ts";
import { writePrivateFile } from "../lightning/lnd/private-file.ts";
import { createMockBackend } from "../lightning/mock.ts";
import { mockBlockMs, mockLatencyMs, mockSaveMs } from "../limits.ts";
import type { Payment, Sale } from "../payments/port.ts";
import { openKeyFile } from "../treasury/key-file.ts";
import { createAbsentBackend } from "./absent-backend.ts";
import { createMoney, type Money } from "./money.ts";
import { booksName, type MoneyFiles } from "./money-files.ts";

export interface HostPorts {
  readonly files: MoneyFiles;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly random: Random;
  readonly logger: Logger;
}
export interface HostOptions {
  /** `auto`: the node that was connected, or else the mock. */
  readonly lightning: "auto" | "mock" | "lnd";
  readonly keyFile?: string | undefined;
  readonly credentialsFolder?: string | undefined;
  /** `books`: nobody is asked; what is written down is all there is. */
  readonly asks?: "node" | "books";
}

/** The money of this Timmy, and the node behind it, which may change while we run. */
export interface MoneyHost {
  money(): Money;
  view(): TreasuryView;
  lnd(): LndView;
  /** Opens the vault and goes on with the real node. Throws `bad-passphrase`. */
  unlock(passphrase: string): Promise<void>;
  /** Connects a node for good. Throws what `connectNode` throws; nothing changes then. */
  connect(request: {
    readonly address: string;
    readonly certPem: string;
    readonly adminMacaroonHex: string;
    readonly passphrase: string;
  }): Promise<ConnectionRecord>;
  onChange(listen: () => void): () => void;
  onPayment(listen: (payment: Payment) => void): () => void;
  onSale(listen: (sale: Sale) => void): () => void;
  stop(): Promise<void>;
}

/** Listeners that outlive the node behind them. */
function createListeners<T>() {
  const all = new Set<(value: T) => void>();
  return {
    tell(value: T): void {
      for (const listen of [...all]) listen(value);
    },
    add(listen: (value: T) => void): () => void {
      all.add(listen);
      return () => all.delete(listen);
    },
  };
}

function readSnapshot(path: string): { snapshot?: string } {
  try {
    return { snapshot: readFileSync(path, "utf8") };
  } catch {
    // The first start; a mock that forgot begins anew, and the books will say so.
    return {};
  }
}

/** Play money: the network's own memory lies beside the books, so that both agree after a restart. */
function openMock({ files, time, random }: HostPorts): LightningBackend {
  let waiting: Timer | null = null;
  const save = () => {
    waiting?.cancel();
    waiting = null;
    writePrivateFile(files.mockNode, Buffer.from(backend.snapshot()));
  };
  const backend = createMockBackend(
    { clock: time.clock, random, timers: time.timers },
    {
      ...readSnapshot(files.mockNode),
      ...{ latencyMs: mockLatencyMs, blockMs: mockBlockMs },
      onChange() {
        waiting ??= time.timers.after("keep the mock's network", mockSaveMs, save);
      },
    },
  );
  return {
    ...backend,
    async close() {
      await backend.close();
      save();
    },
  };
}

/** Opens books and node; starts what is open. Throws `not-connected`, and what the books throw. */
export async function openMoneyHost(ports: HostPorts, options: HostOptions): Promise<MoneyHost> {
  const { files, time, logger } = ports;
  const keys = openKeyFile(files.key);
  const listeners = createListeners<void>();
  const payments = createListeners<Payment>();
  const sales = createListeners<Sale>();
  let record = options.lightning === "mock" ? null : readConnection(files.lnd);
  if (record === null && options.lightning === "lnd") throw new TimmyError("not-connected");
  let locked = false;
  let ends: (() => void)[] = [];
  /** One, or none while the node is changed. */
  const opened: Money[] = [];

  const tell = () => listeners.tell();
  async function openNode(node: ConnectionRecord, secret: Uint8Array): Promise<LightningBackend> {
    const macaroons = await openVault(files.lnd, node.pubkey, secret);
    const backend = createLndBackend({ time, logger }, { connection: node, macaroons });
    // What waits for the node goes on at once, and the screens say at once that it is gone.
    backend.onState(() => void opened[0]?.treasury.tick());
    backend.start();
    return backend;
  }
  async function openBackend(): Promise<LightningBackend> {
    if (record === null) return openMock(ports);
    if (options.asks === "books") return createAbsentBackend(record, "lnd-away");
    const secret = findSecret(options, keyKindOf(files.lnd));
    locked = secret === null;
    return secret === null ? createAbsentBackend(record, "vault-locked") : openNode(record, secret);
  }
  function open(backend: LightningBackend): Money {
    const path = files.books(record === null ? "mock" : booksName(record));
    const books = openBooks({ path, clock: time.clock });
    const money = createMoney({ ...ports, books, backend, keys });
    ends = [
      money.treasury.onChange(tell),
      money.payments.onChange((payment) => {
        payments.tell(payment);
        tell();
      }),
      money.sales.onPaid((sale) => {
        sales.tell(sale);
        tell();
      }),
      money.market.onChange(tell),
    ];
    if (options.asks !== "books") money.start();
    return money;
  }
  async function change(backend: LightningBackend): Promise<void> {
    for (const end of ends) end();
    const [before] = opened.splice(0);
    await before?.stop();
    opened.push(open(backend));
    tell();
  }
  function money(): Money {
    const [current] = opened;
    if (current !== undefined) return current;
    throw new TimmyError("treasury-away", "It is changing its node.");
  }
  opened.push(open(await openBackend()));
  return {
    money,
    view() {
      const view = money().treasury.view();
      if (!locked) return view;
      return { ...view, backend: { ...view.backend, state: "vault-locked" } };
    },
    lnd: () => ({
      configured: record !== null,
      address: record?.address ?? "",
      pubkey: record?.pubkey ?? "",
      fingerprint: record?.fingerprint ?? "",
      locked,
      rights: (record?.rights ?? []).map(({ name, methods }) => ({ name, methods: [...methods] })),
    }),
    async unlock(passphrase) {
      if (record === null) throw new TimmyError("not-connected");
      if (!locked) return;
      const backend = await openNode(record, Buffer.from(passphrase));
      locked = false;
      await change(backend);
    },
    async connect({ address, certPem, adminMacaroonHex, passphrase }) {
      const secret = Buffer.from(passphrase);
      const request = { address, certPem, adminMacaroonHex, folder: files.lnd };
      const key = { kind: "passphrase", secret } as const;
      const made = await connectNode({ clock: time.clock }, { ...request, key });
      record = made;
      locked = false;
      await change(await openNode(made, secret));
      return made;
    },
    onChange: listeners.add,
    onPayment: payments.add,
    onSale: sales.add,
    async stop() {
      for (const end of ends) end();
      await money().stop();
    },
  };
}
