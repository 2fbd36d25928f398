import { describe, expect, it } from "vitest";
import type { LightningBackend } from "../lightning/backend.ts";
import { createMoneyFixture } from "./money-fixture.ts";
import { createReconciler } from "./reconciler.ts";

function setUp(change: (mock: LightningBackend) => Partial<LightningBackend> = () => ({})) {
  const money = createMoneyFixture();
  const backend = { ...money.mock, ...change(money.mock) };
  const reconciler = createReconciler({ ...money.ports, backend });
  /** A run while the time goes on, because it pauses where money moves. */
  async function run() {
    let result: Awaited<ReturnType<typeof reconciler.run>> | null = null;
    void reconciler.run().then((done) => (result = done));
    await money.until(() => result !== null);
    return result as unknown as Awaited<ReturnType<typeof reconciler.run>>;
  }
  const kinds = () =>
    money.ledger
      .journals({ beforeSeq: 0, limit: 20 })
      .map((journal) => journal.kind)
      .reverse();
  const total = () =>
    money.ledger
      .balances()
      .filter(({ account }) => account.startsWith("asset:"))
      .reduce((sum, { postedMsat }) => sum + postedMsat, 0n);
  return { ...money, reconciler, run, kinds, total };
}
const clean = { ok: true, differences: [] };

describe("the first reconciliation", () => {
  it("gives the owner what the node has, account by account, once", async () => {
    const world = setUp();
    expect(await world.run()).toMatchObject(clean);
    expect(await world.run()).toMatchObject({ ...clean, posted: [] });
    const node = await world.mock.getBalance();
    expect(world.balance("asset:ln-hot")).toBe(node.channelLocalMsat);
    expect(world.balance("asset:ln-reserved")).toBe(node.channelReservedMsat);
    expect(world.balance("asset:onchain-warm")).toBe(node.onchainConfirmedMsat);
    expect(world.balance("party:owner")).toBe(world.total());
    expect(world.kinds()).toEqual(["opening"]);
  });
  it("posts nothing while the node is away", async () => {
    const world = setUp();
    world.mock.setNode("away");
    await expect(world.reconciler.run()).rejects.toMatchObject({ code: "lnd-away" });
    expect(world.kinds()).toEqual([]);
  });
});

describe("what the node's evidence explains", () => {
  it("fees of forwards are the owner's, each once, and two equal ones of a moment are two", async () => {
    const world = setUp();
    world.mock.forward(10_000_000n);
    await world.run();
    world.time.advanceTo(5);
    const owner = world.balance("party:owner");
    const feeMsat = world.mock.forward(10_000_000n);
    world.mock.forward(10_000_000n);
    const { posted } = await world.run();
    expect(posted).toHaveLength(2);
    expect(world.balance("party:owner")).toBe(owner + 2n * feeMsat);
    expect(world.balance("income:routing")).toBe(2n * feeMsat);
    expect(await world.run()).toMatchObject({ ...clean, posted: [] });
  });
  it("a deposit is named while it is unconfirmed, and the owner's once it is confirmed", async () => {
    const world = setUp();
    await world.run();
    const owner = world.balance("party:owner");
    world.mock.sendCoins(await world.mock.newAddress(), 20_000n);
    const coming = await world.run();
    expect([coming.ok, coming.differences.map((d) => d.kind)]).toEqual([
      true,
      ["deposit-unconfirmed"],
    ]);
    expect(world.balance("party:owner")).toBe(owner);
    world.mock.mine(1);
    expect(await world.run()).toMatchObject(clean);
    expect(world.balance("party:owner")).toBe(owner + 20_000_000n);
    expect(world.balance("asset:onchain-warm")).toBe(120_000_000n);
  });
  it("a channel of ours takes its coins from the wallet, and its fee from the owner", async () => {
    const world = setUp();
    await world.run();
    const owner = world.balance("party:owner");
    const peerPubkey = world.mock.pubkeyOf("hub");
    const wish = { peerPubkey, peerAddress: "", satPerVbyte: 2, isPrivate: false };
    await world.mock.openChannel({ ...wish, capacitySat: 50_000n });
    expect(await world.run()).toMatchObject(clean);
    const feeMsat = world.balance("expense:chain-fee");
    expect(feeMsat).toBeGreaterThan(0n);
    expect(world.balance("asset:ln-pending")).toBe(50_000_000n - 3_470_000n);
    expect(world.balance("asset:onchain-pending")).toBe(50_000_000n - feeMsat);
    world.mock.mine(6);
    expect(await world.run()).toMatchObject(clean);
    expect(world.balance("asset:ln-pending")).toBe(0n);
    expect(world.balance("party:owner")).toBe(owner - feeMsat);
    expect(world.kinds()).toEqual([
      ...["opening", "channel-funded", "confirmations", "channel-opened", "confirmations"],
    ]);
  });
  it("a channel that opened between two runs is seen as well", async () => {
    const world = setUp();
    await world.run();
    const peerPubkey = world.mock.pubkeyOf("hub");
    const wish = { peerPubkey, peerAddress: "", satPerVbyte: 2, isPrivate: false };
    await world.mock.openChannel({ ...wish, capacitySat: 50_000n });
    world.mock.mine(6);
    expect(await world.run()).toMatchObject(clean);
    expect(world.kinds()).toEqual(["opening", "channel-funded"]);
  });
  it("a commitment fee that changed moves between hot and reserved", async () => {
    let risenMsat = 0n;
    const world = setUp((mock) => ({
      async getBalance() {
        const all = await mock.getBalance();
        return {
          ...all,
          channelLocalMsat: all.channelLocalMsat - risenMsat,
          channelReservedMsat: all.channelReservedMsat + risenMsat,
        };
      },
    }));
    await world.run();
    const reserved = world.balance("asset:ln-reserved");
    risenMsat = 555_000n;
    expect(await world.run()).toMatchObject(clean);
    expect(world.balance("asset:ln-reserved")).toBe(reserved + risenMsat);
    risenMsat = -2000n;
    expect(await world.run()).toMatchObject(clean);
    expect(world.balance("asset:ln-reserved")).toBe(reserved + risenMsat);
  });
});

describe("what nothing explains", () => {
  it("is named to the msat, and nothing is posted for it", async () => {
    const world = setUp();
    await world.run();
    const bolt11 = world.mock.makeForeignInvoice(5000n, "paid by hand");
    const follow = { signal: new AbortController().signal };
    await world.mock.payInvoice({ bolt11, maxFeeMsat: 5000n, timeoutS: 5 }, follow);
    const result = await world.run();
    expect([result.ok, result.posted]).toEqual([false, []]);
    const hot = world.balance("asset:ln-hot");
    expect(result.differences).toMatchObject([
      { kind: "unexplained", account: "asset:ln-hot", ledgerMsat: hot, nodeMsat: hot - 6000n },
    ]);
    expect(result.differences[0]?.sentence).toContain("6000 msat less");
  });
  it("may be a payment whose end is not known yet", async () => {
    const world = setUp();
    await world.run();
    world.mock.failNextPayment({ kind: "drop-then-succeed" });
    const payments = world.makePayments({
      ...world.mock,
      trackPayment: async () => ({ state: "unknown", why: "no answer" }),
    });
    await payments.send(
      world.request(world.mock.makeForeignInvoice(5000n, ""), { party: "owner" }),
    );
    await world.until(() => payments.list({ limit: 1 })[0]?.state === "unknown");
    const result = await world.run();
    expect(result.differences.map((d) => [d.kind, d.nodeMsat - d.ledgerMsat])).toEqual([
      ["payment-unknown", -6000n],
    ]);
    await payments.stop();
  });
  it("is no difference while a payment is on its way", async () => {
    const world = setUp();
    await world.run();
    world.mock.failNextPayment({ kind: "stuck" });
    const payments = world.makePayments();
    await payments.send(
      world.request(world.mock.makeForeignInvoice(5000n, ""), { party: "owner" }),
    );
    await world.until(() => payments.list({ limit: 1 })[0]?.state === "inflight");
    expect(await world.run()).toMatchObject(clean);
    await payments.stop();
  });
  it("is not judged while money moves", async () => {
    let reads = 0n;
    let moving = false;
    const world = setUp((mock) => ({
      async getBalance() {
        const all = await mock.getBalance();
        return moving ? { ...all, channelLocalMsat: all.channelLocalMsat - reads++ } : all;
      },
    }));
    await world.run();
    moving = true;
    const result = await world.run();
    expect([result.ok, result.posted, result.differences[0]?.kind]).toEqual([false, [], "moving"]);
  });
  it("stays in the list of the newest hundred", async () => {
    const world = setUp();
    for (let k = 0; k < 105; k++) await world.run();
    const kept = world.reconciler.newest(200);
    expect([kept.length, kept[0]?.ok]).toEqual([100, true]);
  });
});
