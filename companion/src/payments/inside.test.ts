import { describe, expect, it } from "vitest";
import { createMoneyFixture, faultsOf } from "./money-fixture.ts";
import type { Sale, SaleRequest } from "./port.ts";
import { createSales } from "./sales.ts";

const amountMsat = 40_000n;
const order: SaleRequest = {
  ...{ orderId: "order-1", amountMsat, memo: "a drawing", party: "agent:b" },
  ...{ service: "draw", expiryS: 3600 },
};

async function setUp() {
  const money = createMoneyFixture();
  const { sales } = money;
  // The opening posts what the node had: it is the owner's, and comes before anything else.
  const made = await sales.create(order);
  if (!made.ok) throw new Error(made.code);
  const payments = money.makePayments();
  money.books.write(() => {
    const entry = { kind: "move", actor: "person:test", note: "", reference: "", service: "" };
    const postings = [
      { account: "party:owner", amountMsat: 1_000_000n },
      { account: "party:agent:a", amountMsat: -1_000_000n },
    ];
    money.ledger.post({ ...entry, key: "move", party: "owner", postings });
  });
  const state = () => payments.list({ limit: 1 })[0]?.state;
  const clean = async () => {
    expect(faultsOf(money.books, payments.list({ limit: 100 }))).toEqual([]);
    expect(await money.reconciler.run()).toMatchObject({ ok: true, differences: [] });
  };
  return { ...money, payments, sale: made.sale, state, clean };
}

describe("an invoice of our own", () => {
  it("is cancelled in the node, then moved inside, and the sale is paid", async () => {
    const world = await setUp();
    const hot = world.balance("asset:ln-hot");
    await world.payments.send(world.request(world.sale.bolt11));
    await world.until(() => world.state() === "succeeded");
    expect(world.payments.list({ limit: 1 })[0]?.feeMsat).toBe(0n);
    expect((await world.mock.getInvoice(world.sale.paymentHash))?.state).toBe("cancelled");
    expect(world.sales.get("order-1")).toMatchObject({ state: "paid", paidMsat: amountMsat });
    expect(world.party("agent:a").availableMsat).toBe(960_000n);
    expect(world.party("agent:b").availableMsat).toBe(amountMsat);
    expect(world.balance("income:service:draw")).toBe(amountMsat);
    expect([world.balance("asset:ln-hot"), world.mock.sentMsat()]).toEqual([hot, 0n]);
    await world.clean();
  });
  it("that a stranger has paid already is not paid again", async () => {
    const world = await setUp();
    const cancelInvoice: typeof world.mock.cancelInvoice = async (hash, signal) => {
      if ((await world.mock.getInvoice(hash))?.state === "open")
        world.mock.payOurs(world.sale.bolt11);
      return world.mock.cancelInvoice(hash, signal);
    };
    const payments = world.makePayments({ ...world.mock, cancelInvoice });
    world.sales.start();
    await payments.send(world.request(world.sale.bolt11));
    await world.until(() => world.state() === "failed");
    expect(payments.list({ limit: 1 })[0]?.reason).toBe("already-paid");
    expect(world.party("agent:a").availableMsat).toBe(1_000_000n);
    await world.until(() => world.sales.get("order-1")?.state === "paid");
    expect(world.party("agent:b").availableMsat).toBe(amountMsat);
    await world.clean();
  });
  it("that the books know as paid is not paid again, whatever the node says", async () => {
    const world = await setUp();
    world.sales.start();
    await world.turns(40);
    const cancelInvoice = async () => {
      world.mock.payOurs(world.sale.bolt11);
      await world.turns(40);
      return true;
    };
    const payments = world.makePayments({ ...world.mock, cancelInvoice });
    await payments.send(world.request(world.sale.bolt11));
    await world.until(() => world.state() === "failed");
    expect(world.party("agent:a").availableMsat).toBe(1_000_000n);
    expect(world.party("agent:b").availableMsat).toBe(amountMsat);
    await world.clean();
  });
  it("that is paid or has ended is refused", async () => {
    const world = await setUp();
    world.sales.start();
    world.mock.payOurs(world.sale.bolt11);
    await world.until(() => world.sales.get("order-1")?.state === "paid");
    const late = await world.payments.send(world.request(world.sale.bolt11));
    expect(late).toMatchObject({ ok: false, code: "already-paid" });
  });
  it("waits for the node, which alone can make it unpayable, and goes on after a crash", async () => {
    const world = await setUp();
    const dead = { ...world.mock, cancelInvoice: () => new Promise<never>(() => {}) };
    const first = world.makePayments(dead);
    await first.send(world.request(world.sale.bolt11));
    await world.turns();
    expect(world.state()).toBe("sending");
    await first.stop();
    world.mock.setNode("away");
    world.payments.start();
    await world.until(() => world.time.clock.monotonicMs() > 10_000);
    expect(world.sales.get("order-1")?.state).toBe("open");
    world.mock.setNode("active");
    await world.until(() => world.state() === "succeeded");
    await world.clean();
  });
  it("made by hand is the owner's", async () => {
    const world = await setUp();
    const preimage = new Uint8Array(32).fill(9);
    const { bolt11 } = await world.mock.createInvoice({
      ...{ preimage, amountMsat, memo: "by hand", expiryS: 3600 },
    });
    const owner = world.party("owner").availableMsat;
    await world.payments.send(world.request(bolt11));
    await world.until(() => world.state() === "succeeded");
    expect(world.party("owner").availableMsat).toBe(owner + amountMsat);
    await world.clean();
  });
  it("tells who waits for the sale that it is paid", async () => {
    const world = await setUp();
    const sales = createSales({ ...world.ports, payments: world.payments });
    const paid: Sale[] = [];
    sales.onPaid((sale) => paid.push(sale));
    await world.payments.send(world.request(world.sale.bolt11));
    await world.until(() => world.state() === "succeeded");
    expect(paid.map((sale) => sale.orderId)).toEqual(["order-1"]);
    await sales.stop();
  });
});

describe("a circular payment", () => {
  const around = async (world: Awaited<ReturnType<typeof setUp>>) => {
    const preimage = new Uint8Array(32).fill(7);
    const { bolt11 } = await world.mock.createInvoice({
      ...{ preimage, amountMsat, memo: "rebalance", expiryS: 3600 },
    });
    const channels = await world.mock.channels();
    const back = channels.find((c) => c.peerPubkey === world.mock.pubkeyOf("bridge"));
    const forth = channels.find((c) => c.peerPubkey === world.mock.pubkeyOf("hub"));
    const circular = {
      outgoingChannelId: forth?.id ?? "",
      lastHopPubkey: back?.peerPubkey ?? "",
    };
    return world.request(bolt11, { party: "owner", purpose: "rebalance", circular });
  };
  it("costs the owner its fee and nothing else", async () => {
    const world = await setUp();
    world.sales.start();
    const owner = world.party("owner").availableMsat;
    const request = await around(world);
    await world.payments.send(request);
    await world.until(() => world.state() === "succeeded");
    const feeMsat = world.payments.list({ limit: 1 })[0]?.feeMsat ?? 0n;
    expect(feeMsat).toBeGreaterThan(0n);
    expect(world.party("owner").availableMsat).toBe(owner - feeMsat);
    expect(world.balance("expense:rebalance")).toBe(feeMsat);
    expect([...world.spends.values()][0]).toMatchObject({ amountMsat: 0n, maxFeeMsat: 10_000n });
    await world.until(() => world.time.clock.monotonicMs() > 60_000, 1000);
    await world.clean();
  });
  it("of another's invoice is refused", async () => {
    const world = await setUp();
    const { circular } = await around(world);
    const bolt11 = world.mock.makeForeignInvoice(amountMsat, "");
    const sent = await world.payments.send(world.request(bolt11, circular ? { circular } : {}));
    expect(sent).toMatchObject({ ok: false, code: "bad-invoice" });
  });
});
