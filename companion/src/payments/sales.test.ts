import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Invoice, LightningBackend } from "../lightning/backend.ts";
import { createAlarms } from "./alarms.ts";
import { createMoneyFixture } from "./money-fixture.ts";
import type { Sale, SaleRequest } from "./port.ts";
import { createSales } from "./sales.ts";

const amountMsat = 40_000n;
const order = (orderId: string, more: Partial<SaleRequest> = {}): SaleRequest => ({
  ...{ orderId, amountMsat, memo: "a drawing", party: "agent:b", service: "draw", expiryS: 3600 },
  ...more,
});

function setUp(change: (mock: LightningBackend) => Partial<LightningBackend> = () => ({})) {
  const money = createMoneyFixture();
  const ports = { ...money.ports, backend: { ...money.mock, ...change(money.mock) } };
  const sales = createSales(ports);
  const paid: string[] = [];
  sales.onPaid((sale) => paid.push(sale.orderId));
  const make = async (orderId: string, more: Partial<SaleRequest> = {}): Promise<Sale> => {
    const made = await sales.create(order(orderId, more));
    if (!made.ok) throw new Error(`${made.code} ${made.details}`);
    return made.sale;
  };
  const waitMs = (ms: number) => {
    const endMs = money.time.clock.monotonicMs() + ms;
    return money.until(() => money.time.clock.monotonicMs() >= endMs, 250);
  };
  /** Stops these sales and goes on with new ones on the same books, as after a restart. */
  const restart = async (backend: LightningBackend = money.mock) => {
    await sales.stop();
    const next = createSales({ ...ports, backend });
    next.onPaid((sale) => paid.push(sale.orderId));
    next.start();
    return next;
  };
  const alarms = () =>
    createAlarms({ ...money, clock: money.time.clock })
      .newest(10)
      .map((alarm) => alarm.code);
  const clean = () => expect(money.ledger.verify()).toEqual([]);
  return { ...money, sales, paid, make, waitMs, restart, alarms, clean };
}

describe("an order", () => {
  it("gets an invoice, and its agent the money once it is paid", async () => {
    const world = setUp();
    world.sales.start();
    const sale = await world.make("o1");
    expect([sale.state, sale.bolt11.slice(0, 6)]).toEqual(["open", "lnbcrt"]);
    world.mock.payOurs(sale.bolt11);
    await world.until(() => world.paid.length > 0);
    expect(world.sales.get("o1")).toMatchObject({ state: "paid", paidMsat: amountMsat });
    expect(world.party("agent:b").postedMsat).toBe(amountMsat);
    expect(world.balance("income:service:draw")).toBe(amountMsat);
    expect(world.balance("expense:distributed")).toBe(amountMsat);
    expect(await world.reconciler.run()).toMatchObject({ ok: true, differences: [] });
    world.clean();
  });
  it("is told to everybody, also when one who listens throws", async () => {
    const world = setUp();
    const told: string[] = [];
    world.sales.onPaid(() => {
      throw new Error("I break");
    });
    world.sales.onPaid((sale) => told.push(sale.orderId));
    world.sales.start();
    world.mock.payOurs((await world.make("o1")).bolt11);
    await world.until(() => told.length > 0);
    expect(world.logger.lines.map((line) => line.message)).toContain("a listener failed");
  });
  it("answers the same invoice again, and refuses another content", async () => {
    const world = setUp();
    const [first, again] = [await world.make("o1"), await world.make("o1")];
    expect(again).toEqual(first);
    expect(await world.sales.create(order("o1", { amountMsat: 1n }))).toMatchObject({
      ...{ ok: false, code: "duplicate-key" },
    });
    expect(world.sales.list({ limit: 10 })).toHaveLength(1);
  });
  it("whose answer was lost is the same invoice when it is asked for again", async () => {
    const world = setUp();
    world.mock.dropNextCreate();
    expect(await world.sales.create(order("o1"))).toMatchObject({ ok: false, code: "lnd-away" });
    expect(world.sales.get("o1")?.state).toBe("draft");
    const sale = await world.make("o1");
    expect(sale.state).toBe("open");
    expect(await world.mock.listInvoices({ afterAddIndex: 0n, limit: 10 })).toHaveLength(1);
  });
  it("has a preimage that comes from its id and is written down nowhere", async () => {
    const world = setUp();
    const secret = new Uint8Array(32).fill(5);
    const sales = createSales({ ...world.ports, randomBytes: () => secret });
    await sales.create(order("o1"));
    const preimage = createHmac("sha256", secret).update("o1").digest();
    const paymentHash = createHash("sha256").update(preimage).digest("hex");
    expect(sales.get("o1")?.paymentHash).toBe(paymentHash);
    const [row] = world.books.sql.all<object>("SELECT * FROM sales");
    expect(Object.values(row ?? {})).toContain(paymentHash);
    expect(Object.values(row ?? {})).not.toContain(preimage.toString("hex"));
  });
  it("is refused while the node is away, and answered when it is back", async () => {
    const world = setUp();
    world.sales.start();
    await world.make("o0");
    world.mock.setNode("away");
    expect(await world.sales.create(order("o1"))).toMatchObject({ ok: false, code: "lnd-away" });
    await world.waitMs(20_000);
    world.mock.setNode("active");
    expect((await world.make("o1")).state).toBe("open");
    world.mock.payOurs(world.sales.get("o0")?.bolt11 ?? "");
    const backMs = world.time.clock.monotonicMs();
    await world.until(() => world.paid.includes("o0"));
    expect(world.time.clock.monotonicMs() - backMs).toBeLessThan(5000);
  });
  it.each([
    ["bad-amount", { amountMsat: 0n }],
    ["bad-amount", { amountMsat: -1n }],
    ["bad-amount", { amountMsat: 2n ** 63n }],
    ["bad-payload", { orderId: "" }],
    ["bad-payload", { memo: "x".repeat(640) }],
    ["bad-payload", { service: "two words" }],
    ["bad-payload", { party: "agent:" as const }],
    ["bad-payload", { expiryS: 0 }],
    ["bad-payload", { expiryS: 1.5 }],
  ])("is refused as %s: %o", async (code, wrong) => {
    const world = setUp();
    expect(await world.sales.create(order("o1", wrong))).toMatchObject({ ok: false, code });
    expect(world.sales.list({ limit: 10 })).toEqual([]);
  });
  it("is not taken on a full disk", async () => {
    const world = setUp();
    const details = "full";
    const health = () => ({ ok: false, code: "disk-full", details }) as const;
    const sales = createSales({ ...world.ports, books: { ...world.books, health } });
    expect(await sales.create(order("o1"))).toMatchObject({ ok: false, code: "disk-full" });
  });
  it("ends as expired when nobody pays, and as cancelled when it is cancelled", async () => {
    const world = setUp();
    world.sales.start();
    await world.make("o1", { expiryS: 60 });
    const second = await world.make("o2");
    await world.mock.cancelInvoice(second.paymentHash);
    await world.waitMs(120_000);
    expect(world.sales.get("o1")?.state).toBe("expired");
    expect(world.sales.get("o2")?.state).toBe("cancelled");
  });
});

describe("money that comes in", () => {
  it("is credited as it came when more was paid", async () => {
    const world = setUp();
    world.sales.start();
    world.mock.payOurs((await world.make("o1")).bolt11, amountMsat + 7n);
    await world.until(() => world.paid.length > 0);
    expect(world.party("agent:b").postedMsat).toBe(amountMsat + 7n);
    expect((await world.reconciler.run()).ok).toBe(true);
  });
  it("is credited once, however often it is told", async () => {
    const world = setUp();
    world.mock.repeatEvents(3);
    world.sales.start();
    const sale = await world.make("o1");
    world.mock.payOurs(sale.bolt11);
    await world.waitMs(100_000);
    const next = await world.restart();
    await world.waitMs(100_000);
    expect(world.party("agent:b").postedMsat).toBe(amountMsat);
    expect(world.paid).toEqual(["o1"]);
    expect(world.alarms()).toEqual([]);
    await next.stop();
  });
  it("is nothing when the node says settled and paid nothing, and a person is told", async () => {
    const world = setUp((mock) => ({
      subscribeInvoices: (cursor, tell, signal) =>
        mock.subscribeInvoices(cursor, (invoice) => tell({ ...invoice, paidMsat: 0n }), signal),
    }));
    world.sales.start();
    world.mock.payOurs((await world.make("o1")).bolt11);
    await world.until(() => world.alarms().length > 0, 50, 900);
    expect(world.alarms()).toEqual(["nothing-came"]);
    expect(world.sales.get("o1")?.state).toBe("open");
    await world.until(() => world.paid.includes("o1"));
    expect(world.party("agent:b").postedMsat).toBe(amountMsat);
  });
  it("is found in lists of a node that gives smaller pages than it was asked for", async () => {
    const world = setUp((mock) => ({
      ...leavingOut(mock, () => true),
      listInvoices: (page, signal) => mock.listInvoices({ ...page, limit: 2 }, signal),
    }));
    const made = [];
    for (let k = 0; k < 7; k++) made.push(await world.make(`o${k}`));
    for (const sale of made) world.mock.payOurs(sale.bolt11);
    world.sales.start();
    await world.until(() => world.paid.length === 7, 50, 500);
  });
  it("while nobody listened is found in the list", async () => {
    const world = setUp();
    const sale = await world.make("o1");
    world.mock.payOurs(sale.bolt11);
    expect(world.party("agent:b").postedMsat).toBe(0n);
    world.sales.start();
    await world.until(() => world.paid.length > 0, 50, 500);
    expect(world.party("agent:b").postedMsat).toBe(amountMsat);
  });
  it("for an old invoice is found although newer ones were listed long ago", async () => {
    const world = setUp();
    world.sales.start();
    const old = await world.make("o1");
    for (let k = 0; k < 20; k++) world.mock.payOurs((await world.make(`later-${k}`)).bolt11);
    await world.waitMs(60_000);
    await world.sales.stop();
    world.mock.payOurs(old.bolt11);
    await world.restart(leavingOut(world.mock, () => true));
    await world.until(() => world.paid.includes("o1"));
    expect(world.party("agent:b").postedMsat).toBe(21n * amountMsat);
  });
  it("that the stream leaves out is found by the patrol, ours and others'", async () => {
    const world = setUp((mock) => leavingOut(mock, () => true));
    world.sales.start();
    const sale = await world.make("o1");
    const foreign = await world.mock.createInvoice({
      ...{ preimage: new Uint8Array(32).fill(3), amountMsat: 5000n, memo: "", expiryS: 3600 },
    });
    await world.waitMs(2000);
    world.mock.payOurs(sale.bolt11);
    world.mock.payOurs(foreign.bolt11);
    await world.until(() => world.paid.length > 0);
    expect(await world.reconciler.run()).toMatchObject({ ok: true });
  });
  it("in any order of events is the same money", async () => {
    const world = setUp((mock) => ({
      async subscribeInvoices(cursor, tell, signal) {
        const kept: Invoice[] = [];
        await mock.subscribeInvoices(
          cursor,
          (invoice) => {
            kept.unshift(invoice);
            for (const each of kept) tell(each);
          },
          signal,
        );
      },
    }));
    world.sales.start();
    for (let k = 0; k < 5; k++) world.mock.payOurs((await world.make(`o${k}`)).bolt11);
    await world.until(() => world.paid.length === 5);
    await world.waitMs(60_000);
    expect(world.party("agent:b").postedMsat).toBe(5n * amountMsat);
    expect(new Set(world.paid).size).toBe(5);
    world.clean();
  });
  it("for an invoice made by hand is the owner's, once", async () => {
    const world = setUp();
    world.mock.repeatEvents(2);
    world.sales.start();
    await world.make("o1");
    const owner = world.party("owner").postedMsat;
    const preimage = new Uint8Array(32).fill(3);
    const wanted = { preimage, amountMsat: 5000n, memo: "by hand", expiryS: 3600 };
    world.mock.payOurs((await world.mock.createInvoice(wanted)).bolt11);
    await world.waitMs(60_000);
    expect(world.party("owner").postedMsat).toBe(owner + 5000n);
    const [journal] = world.ledger.journals({ beforeSeq: 0, limit: 1 });
    expect(journal).toMatchObject({ kind: "foreign-invoice", note: "by hand" });
  });
  it("before the books began is in the opening balance, and never credited again", async () => {
    const world = setUp();
    const preimage = new Uint8Array(32).fill(3);
    const wanted = { preimage, amountMsat: 5000n, memo: "old", expiryS: 3600 };
    world.mock.payOurs((await world.mock.createInvoice(wanted)).bolt11);
    world.sales.start();
    await world.waitMs(60_000);
    const { channelLocalMsat } = await world.mock.getBalance();
    expect(world.balance("asset:ln-hot")).toBe(channelLocalMsat);
    expect(world.ledger.journals({ beforeSeq: 0, limit: 9 }).map((j) => j.kind)).toEqual([
      "opening",
    ]);
  });
  it("is credited after a crash between the node's word and ours", async () => {
    const world = setUp();
    const sale = await world.make("o1");
    const never = new Promise<never>(() => {});
    const dead = createSales({ ...world.ports, books: { ...world.books, commit: () => never } });
    dead.start();
    world.mock.payOurs(sale.bolt11);
    await world.waitMs(5000);
    expect(world.party("agent:b").postedMsat).toBe(0n);
    const next = await world.restart();
    await world.until(() => world.paid.length > 0);
    expect(world.party("agent:b").postedMsat).toBe(amountMsat);
    await next.stop();
  });
});

/** A stream that leaves out what it is told to. */
function leavingOut(mock: LightningBackend, what: (invoice: Invoice) => boolean): LightningBackend {
  return {
    ...mock,
    subscribeInvoices: (cursor, tell, signal) =>
      mock.subscribeInvoices(
        cursor,
        (invoice) => {
          if (!what(invoice)) tell(invoice);
        },
        signal,
      ),
  };
}
