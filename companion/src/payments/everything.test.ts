import { createRandom, type Random } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import type { PaymentFault } from "../lightning/mock-controls.ts";
import { createMoneyFixture, faultsOf, type MoneyFixture } from "./money-fixture.ts";
import type { Payments, Sales } from "./port.ts";
import { createSales } from "./sales.ts";

const seeds = Array.from({ length: 15 }, (_, k) => 4000 + k);
const faults: readonly PaymentFault[] = [
  { kind: "drop-then-succeed" },
  { kind: "drop-then-fail", reason: "no-route" },
  { kind: "drop-before-send" },
  { kind: "stuck" },
  { kind: "stuck", drop: true },
  { kind: "fail", reason: "incorrect-details" },
];

/** A house in which everything happens at once, and now and then its process is another one. */
async function createHouse(money: MoneyFixture, random: Random) {
  const pick = (count: number) => Math.floor(random.uniform() * count);
  const owned: string[] = [];
  const sold = new Map<string, string>();
  let payments: Payments = money.makePayments();
  let sales: Sales = createSales(money.ports);
  const begin = () => {
    payments.start();
    sales.start();
  };
  const send = async (bolt11: string, party: "agent:a" | "owner") => {
    const sent = await payments.send(money.request(bolt11, { party, maxFeeMsat: 3000n }));
    if (sent.ok) owned.push(sent.payment.id);
  };
  const acts: readonly (() => Promise<void> | void)[] = [
    () => send(money.mock.makeForeignInvoice(BigInt(1000 + pick(9000)), "out"), "owner"),
    () => send(money.mock.makeForeignInvoice(5000n, "out"), "agent:a"),
    () => money.mock.failNextPayment(faults[pick(faults.length)] ?? { kind: "stuck" }),
    async () => {
      const orderId = `order-${sold.size}`;
      const more = { memo: "", party: "agent:a", service: "draw", expiryS: 3600 } as const;
      const made = await sales.create({ orderId, amountMsat: 4000n, ...more });
      if (made.ok) sold.set(orderId, made.sale.bolt11);
    },
    () => {
      const bolt11 = [...sold.values()][pick(sold.size)];
      const hash = bolt11 === undefined ? "" : money.mock.decode(bolt11).paymentHash;
      const isOpen = payments.byHash(hash).length === 0;
      const paid = sales
        .list({ limit: 100 })
        .some((s) => s.paymentHash === hash && s.paidMsat > 0n);
      if (bolt11 !== undefined && isOpen && !paid) ignoring(() => money.mock.payOurs(bolt11));
    },
    async () => {
      const bolt11 = [...sold.values()][pick(sold.size)];
      if (bolt11 !== undefined) await send(bolt11, "owner");
    },
    () => money.mock.setNode(pick(3) === 0 ? "away" : "active"),
    () => {
      const stuck = payments.list({ limit: 100, state: "inflight" })[0];
      const how = pick(2) === 0 ? "settle" : "no-route";
      if (stuck !== undefined) ignoring(() => money.mock.release(stuck.paymentHash, how));
    },
    async () => {
      await Promise.all([payments.stop(), sales.stop()]);
      payments = money.makePayments();
      sales = createSales(money.ports);
      begin();
    },
    () => void money.time.advanceTo(money.time.clock.monotonicMs() + pick(5000)),
  ];
  begin();
  return {
    act: async () => {
      await acts[pick(acts.length)]?.();
      await money.turns(pick(10));
    },
    /** The node is back and whoever kept a payment lets it go. */
    async rest(): Promise<void> {
      money.mock.setNode("active");
      const live = () =>
        payments
          .list({ limit: 1000 })
          .filter((p) => p.state !== "failed" && p.state !== "succeeded");
      for (let k = 0; k < 100 && live().length > 0; k++) {
        for (const { paymentHash } of live()) {
          ignoring(() => money.mock.release(paymentHash, "settle"));
        }
        const endMs = money.time.clock.monotonicMs() + 5000;
        await money.until(() => money.time.clock.monotonicMs() >= endMs, 500);
      }
      expect(live()).toEqual([]);
      const endMs = money.time.clock.monotonicMs() + 60_000;
      await money.until(() => money.time.clock.monotonicMs() >= endMs, 1000);
    },
    payments: () => payments.list({ limit: 1000 }),
    stop: async () => void (await Promise.all([payments.stop(), sales.stop()])),
  };
}

/** What a stranger may try too late. */
function ignoring(work: () => void): void {
  try {
    work();
  } catch {
    // The mock refuses it; that is its answer.
  }
}

describe("everything at once, with crashes and a node that comes and goes", () => {
  it.each(seeds)("loses and doubles nothing (seed %i)", async (seed) => {
    const money = createMoneyFixture(seed);
    expect((await money.reconciler.run()).ok).toBe(true);
    const house = await createHouse(money, createRandom(seed));
    for (let k = 0; k < 80; k++) await house.act();
    await house.rest();
    expect(faultsOf(money.books, house.payments())).toEqual([]);
    const spent = house
      .payments()
      .filter((p) => p.state === "succeeded" && p.feeMsat !== null && money.spends.has(p.id))
      .filter(
        (p) => !money.sales.list({ limit: 1000 }).some((s) => s.paymentHash === p.paymentHash),
      )
      .reduce((sum, p) => sum + p.amountMsat + (p.feeMsat ?? 0n), 0n);
    expect(money.mock.sentMsat()).toBe(spent);
    expect(await money.reconciler.run()).toMatchObject({ ok: true, differences: [] });
    expect(money.ledger.balance("suspense").postedMsat).toBe(0n);
    await house.stop();
  });
});
