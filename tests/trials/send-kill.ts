import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openBooks } from "@timmy/companion/ledger/books";
import { createMockBackend } from "@timmy/companion/lightning/mock";
import type { PaymentFault } from "@timmy/companion/lightning/mock-controls";
import { faultsOf } from "@timmy/companion/payments/money-fixture";
import { createPaymentRows } from "@timmy/companion/payments/payment-rows";
import type { Payment } from "@timmy/companion/payments/port";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import { createFastTime } from "./fast-time.ts";
import { serveNode } from "./node-link.ts";
import type { TrialOptions } from "./trial.ts";

/** What a sender is told when it is ready. */
export interface SenderTask {
  readonly sends: readonly { readonly key: string; readonly bolt11: string }[];
  readonly factor: number;
  readonly epochMs: number;
  readonly fundedMsat: bigint;
  readonly maxFeeMsat: bigint;
  readonly plant: boolean;
}
export type SenderSays =
  | { readonly say: "ready" | "done" }
  | { readonly say: "accepted"; readonly key: string }
  | { readonly say: "refused"; readonly key: string; readonly code: string }
  | { readonly say: "final"; readonly key: string; readonly state: string };

const program = fileURLToPath(new URL("./send-child-main.ts", import.meta.url));
const sendsOfLife = 6;
const points = 160;
const fundedMsat = 500_000_000n;
const maxFeeMsat = 5000n;
const factor = 20;
/** Milliseconds in which the last life must have ended everything. */
const patienceMs = 60_000;

export interface SendTally {
  lives: number;
  kills: number;
  killsAtAPoint: number;
  accepted: number;
  succeeded: number;
  acknowledgedThenLost: number;
  booksThatDoNotAddUp: number;
  /** Between what left the node and what left the books; zero to the msat. */
  differenceMsat: string;
  leftOver: number;
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
    calm: { value: false },
    /** The mock, with a fault in every second payment. */
    node(): Parameters<typeof serveNode>[1] {
      return {
        ...mock,
        payInvoice: (request, follow) => {
          const fault = faults[Math.floor(random.uniform() * faults.length * 2)];
          if (fault !== undefined && !this.calm.value) {
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

interface LifeOptions {
  readonly path: string;
  readonly dieAt: number;
  readonly killAfter: number;
  readonly delayMs: number;
  readonly task: SenderTask;
}

/** One sender from its start to its death, or until everything is final. */
function live(network: Network, options: LifeOptions, hear: (says: SenderSays) => void) {
  const { path, dieAt, killAfter, delayMs, task } = options;
  const child: ChildProcess = fork(program, [`--books=${path}`, `--die-at=${dieAt}`], {
    serialization: "advanced",
  });
  serveNode(child, network.node());
  let heard = 0;
  const kill = () => void child.kill("SIGKILL");
  const guard = setTimeout(kill, patienceMs);
  child.on("message", (message: SenderSays | object) => {
    if (!("say" in message)) return;
    hear(message);
    if (message.say === "ready") child.send(task);
    if (message.say === "done") child.disconnect();
    if (++heard === killAfter) setTimeout(kill, delayMs);
  });
  return new Promise<boolean>((resolve) => {
    child.once("exit", (_code, signal) => {
      clearTimeout(guard);
      resolve(signal === "SIGKILL");
    });
  });
}

/** What the books say of all payments, and whether they add up. */
function look(path: string): { readonly payments: readonly Payment[]; readonly faults: number } {
  const books = openBooks({ path, clock: { wallMs: () => 1 }, space: null });
  try {
    const payments = createPaymentRows(books.sql).list({ limit: 100_000 });
    return { payments, faults: faultsOf(books, payments).length };
  } finally {
    books.close();
  }
}

/** What was acknowledged and is not there, or is no longer what it was. */
function countLost(
  payments: readonly Payment[],
  accepted: ReadonlySet<string>,
  finals: ReadonlyMap<string, string>,
): number {
  const states = new Map(payments.map(({ key, state }) => [key, state]));
  const missing = [...accepted].filter((key) => !states.has(key));
  const changed = [...finals].filter(([key, state]) => states.get(key) !== state);
  return missing.length + changed.length;
}

function createSends(network: Network, random: Random) {
  let next = 0;
  return () =>
    Array.from({ length: sendsOfLife }, () => {
      const key = `send-${next++}`;
      const amountMsat = BigInt(1 + Math.floor(random.uniform() * 50)) * 1000n;
      return { key, bolt11: network.mock.makeForeignInvoice(amountMsat, key, 86_400 * 30) };
    });
}

/** Senders by the real protocol that are killed at every step of it, on a node that goes on. */
export async function killSenders(
  path: string,
  { n, seed, plant }: TrialOptions,
): Promise<SendTally> {
  const random = createRandom(seed).stream("senders");
  const network = createNetwork(seed);
  const sends = createSends(network, random);
  const accepted = new Set<string>();
  const finals = new Map<string, string>();
  const tally = { lives: 0, kills: 0, killsAtAPoint: 0, lost: 0, broken: 0 };
  const hear = (says: SenderSays) => {
    if (says.say === "accepted") accepted.add(says.key);
    if (says.say === "final") finals.set(says.key, says.state);
  };
  /** Asked for and perhaps not accepted: the next life asks again, with the same keys. */
  let asked: SenderTask["sends"] = [];
  const base = { factor, epochMs: network.epochMs, fundedMsat, maxFeeMsat, plant };
  for (let life = 0; life <= n; life++) {
    const last = life === n;
    network.calm.value = last;
    asked = asked.filter(({ key }) => !accepted.has(key) || random.uniform() < 0.2);
    if (!last) asked = [...asked, ...sends()];
    const atPoint = random.uniform() < 0.7;
    const dieAt = atPoint && !last ? 1 + Math.floor(random.uniform() * points) : 0;
    const killAfter = dieAt > 0 || last ? 0 : 2 + Math.floor(random.uniform() * 8);
    const options = { path, dieAt, killAfter, delayMs: random.uniform() * 20 };
    const killed = await live(network, { ...options, task: { ...base, sends: asked } }, hear);
    tally.lives++;
    if (killed) tally.kills++;
    if (killed && dieAt > 0) tally.killsAtAPoint++;
    const { payments, faults } = look(path);
    if (faults > 0) tally.broken++;
    tally.lost += countLost(payments, accepted, finals);
    if (faults + tally.lost > 0) {
      console.error(`seed ${seed}, life ${life}: ${faults} faults, ${tally.lost} lost`);
      break;
    }
  }
  const { payments } = look(path);
  const won = payments.filter(({ state }) => state === "succeeded");
  const spent = won.reduce((sum, p) => sum + p.amountMsat + (p.feeMsat ?? 0n), 0n);
  await network.mock.close();
  return {
    lives: tally.lives,
    kills: tally.kills,
    killsAtAPoint: tally.killsAtAPoint,
    accepted: accepted.size,
    succeeded: won.length,
    acknowledgedThenLost: tally.lost,
    booksThatDoNotAddUp: tally.broken,
    differenceMsat: `${network.mock.sentMsat() - spent}`,
    leftOver: payments.filter(({ state }) => state !== "succeeded" && state !== "failed").length,
  };
}
