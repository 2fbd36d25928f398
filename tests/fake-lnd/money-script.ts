import type { Random } from "@timmy/shared/ports/random";
import { dayMs, type FaultName } from "./faults.ts";
import { uri } from "./methods.ts";
import type { MoneyWorld } from "./money-world.ts";
import type { ForeignInvoice } from "./payees.ts";

/** What a call meets, by its method; null goes well. */
const sendFaults: readonly (FaultName | null)[] = [
  ...[null, "dropped-then-succeeded", "dropped-then-failed", "initiated-then-silence"],
  ...["inflight-then-silence", "not-found-then-inflight", "exists-initiated", "exists-inflight"],
  ...["exists-paid", "exists-then-failed", "fee-over-cap", "wrong-preimage", "no-route"],
  ...["no-balance", "timed-out", "wrong-details", "stuck-for-days", "stuck-then-failed"],
  ...["killed-before", "killed-after", "unavailable", "silent", "slow", "locked", "starting"],
  ...["internal-error", "not-found", "no-rights"],
] as readonly (FaultName | null)[];
/** No NOT_FOUND: lnd says it only of what it has not written down, and that is a late payment. */
const trackFaults: readonly (FaultName | null)[] = [
  ...[null, null, "unavailable", "silent", "slow", "killed-before", "locked", "no-rights"],
  ...["wrong-preimage", "dropped-then-succeeded", "internal-error"],
] as readonly (FaultName | null)[];
const createFaults: readonly (FaultName | null)[] = [
  ...[null, null, "killed-before", "killed-after", "dropped-answer", "unavailable", "slow"],
  ...["locked", "internal-error"],
] as readonly (FaultName | null)[];
const listenFaults: readonly (FaultName | null)[] = [
  ...[null, "events-twice", "events-twice", "events-dropped", "events-dropped", "unavailable"],
] as readonly (FaultName | null)[];

/** Milliseconds that pass between two actions; days are rare and hours rarer than seconds. */
const pausesMs = [0, 0, 50, 250, 250, 1000, 1000, 5000, 5000, 30_000, 80_000, 600_000];
const longPausesMs = [3_700_000, 2 * 3_600_000, dayMs];

type Action = (world: MoneyWorld, script: Script) => void | Promise<void>;
interface Script {
  readonly name: string;
  readonly random: Random;
  /** Everything that was told to be paid, to be told again. */
  readonly asked: ForeignInvoice[];
  orders: number;
}
const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random.uniform() * from.length)] as T;
const amountMsat = (random: Random) => 1n + BigInt(Math.floor(random.uniform() * 60_000_000));

const payForeign: Action = ({ fake, parts, agents, request }, script) => {
  const { random } = script;
  fake.script.plan(uri.sendPaymentV2, pick(random, sendFaults), pick(random, sendFaults));
  fake.script.plan(uri.trackPaymentV2, pick(random, trackFaults), pick(random, trackFaults));
  const invoice = fake.node.makeForeignInvoice(amountMsat(random), {
    feeMsat: BigInt(Math.floor(random.uniform() * 12_000)),
    expiryS: pick(random, [90, 900, 3600]),
    hold: random.uniform() < 0.1,
  });
  script.asked.push(invoice);
  void parts.payments.send(request(invoice.bolt11, { party: pick(random, agents) }));
};
/** The same order again, the same invoice as another order, or by another agent. */
const payAgain: Action = ({ parts, agents, request }, { random, asked }) => {
  const invoice = pick(random, asked);
  if (invoice === undefined) return;
  const usual = request(invoice.bolt11);
  const key = random.uniform() < 0.5 ? usual.key : `${usual.key} again`;
  void parts.payments.send({ ...usual, key, party: pick(random, agents) });
};
const sell: Action = ({ fake, parts, agents }, script) => {
  fake.script.plan(uri.addInvoice, pick(script.random, createFaults));
  const again = script.orders > 0 && script.random.uniform() < 0.3;
  const orderId = `${script.name} order ${again ? script.orders : ++script.orders}`;
  void parts.sales.create({
    ...{ orderId, amountMsat: 1_000_000n + BigInt(orderId.length), memo: "tea", service: "tea" },
    ...{ party: pick(script.random, agents), expiryS: 3600 },
  });
};
/** Strangers pay whatever is open, some of them more than was asked. */
const strangersPay: Action = ({ fake }, { random }) => {
  for (const { hash, state, memo, amountMsat: asked } of fake.node.invoices.page(0n, 999, false)) {
    if (state !== "OPEN" || memo === "circle" || random.uniform() < 0.4) continue;
    fake.node.payOurs(hash, random.uniform() < 0.2 ? asked + 777n : asked);
  }
};
const payInside: Action = ({ parts, agents, request }, { random }) => {
  const sale = parts.sales.list({ limit: 20 }).find((one) => one.state === "open");
  if (sale === undefined) return;
  void parts.payments.send(request(sale.bolt11, { party: pick(random, agents) }));
};
/** Out by one channel and back by the other: only the fee is gone, and it is the owner's. */
const payInCircle: Action = async ({ fake, backend, parts, request }, { random }) => {
  const [out] = fake.node.channels.list();
  const [, back] = fake.node.peers;
  const preimage = Uint8Array.from({ length: 32 }, () => Math.floor(random.uniform() * 256));
  const wish = { preimage, amountMsat: amountMsat(random), memo: "circle", expiryS: 900 };
  const invoice = await backend.createInvoice(wish).catch(() => null);
  if (invoice === null || out === undefined || back === undefined) return;
  fake.script.plan(uri.sendPaymentV2, pick(random, sendFaults));
  const circular = { outgoingChannelId: out.id.toString(), lastHopPubkey: back.pubkey };
  const more = { circular, purpose: "rebalance", party: "owner" } as const;
  void parts.payments.send(request(invoice.bolt11, more));
};
const relisten: Action = ({ fake }, { random }) => {
  const plans = Array.from({ length: 2 }, () => pick(random, listenFaults));
  fake.script.plan(uri.subscribeInvoices, ...plans);
  fake.relay.cut();
};
const cut: Action = ({ fake }) => fake.relay.cut();
const gap: Action = ({ fake }, { random }) =>
  fake.node.invoices.skipIndices(1n + BigInt(Math.floor(random.uniform() * 9)));
const forward: Action = ({ fake }, { random }) =>
  fake.node.forward(amountMsat(random), 1000n + BigInt(Math.floor(random.uniform() * 999)));
const restart: Action = (world) => world.restart();
const lock: Action = async (world, { random }) => {
  world.fake.node.state = pick(random, ["LOCKED", "UNLOCKED", "RPC_ACTIVE"] as const);
  await world.pass(pick(random, [250, 5000, 80_000]));
  world.fake.node.state = "SERVER_ACTIVE";
};
const leave: Action = async (world, { random }) => {
  await world.fake.leave();
  await world.pass(pick(random, [250, 5000, 80_000]));
  await world.fake.comeBack();
  await world.untilActive();
};
/** Payees that keep an HTLC let it go, one way or the other. */
const release: Action = ({ fake }, { random }) => {
  for (const { hash, status } of fake.node.payments.list()) {
    if (status !== "IN_FLIGHT" || random.uniform() < 0.5) continue;
    const fails = random.uniform() < 0.5;
    fake.node.payments.release(hash, fails ? "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS" : null);
  }
};
const longPause: Action = (world, { random }) => world.pass(pick(random, longPausesMs));

const actions: readonly (readonly [weight: number, action: Action])[] = [
  [10, payForeign],
  [2, payAgain],
  [6, sell],
  [4, strangersPay],
  [1, payInside],
  [1, payInCircle],
  [1, relisten],
  [1, cut],
  [1, gap],
  [1, forward],
  [1, restart],
  [1, lock],
  [0.4, leave],
  [1, release],
  [0.5, longPause],
];
const total = actions.reduce((sum, [weight]) => sum + weight, 0);
function next(random: Random): Action {
  let at = random.uniform() * total;
  for (const [weight, action] of actions) {
    at -= weight;
    if (at < 0) return action;
  }
  return payForeign;
}

/** A random script of orders, payers and faults; the same seed gives the same script. */
export async function runScript(
  world: MoneyWorld,
  name: string,
  random: Random,
  afterEach: () => void,
): Promise<void> {
  const script: Script = { name, random, asked: [], orders: 0 };
  const length = 6 + Math.floor(random.uniform() * 14);
  for (let k = 0; k < length; k++) {
    await next(random)(world, script);
    await world.rest();
    await world.pass(pick(random, pausesMs));
    afterEach();
  }
}

/**
 * Everything is well again, and time passes until nothing is open: the retries first, then what is
 * stuck for days, then the expiry of what never left. False when something stays open.
 */
export async function settleAll(world: MoneyWorld, random: Random): Promise<boolean> {
  const { fake, parts } = world;
  fake.script.clear();
  fake.node.state = "SERVER_ACTIVE";
  await fake.comeBack();
  await world.untilActive();
  const open = () =>
    parts.payments
      .list({ limit: 1000 })
      .some((p) => p.state !== "succeeded" && p.state !== "failed");
  const stepsMs = [...Array<number>(6).fill(5000), ...Array<number>(6).fill(80_000)]
    .concat(Array<number>(6).fill(1_300_000))
    .concat(Array<number>(12).fill(dayMs / 2));
  for (const [k, stepMs] of stepsMs.entries()) {
    await world.pass(stepMs);
    if (!open()) break;
    if (k === 8) await release(world, { name: "end", random, asked: [], orders: 0 });
    if (k > 20)
      for (const { hash } of fake.node.payments.list()) fake.node.payments.release(hash, null);
  }
  // The patrol of the sales finds what the stream of invoices lost.
  for (let k = 0; k < 4; k++) await world.pass(31_000);
  return !open();
}
