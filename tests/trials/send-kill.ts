import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openBooks } from "@timmy/companion/ledger/books";
import type { LightningBackend } from "@timmy/companion/lightning/backend";
import { createMockBackend } from "@timmy/companion/lightning/mock";
import type { PaymentFault } from "@timmy/companion/lightning/mock-controls";
import { faultsOf } from "@timmy/companion/payments/money-fixture";
import { createPaymentRows } from "@timmy/companion/payments/payment-rows";
import type { Payment, Sale } from "@timmy/companion/payments/port";
import { createReconciler } from "@timmy/companion/payments/reconciler";
import { createSaleRows } from "@timmy/companion/payments/sale-rows";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import { createFastTime } from "./fast-time.ts";
import { serveNode } from "./node-link.ts";
import type { TrialOptions } from "./trial.ts";

/** What a sender is told when it is ready. */
export interface SenderTask {
  readonly sends: readonly { readonly key: string; readonly bolt11: string }[];
  readonly orders: readonly string[];
  readonly factor: number;
  readonly epochMs: number;
  readonly maxFeeMsat: bigint;
  readonly plant: boolean;
}
export type SenderSays =
  | { readonly say: "ready" | "done" }
  | { readonly say: "accepted" | "paid"; readonly key: string }
  | { readonly say: "order"; readonly key: string; readonly bolt11: string }
  | { readonly say: "refused"; readonly key: string; readonly code: string }
  | { readonly say: "final"; readonly key: string; readonly state: string };

const program = fileURLToPath(new URL("./send-child-main.ts", import.meta.url));
const sendsOfLife = 5;
const ordersOfLife = 3;
/** What an order costs, in the child. */
const orderMsat = 20_000n;
const points = 400;
const maxFeeMsat = 5000n;
const factor = 10;
/** Milliseconds in which a life must have ended everything. */
const patienceMs = 60_000;

export interface SendTally {
  lives: number;
  killsAtAPoint: number;
  accepted: number;
  succeeded: number;
  sold: number;
  acknowledgedThenLost: number;
  booksThatDoNotAddUp: number;
  leftOver: number;
  /** Between what left the node and what left the books, and between what came; to the msat. */
  sentDifferenceMsat: string;
  soldDifferenceMsat: string;
  /** What the reconciliation of ledger and node could not explain. */
  unexplained: number;
}

/** The network that goes on while senders die, and what it was told to do wrong. */
function createNetwork(seed: number) {
  const random = createRandom(seed).stream("network");
  const epochMs = Date.now();
  const time = createFastTime(factor, epochMs);
  const mock = createMockBackend(
    { clock: time.clock, random: random.stream("mock"), timers: time.timers },
    { latencyMs: 40 },
  );
  /** What hangs somewhere arrives or comes back, in this life of the sender or in a later one. */
  function letGo(hash: string): void {
    const how = random.uniform() < 0.5 ? "settle" : "no-route";
    setTimeout(
      () => {
        try {
          mock.release(hash, how);
        } catch {
          // It never left: the node had it already, or refused it.
        }
      },
      20 + random.uniform() * 400,
    );
  }
  const faults: readonly PaymentFault[] = [
    { kind: "drop-then-succeed" },
    { kind: "drop-then-fail", reason: "no-route" },
    { kind: "drop-before-send" },
    { kind: "stuck" },
    { kind: "stuck", drop: true },
    { kind: "fail", reason: "timeout" },
  ];
  return {
    mock,
    epochMs,
    time,
    /** The mock, with a fault in every second payment and every third invoice. */
    node(): LightningBackend {
      return {
        ...mock,
        createInvoice: (request, signal) => {
          if (random.uniform() < 0.3) mock.dropNextCreate();
          return mock.createInvoice(request, signal);
        },
        payInvoice: (request, follow) => {
          const fault = faults[Math.floor(random.uniform() * faults.length * 2)];
          if (fault !== undefined) {
            mock.failNextPayment(fault);
            if (fault.kind === "stuck") letGo(mock.decode(request.bolt11).paymentHash);
          }
          return mock.payInvoice(request, follow);
        },
      };
    },
  };
}
type Network = ReturnType<typeof createNetwork>;

/** What the outside knows: what was promised to it, and what it paid. */
function createWitness(network: Network, random: Random) {
  const accepted = new Set<string>();
  const finals = new Map<string, string>();
  const orders = new Map<string, string>();
  const credited = new Set<string>();
  let paying = 0;
  let paid = 0;
  /** A customer pays each order once, a little later. */
  function order(key: string, bolt11: string): void {
    if (orders.has(key)) return;
    orders.set(key, bolt11);
    paying++;
    const pay = () => {
      network.mock.payOurs(bolt11);
      paying--;
      paid++;
    };
    setTimeout(pay, random.uniform() * 300);
  }
  return {
    accepted,
    orders,
    paid: () => paid,
    hear(says: SenderSays): void {
      if (says.say === "accepted") accepted.add(says.key);
      if (says.say === "final") finals.set(says.key, says.state);
      if (says.say === "paid") credited.add(says.key);
      if (says.say === "order") order(says.key, says.bolt11);
    },
    /** Whether every order was paid and the payment was heard of. */
    isQuiet: () => paying === 0 && credited.size === orders.size,
    /** What was acknowledged and is not there, or is no longer what it was. */
    countLost({ payments, sales }: Found): number {
      const states = new Map(payments.map(({ key, state }) => [key, state]));
      const bought = new Map(sales.map((sale) => [sale.orderId, sale.state]));
      const missing = [...accepted].filter((key) => !states.has(key));
      const changed = [...finals].filter(([key, state]) => states.get(key) !== state);
      const unsold = [...orders.keys()].filter((key) => !bought.has(key));
      const unpaid = [...credited].filter((key) => bought.get(key) !== "paid");
      return missing.length + changed.length + unsold.length + unpaid.length;
    },
  };
}
type Witness = ReturnType<typeof createWitness>;

interface LifeOptions {
  readonly path: string;
  readonly dieAt: number;
  readonly killAfter: number;
  readonly delayMs: number;
  readonly task: SenderTask;
  /** Whether it lives until everything is final. */
  readonly last: boolean;
}

/** One life of a sender; answers whether it ended by itself, at a point. */
function live(network: Network, witness: Witness, options: LifeOptions): Promise<boolean> {
  const { path, dieAt, killAfter, delayMs, task, last } = options;
  const child: ChildProcess = fork(program, [`--books=${path}`, `--die-at=${dieAt}`], {
    serialization: "advanced",
  });
  serveNode(child, network.node());
  let heard = 0;
  let done = false;
  let ours = false;
  const kill = () => {
    ours = child.kill("SIGKILL");
  };
  const guard = setTimeout(kill, patienceMs);
  child.on("message", (message: SenderSays | object) => {
    if (!("say" in message)) return;
    witness.hear(message);
    if (message.say === "ready") child.send(task);
    if (message.say === "done") done = true;
    if (++heard === killAfter || (done && !last)) setTimeout(kill, delayMs);
    if (done && last && witness.isQuiet()) kill();
  });
  return new Promise<boolean>((resolve, reject) => {
    child.once("exit", (code) => {
      clearTimeout(guard);
      if (code !== null) reject(new Error(`The sender ended with ${code}.`));
      resolve(!ours);
    });
  });
}

interface Found {
  readonly payments: readonly Payment[];
  readonly sales: readonly Sale[];
  readonly faults: readonly string[];
}

/** What the books say, and whether they add up. */
function look(path: string): Found {
  const books = openBooks({ path, clock: { wallMs: () => 1 }, space: null });
  try {
    const payments = createPaymentRows(books.sql).list({ limit: 100_000 });
    const sales = createSaleRows(books.sql).list(100_000);
    return { payments, sales, faults: faultsOf(books, payments) };
  } finally {
    books.close();
  }
}

/**
 * What each life is asked: what nobody heard of yet, some of the old again, and as much that is new
 * as one life can begin before it dies.
 */
function createTasks(network: Network, witness: Witness, random: Random) {
  let next = 0;
  let sends: SenderTask["sends"] = [];
  let orders: readonly string[] = [];
  const again = (known: boolean) => !known || random.uniform() < 0.2;
  const fresh = <T>(count: number, make: (key: number) => T) =>
    Array.from({ length: Math.max(0, count) }, () => make(next++));
  return (last: boolean): Pick<SenderTask, "sends" | "orders"> => {
    sends = sends.filter(({ key }) => again(witness.accepted.has(key)));
    orders = orders.filter((key) => again(witness.orders.has(key)));
    if (last) return { sends, orders };
    orders = [...orders, ...fresh(ordersOfLife - orders.length, (k) => `order-${k}`)];
    const send = (k: number) => {
      const amountMsat = BigInt(1 + Math.floor(random.uniform() * 50)) * 1000n;
      const bolt11 = network.mock.makeForeignInvoice(amountMsat, `${k}`, 86_400 * 30);
      return { key: `send-${k}`, bolt11 };
    };
    sends = [...sends, ...fresh(sendsOfLife - sends.length, send)];
    return { sends, orders };
  };
}

/** Compares the books with the network in which they were written. */
async function settleUp(path: string, network: Network, witness: Witness) {
  const { payments } = look(path);
  const { mock, time } = network;
  const books = openBooks({ path, clock: time.clock, space: null });
  const reconciler = createReconciler({ books, time, backend: mock, logger: createMemoryLogger() });
  const { differences } = await reconciler.run();
  for (const { sentence } of differences) console.error(sentence);
  const { postedMsat } = books.ledger.balance("party:agent:b");
  books.close();
  await mock.close();
  const won = payments.filter(({ state }) => state === "succeeded");
  const spent = won.reduce((sum, p) => sum + p.amountMsat + (p.feeMsat ?? 0n), 0n);
  return {
    accepted: witness.accepted.size,
    succeeded: won.length,
    sold: witness.paid(),
    leftOver: payments.filter(({ state }) => state !== "succeeded" && state !== "failed").length,
    sentDifferenceMsat: `${mock.sentMsat() - spent}`,
    soldDifferenceMsat: `${postedMsat - orderMsat * BigInt(witness.paid())}`,
    unexplained: differences.length,
  };
}

/** Senders by the real protocol that are killed at every step of it, on a node that goes on. */
export async function killSenders(
  path: string,
  { n, seed, plant }: TrialOptions,
): Promise<SendTally> {
  const random = createRandom(seed).stream("senders");
  const network = createNetwork(seed);
  const witness = createWitness(network, random);
  const tasks = createTasks(network, witness, random);
  const tally = { lives: 0, killsAtAPoint: 0, acknowledgedThenLost: 0, booksThatDoNotAddUp: 0 };
  const base = { factor, epochMs: network.epochMs, maxFeeMsat, plant };
  for (let life = 0; life <= n; life++) {
    const last = life === n;
    const atPoint = random.uniform() < 0.7;
    const dieAt = atPoint && !last ? 1 + Math.floor(random.uniform() * points) : 0;
    const killAfter = dieAt > 0 || last ? 0 : 2 + Math.floor(random.uniform() * 14);
    const task = { ...base, ...tasks(last) };
    const delayMs = random.uniform() * 20;
    const alone = await live(network, witness, { path, dieAt, killAfter, delayMs, task, last });
    tally.lives++;
    if (alone) tally.killsAtAPoint++;
    const found = look(path);
    const lost = witness.countLost(found);
    if (found.faults.length > 0) tally.booksThatDoNotAddUp++;
    tally.acknowledgedThenLost += lost;
    if (found.faults.length + lost === 0) continue;
    console.error(`seed ${seed}, life ${life}: ${lost} lost`, ...found.faults);
    break;
  }
  return { ...tally, ...(await settleUp(path, network, witness)) };
}
