import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { openBooks } from "@timmy/companion/ledger/books";
import { type Party, partyAccount } from "@timmy/companion/ledger/port";
import type { LightningBackend } from "@timmy/companion/lightning/backend";
import { createOpenGate } from "@timmy/companion/payments/money-fixture";
import { createPayments } from "@timmy/companion/payments/payments";
import type { Payments, Sales, SendRequest } from "@timmy/companion/payments/port";
import { createReconciler } from "@timmy/companion/payments/reconciler";
import { createSales } from "@timmy/companion/payments/sales";
import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import type { Random } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { connectClient } from "./connected.ts";
import { FakeLnd } from "./fake-lnd.ts";

/** Turns of the loop without a byte on the wire after which nothing is on its way any more. */
const quietTurns = 5;
/** Waits of a millisecond for real connections, at most. */
const patience = 5000;
const agents = ["agent:a", "agent:b"] as const satisfies readonly Party[];

export type Wrap = (backend: LightningBackend) => LightningBackend;

/**
 * The real books, payments and sales, and our real client, on a fake LND over real gRPC. Time is
 * virtual on both sides; only the deadlines of gRPC are real, and nothing waits for them.
 */
export async function createMoneyWorld(startWallMs: number, random: Random, wrap: Wrap) {
  const time = createVirtualTime({ startWallMs });
  const fake = new FakeLnd(time, {
    channels: [
      { peerAlias: "fake-hub", capacitySat: 5_000_000n, localMsat: 3_000_000_000n },
      { peerAlias: "fake-payer", capacitySat: 5_000_000n, localMsat: 2_000_000_000n },
    ],
  });
  await fake.start();
  const client = connectClient(fake, { timers: time.timers });
  let waiting = 0;
  const backend = wrap(countCalls(client.backend, (change) => (waiting += change)));
  const books = openBooks({ path: ":memory:", clock: time.clock });
  const logger = createMemoryLogger();
  const open = createOpenGate();
  const makeId = createIds(time.clock, random.stream("ids"));
  const ports = { books, backend, time, logger };
  const makePayments = () => createPayments({ ...ports, makeId, gate: open.gate });
  const reconciler = createReconciler(ports);
  const parts: { payments: Payments; sales: Sales } = begin();

  function begin() {
    const payments = makePayments();
    return { payments, sales: createSales({ ...ports, payments }) };
  }
  /** Lets everything happen that needs no passing of time. */
  async function rest(): Promise<void> {
    let quiet = 0;
    let bytes = -1;
    for (let waits = 0; quiet < quietTurns && waits < patience; waits++) {
      await turn();
      const now = fake.relay.traffic().bytes;
      const busy = now !== bytes || waiting > fake.unanswered();
      if (busy && waiting > 0) await pause(1);
      quiet = busy ? 0 : quiet + 1;
      bytes = now;
    }
  }
  async function pass(ms: number): Promise<void> {
    time.advanceTo(time.clock.monotonicMs() + ms);
    await rest();
  }
  /** Lets time pass in small steps until the work is done. */
  async function during<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    work.then(end, end);
    for (await rest(); !ended; await pass(50));
    return work;
  }
  /** Waits until the node can be asked again; connections need real time. */
  async function untilActive(): Promise<void> {
    for (let k = 0; (await client.backend.healthCheck()).state !== "active"; k++) {
      if (k === patience) throw new Error("the fake does not come back");
      await pause(5);
    }
  }
  /** Gives an agent money of the owner. */
  function fund(party: Party, amountMsat: bigint): void {
    books.write(() => {
      books.ledger.post({
        ...{ key: `fund:${party}`, kind: "fund", actor: "person:trial", note: "", reference: "" },
        ...{ party, service: "" },
        postings: [
          { account: "party:owner", amountMsat },
          { account: partyAccount(party), amountMsat: -amountMsat },
        ],
      });
    });
  }

  await reconciler.run();
  for (const agent of agents) fund(agent, 400_000_000n);
  parts.payments.start();
  parts.sales.start();
  await rest();
  return {
    ...{ fake, books, backend, reconciler, logger, time, parts, agents, rest, pass },
    ...{ during, untilActive },
    /** Ends payments and sales and begins them anew on the same books. */
    async restart(): Promise<void> {
      await Promise.all([parts.payments.stop(), parts.sales.stop()]);
      Object.assign(parts, begin());
      parts.payments.start();
      parts.sales.start();
      await rest();
    },
    request: (bolt11: string, more: Partial<SendRequest> = {}): SendRequest => ({
      ...{ key: `key-${bolt11.slice(-40)}`, bolt11, maxFeeMsat: 10_000n, party: "agent:a" },
      ...{ purpose: "payment", note: "", origin: { from: "person", who: "trial" } },
      ...more,
    }),
    async stop(): Promise<void> {
      const ends = Promise.all([parts.payments.stop(), parts.sales.stop()]);
      await client.backend.close();
      await fake.stop();
      await ends;
      books.close();
    },
  };
}
export type MoneyWorld = Awaited<ReturnType<typeof createMoneyWorld>>;

const counted = [
  "createInvoice",
  "checkPayment",
  "getInvoice",
  "listInvoices",
  "cancelInvoice",
  "getBalance",
  "channels",
  "forwards",
  "healthCheck",
] as const satisfies readonly (keyof LightningBackend)[];

/** Tells of the calls that wait for one answer; streams may rest for days. */
function countCalls(backend: LightningBackend, tell: (change: 1 | -1) => void): LightningBackend {
  const wrapped: Record<string, unknown> = { ...backend };
  for (const name of counted) {
    const call = backend[name] as (...args: readonly unknown[]) => Promise<unknown>;
    wrapped[name] = (...args: readonly unknown[]) => {
      tell(1);
      return call(...args).finally(() => tell(-1));
    };
  }
  return wrapped as unknown as LightningBackend;
}
