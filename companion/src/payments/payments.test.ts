import { describe, expect, it } from "vitest";
import { amountMsat, capMsat, figures, setUp } from "./payment-world.ts";
import type { SendRequest } from "./port.ts";

describe("a payment", () => {
  it("charges the party the amount and the true fee, and gives the rest of the cap back", async () => {
    const world = setUp();
    const paid = await world.sendTo("succeeded", world.request(world.invoice()));
    expect(paid.feeMsat).toBe(1000n);
    const left = 1_000_000n - amountMsat - 1000n;
    expect(figures(world)).toEqual([left, 0n, left, 0n]);
    expect(world.balance("expense:payment-fee")).toBe(1000n);
    expect(world.balance("income:recharged")).toBe(1000n);
    expect(world.mock.sentMsat()).toBe(amountMsat + 1000n);
    expect(world.faults()).toEqual([]);
  });
  it("gives everything back when it fails with proof, also to the gate", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "fail", reason: "no-route" });
    const lost = await world.sendTo("failed", world.request(world.invoice()));
    expect(lost.reason).toBe("no-route");
    expect(figures(world)).toEqual([1_000_000n, 0n, 1_000_000n, 0n]);
    expect(world.spends.size).toBe(0);
    expect(world.faults()).toEqual([]);
  });
  it("holds amount and cap, and has its intent on disk, while it is in flight", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "stuck" });
    const stuck = await world.sendTo("inflight", world.request(world.invoice()));
    const full = amountMsat + capMsat;
    expect(figures(world)).toEqual([1_000_000n, full, 1_000_000n - full, full]);
    expect(world.faults()).toEqual([]);
    const waiting = world.payments.settled(stuck.id, new AbortController().signal);
    world.mock.release(stuck.paymentHash, "settle");
    expect((await waiting).state).toBe("succeeded");
    expect(world.faults()).toEqual([]);
  });
  it("pays an invoice without an amount what it was told", async () => {
    const world = setUp();
    const request = world.request(world.invoice(null), { amountMsat: 7000n });
    expect((await world.sendTo("succeeded", request)).amountMsat).toBe(7000n);
  });
  it("can wait for its end, and stop waiting", async () => {
    const world = setUp();
    world.mock.failNextPayment({ kind: "stuck" });
    const stuck = await world.sendTo("inflight", world.request(world.invoice()));
    const stop = new AbortController();
    const waiting = world.payments.settled(stuck.id, stop.signal);
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(world.payments.settled("nobody", stop.signal)).rejects.toThrow("nothing at");
  });
});

describe("a request", () => {
  it("is idempotent by its key, and refuses the key with another content", async () => {
    const world = setUp();
    const request = world.request(world.invoice(), { key: "order-1" });
    const [first, second] = await Promise.all([
      world.payments.send(request),
      world.payments.send(request),
    ]);
    expect([first.ok && first.fresh, second.ok && second.fresh]).toEqual([true, false]);
    const other = await world.payments.send({ ...request, maxFeeMsat: 1n });
    expect(other).toMatchObject({ ok: false, code: "duplicate-key" });
    await world.until(() => world.all()[0]?.state === "succeeded");
    const again = await world.payments.send(request);
    expect(again).toMatchObject({ ok: true, fresh: false, payment: { state: "succeeded" } });
    expect(world.all()).toHaveLength(1);
  });
  it("pays an invoice once, by whatever keys", async () => {
    const world = setUp();
    const bolt11 = world.invoice();
    await world.sendTo("succeeded", world.request(bolt11, { key: "one" }));
    const second = await world.payments.send(world.request(bolt11, { key: "two" }));
    expect(second).toMatchObject({ ok: false, code: "already-paid" });
  });
  it("may try a failed invoice again", async () => {
    const world = setUp();
    const bolt11 = world.invoice();
    world.mock.failNextPayment({ kind: "fail", reason: "no-route" });
    await world.sendTo("failed", world.request(bolt11, { key: "one" }));
    await world.sendTo("succeeded", world.request(bolt11, { key: "two" }));
    expect(world.mock.sentMsat()).toBe(amountMsat + 1000n);
    expect(world.faults()).toEqual([]);
  });
  it("is refused with a code, and changes nothing", async () => {
    const world = setUp(60_000n);
    const { request, invoice, payments } = world;
    const old = invoice(amountMsat, 60);
    world.time.advanceTo(61_000);
    const wrong: [string, SendRequest][] = [
      ["bad-invoice", request("lnbcrt1nonsense")],
      ["bad-invoice", request("lnbcrt1".padEnd(10_000, "q"))],
      ["invoice-expired", request(old)],
      ["amount-missing", request(invoice(null))],
      ["amount-mismatch", request(invoice(), { amountMsat: amountMsat + 1n })],
      ["bad-amount", request(invoice(null), { amountMsat: -5n })],
      ["bad-amount", request(invoice(null), { amountMsat: 2n ** 64n })],
      ["bad-amount", request(invoice(), { maxFeeMsat: -1n })],
      ["balance-too-low", request(invoice(), { maxFeeMsat: 10_001n })],
      ["balance-too-low", request(invoice(), { party: "agent:nobody" })],
      ["bad-payload", request(invoice(), { party: "agent:no body" as "owner" })],
      ["bad-payload", request(invoice(), { key: "" })],
    ];
    for (const [code, bad] of wrong) {
      expect([code, await payments.send(bad)]).toMatchObject([code, { ok: false, code }]);
    }
    world.knobs.refuse = true;
    const judged = await payments.send(request(invoice()));
    expect(judged).toMatchObject({ ok: false, code: "over-cap" });
    expect([world.all(), world.ledger.openHolds()]).toEqual([[], []]);
    expect(figures(world)).toEqual([60_000n, 0n, 60_000n, 0n]);
  });
  it("out of a hundred at once on a balance for ten, exactly ten are paid", async () => {
    const world = setUp(10n * (amountMsat + 1000n));
    const requests = Array.from({ length: 100 }, (_, k) =>
      world.request(world.invoice(), { key: `order-${k}`, maxFeeMsat: 1000n }),
    );
    const results = await Promise.all(requests.map((request) => world.payments.send(request)));
    expect(results.filter((result) => result.ok)).toHaveLength(10);
    const refused = results.filter((result) => !result.ok && result.code === "balance-too-low");
    expect(refused).toHaveLength(90);
    await world.until(() => world.all().every((payment) => payment.state === "succeeded"));
    expect(figures(world)).toEqual([0n, 0n, 0n, 0n]);
    expect(world.mock.sentMsat()).toBe(10n * (amountMsat + 1000n));
    expect(world.faults()).toEqual([]);
  });
  it("may bring a hold of its own, which is released at the end", async () => {
    const world = setUp(60_000n);
    world.books.write(() => {
      const hold = { id: "w", party: "agent:a", amountMsat: 60_000n, reference: "" } as const;
      world.ledger.hold({ ...hold, purpose: "withdrawal" });
    });
    const bolt11 = world.invoice();
    const small = world.request(bolt11, { key: "k", holdId: "w", maxFeeMsat: 10_001n });
    expect(await world.payments.send(small)).toMatchObject({ code: "balance-too-low" });
    await world.sendTo("succeeded", world.request(bolt11, { key: "k", holdId: "w" }));
    expect(figures(world)).toEqual([9000n, 0n, 9000n, 0n]);
    expect(world.faults()).toEqual([]);
  });
});
