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
import { findSecret, hasVault, keyKindOf, openVault } from "../lightning/lnd/macaroon-vault.ts";
import { writePrivateFile } from "../lightning/lnd/private-file.ts";
import { createMockBackend } from "../lightning/mock.ts";
import { mockBlockMs, mockLatencyMs, mockSaveMs } from "../limits.ts";
import { createListeners } from "../payments/listeners.ts";
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
  /**
   * What a command beside the house needs. `node`: the node is asked and sales are credited, but
   * nothing is sent. `books`: nobody is asked; what is written down is all there is.
   */
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

function readSnapshot(path: string): { snapshot?: string } {
  try {
    return { snapshot: readFileSync(path, "utf8") };
  } catch {
    // The first start; a mock that forgot begins anew, and the books will say so.
    return {};
  }
}

/**
 * Play money: the network's own memory lies beside the books, so that both agree after a restart.
 * Only who plays the network keeps it: a reader would write down what it was before.
 */
function openMock(ports: HostPorts, plays: boolean): LightningBackend {
  const { files, time, random, logger } = ports;
  let waiting: Timer | null = null;
  const save = () => {
    waiting?.cancel();
    waiting = null;
    if (!plays) return;
    try {
      writePrivateFile(files.mockNode, Buffer.from(backend.snapshot()));
    } catch (error) {
      // A full disk must not end the process; the next change is written again.
      logger.warn("the mock's network could not be kept", { error: String(error) });
    }
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
  // They outlive the node behind them.
  const listeners = createListeners<void>(logger);
  const payments = createListeners<Payment>(logger);
  const sales = createListeners<Sale>(logger);
  let record = options.lightning === "mock" ? null : readConnection(files.lnd);
  if (record === null && options.lightning === "lnd") throw new TimmyError("not-connected");
  // A node was connected here: that its record is gone is no reason to go on with play money.
  if (record === null && options.lightning === "auto" && hasVault(files.lnd)) {
    throw new TimmyError("not-connected", "There is a vault, but lnd.json is gone: connect again.");
  }
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
    if (record === null) return openMock(ports, options.asks !== "books");
    if (options.asks === "books") return createAbsentBackend(record, "lnd-away");
    const secret = findSecret(options, keyKindOf(files.lnd));
    locked = secret === null;
    return secret === null ? createAbsentBackend(record, "vault-locked") : openNode(record, secret);
  }
  /** Nothing of it runs yet. Throws what the books throw; the backend is closed then. */
  async function make(node: ConnectionRecord | null, backend: LightningBackend): Promise<Money> {
    try {
      const path = files.books(node === null ? "mock" : booksName(node));
      const books = openBooks({ path, clock: time.clock });
      return createMoney({ ...ports, books, backend, keys });
    } catch (error) {
      await backend.close();
      throw error;
    }
  }
  function begin(money: Money): void {
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
    opened.push(money);
    if (options.asks === undefined) money.start();
    else if (options.asks === "node") money.sales.start();
  }
  async function change(money: Money): Promise<void> {
    for (const end of ends) end();
    const [before] = opened.splice(0);
    // Whoever froze spending froze it for whatever node comes next.
    if (before?.treasury.view().kill_switch) money.treasury.setKillSwitch(true);
    try {
      await before?.stop();
    } catch (error) {
      logger.error("the money before could not be ended well", { error: String(error) });
    }
    begin(money);
    tell();
  }
  let changing: Promise<unknown> = Promise.resolve();
  /** One change of the node after the other: two at once would leave two on the same books. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = changing.then(work);
    changing = turn.catch(() => {});
    return turn;
  }
  function money(): Money {
    const [current] = opened;
    if (current !== undefined) return current;
    throw new TimmyError("treasury-away", "It is changing its node.");
  }
  begin(await make(record, await openBackend()));
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
    unlock: (passphrase) =>
      inTurn(async () => {
        if (record === null) throw new TimmyError("not-connected");
        if (!locked) return;
        const money = await make(record, await openNode(record, Buffer.from(passphrase)));
        locked = false;
        await change(money);
      }),
    connect: ({ address, certPem, adminMacaroonHex, passphrase }) =>
      inTurn(async () => {
        const secret = Buffer.from(passphrase);
        const request = { address, certPem, adminMacaroonHex, folder: files.lnd };
        const key = { kind: "passphrase", secret } as const;
        const made = await connectNode({ clock: time.clock }, { ...request, key });
        const money = await make(made, await openNode(made, secret));
        record = made;
        locked = false;
        await change(money);
        return made;
      }),
    onChange: listeners.add,
    onPayment: payments.add,
    onSale: sales.add,
    async stop() {
      await changing;
      for (const end of ends) end();
      await opened[0]?.stop();
    },
  };
}
