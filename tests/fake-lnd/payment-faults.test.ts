import type { Follow, PaymentOutcome } from "@timmy/companion/lightning/backend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startConnected } from "./connected.ts";
import { dayMs, type FaultName, words } from "./faults.ts";
import { uri } from "./methods.ts";
import type { ForeignInvoice } from "./payees.ts";

type Connected = Awaited<ReturnType<typeof startConnected>>;
let world: Connected;
beforeAll(async () => {
  world = await startConnected();
  await world.backend.healthCheck();
});
afterAll(() => world.stop());

const capMsat = 5000n;
const cutShort = (): Follow => ({ signal: new AbortController().signal });
const pay = (invoice: ForeignInvoice, follow = cutShort()): Promise<PaymentOutcome> =>
  world.backend.payInvoice({ bolt11: invoice.bolt11, maxFeeMsat: capMsat, timeoutS: 60 }, follow);
const track = (invoice: ForeignInvoice, follow = cutShort()): Promise<PaymentOutcome> =>
  world.backend.trackPayment(invoice.hash, follow);
/** An invoice of a stranger whose payment meets these faults, one for each try to send it. */
function invoiceWith(...names: readonly (FaultName | null)[]): ForeignInvoice {
  world.fake.script.plan(uri.sendPaymentV2, ...names);
  return world.fake.node.makeForeignInvoice(7_000_000n);
}
/** A follower that gives up as soon as the fake has written the payment down. */
function impatient(invoice: ForeignInvoice): Follow {
  const abort = new AbortController();
  const off = world.fake.node.payments.listen(invoice.hash, () => {
    off();
    setImmediate(() => abort.abort());
  });
  return { signal: abort.signal };
}
/** Waits until both connections stand again after a cut. */
const backAgain = () =>
  expect.poll(async () => (await world.backend.healthCheck()).state).toBe("active");
const paid = (invoice: ForeignInvoice, feeMsat = 1000n) => ({
  state: "succeeded",
  preimage: invoice.preimage,
  feeMsat,
});

describe("a payment whose news is lost", () => {
  it.each([
    ["dropped-then-succeeded", true],
    ["dropped-then-failed", false],
    ["killed-after", true],
  ] as const)("is unknown after %s, and following it tells the end", async (fault, ends) => {
    const invoice = invoiceWith(fault);
    expect((await pay(invoice)).state).toBe("unknown");
    await backAgain();
    const followed = track(invoice);
    await expect.poll(() => world.fake.seen.at(-1)).toBe(uri.trackPaymentV2);
    world.pass(2000);
    if (ends) expect(await followed).toEqual(paid(invoice));
    else expect(await followed).toEqual({ state: "failed", reason: "no-route" });
  });
  it("is unknown when it was INITIATED and then nothing was heard", async () => {
    const invoice = invoiceWith("initiated-then-silence");
    expect((await pay(invoice, impatient(invoice))).state).toBe("unknown");
    world.pass(2000);
    expect(await track(invoice)).toEqual(paid(invoice));
  });
  it("is unknown when it was killed before anything, and is not found", async () => {
    const invoice = invoiceWith("killed-before");
    expect((await pay(invoice)).state).toBe("unknown");
    await backAgain();
    expect(await track(invoice)).toEqual({ state: "not-found" });
    expect(await pay(invoice)).toEqual(paid(invoice));
  });
  it("may be not found and be in flight all the same", async () => {
    const invoice = invoiceWith("not-found-then-inflight");
    expect((await pay(invoice)).state).toBe("unknown");
    await backAgain();
    for (let k = 0; k < 2; k++) expect(await track(invoice)).toEqual({ state: "not-found" });
    expect((await track(invoice, impatient(invoice))).state).toBe("unknown");
    expect(world.fake.node.payments.find(invoice.hash)?.status).toBe("IN_FLIGHT");
    world.pass(2000);
    expect(await track(invoice)).toEqual(paid(invoice));
  });
  it("that was not found, sent again, leaves once", async () => {
    const invoice = invoiceWith("not-found-then-inflight", null);
    await pay(invoice);
    await backAgain();
    expect(await track(invoice)).toEqual({ state: "not-found" });
    expect(await pay(invoice)).toEqual({ state: "exists" });
    world.pass(2000);
    expect(await track(invoice)).toEqual(paid(invoice));
    expect(invoice.timesPaid).toBe(1);
  });
});

describe("a payment that exists", () => {
  it.each([
    ["exists-initiated", words.exists],
    ["exists-inflight", words.inTransition],
    ["exists-paid", words.alreadyPaid],
  ] as const)("is followed after %s (%s)", async (fault, _words) => {
    const invoice = invoiceWith(fault);
    expect(await pay(invoice)).toEqual({ state: "exists" });
    world.pass(2000);
    expect(await track(invoice)).toEqual(paid(invoice));
  });
  it("may fail in the end", async () => {
    const invoice = invoiceWith("exists-then-failed");
    expect(await pay(invoice)).toEqual({ state: "exists" });
    world.pass(2000);
    expect(await track(invoice)).toEqual({ state: "failed", reason: "no-route" });
  });
});

describe("a success that is not as it should be", () => {
  it("tells the real fee when it is over the cap", async () => {
    const invoice = invoiceWith("fee-over-cap");
    expect(await pay(invoice)).toEqual(paid(invoice, capMsat + 2500n));
  });
  it("is unknown with a wrong preimage, until the right one comes", async () => {
    const invoice = invoiceWith("wrong-preimage");
    expect((await pay(invoice)).state).toBe("unknown");
    expect(await track(invoice)).toEqual(paid(invoice));
  });
});

describe("a payment that fails", () => {
  it.each([
    ["no-route", "no-route"],
    ["no-balance", "insufficient-balance"],
    ["wrong-details", "incorrect-details"],
  ] as const)("%s is told as %s, and nothing left", async (fault, reason) => {
    const before = world.fake.node.channels.localMsat();
    expect(await pay(invoiceWith(fault))).toEqual({ state: "failed", reason });
    expect(world.fake.node.channels.localMsat()).toBe(before);
  });
  it.each([
    ["locked", "lnd-locked"],
    ["starting", "lnd-starting"],
    ["no-rights", "macaroon-refused"],
  ] as const)("before it began (%s) is refused as %s", async (fault, code) => {
    const invoice = invoiceWith(fault);
    expect(await pay(invoice)).toMatchObject({ state: "refused", code });
    expect(world.fake.node.payments.find(invoice.hash)).toBeNull();
  });
  it.each(["unavailable", "internal-error", "not-found"] as const)(
    "with an error that proves nothing (%s) is unknown",
    async (fault) => {
      expect((await pay(invoiceWith(fault))).state).toBe("unknown");
    },
  );
});

describe("a payment that takes its time", () => {
  it("stays in flight for days, and its money is unsettled, not gone", async () => {
    const invoice = invoiceWith("stuck-for-days");
    const before = await world.backend.getBalance();
    expect((await pay(invoice, impatient(invoice))).state).toBe("unknown");
    world.pass(2 * dayMs);
    const balance = await world.backend.getBalance();
    expect(balance.channelUnsettledMsat).toBe(7_001_000n);
    expect(balance.channelLocalMsat).toBe(before.channelLocalMsat - 7_001_000n);
    world.pass(dayMs);
    expect(await track(invoice)).toEqual(paid(invoice));
  });
  it("is heard of when the node is slow", async () => {
    const invoice = invoiceWith("slow");
    const outcome = pay(invoice);
    const calls = () => world.fake.script.calls(uri.sendPaymentV2);
    const before = calls();
    await expect.poll(() => calls() > before).toBe(true);
    world.pass(20_000);
    expect(await outcome).toEqual(paid(invoice));
  });
});

it("the fake itself lost and found nothing in all of this", () => {
  expect(world.fake.node.imbalanceMsat()).toBe(0n);
  expect(world.fake.node.payees.doublePaid()).toBe(0);
});
