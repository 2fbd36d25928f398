import {
  approvalsView,
  earningsView,
  journalsView,
  paymentsView,
  treasuryView,
} from "@timmy/shared/money/views";
import { afterEach, describe, expect, it } from "vitest";
import { entryOf } from "../ledger/books-fixture.ts";
import { createTreasuryWorld, type TreasuryWorld } from "./treasury-fixture.ts";

const sat = 1000n;
const dayMs = 86_400_000;
const worlds: TreasuryWorld[] = [];
function open(): TreasuryWorld {
  const world = createTreasuryWorld({ funds: { owner: 500_000n * sat } });
  worlds.push(world);
  return world;
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});
let keys = 0;
function post(
  world: TreasuryWorld,
  lines: readonly (readonly [string, bigint])[],
  over: Parameters<typeof entryOf>[2] = {},
): void {
  const { ledger } = world.books;
  const posted = world.books.write(() => ledger.post(entryOf(`v${++keys}`, lines, over)));
  if (!posted.ok) throw new Error(posted.reason);
}
const sale = (world: TreasuryWorld, agent: string, service: string, amount: bigint): void =>
  post(
    world,
    [
      ["asset:ln-hot", amount],
      [`income:service:${service}`, -amount],
      ["expense:distributed", amount],
      [`party:agent:${agent}`, -amount],
    ],
    { party: `agent:${agent}`, service },
  );
const fee = (world: TreasuryWorld, kind: string, amount: bigint): void =>
  post(world, [
    [`expense:${kind}`, amount],
    ["asset:ln-hot", -amount],
  ]);

describe("what the treasury tells", () => {
  it("has the shapes that the dashboard expects", async () => {
    const world = open();
    world.enrol("anna");
    sale(world, "forge", "photo", 100n * sat);
    const invoice = world.backend.makeForeignInvoice(10n * sat, "x", 3600);
    world.treasury().requestWithdrawal({
      ...{ key: "k", party: "owner", amountMsat: "10000", destination: invoice },
      ...{ feeCapMsat: "0", why: "w", requestedBy: "session:x" },
    });
    world.treasury().alarm("test", "Something.");
    await world.treasury().tick();
    const view = treasuryView.parse(world.treasury().view());
    expect(view).toMatchObject({
      backend: { kind: "mock", state: "active", alias: "mock", network: "regtest" },
      approvals_waiting: 1,
      approver_enrolled: true,
      kill_switch: false,
      alarms: [{ code: "test" }],
      proof: null,
    });
    expect(view.channels).toHaveLength(2);
    approvalsView.parse(world.treasury().approvals());
    expect(journalsView.parse(world.treasury().journals({ before: 0, limit: 1 })).next).toBe(2);
    expect(journalsView.parse(world.treasury().journals({ before: 2, limit: 9 })).next).toBe(0);
    paymentsView.parse(world.treasury().payments({ limit: 9 }));
  });
  it("sums earnings by day, agent and service, and names each cost", async () => {
    const world = open();
    sale(world, "forge", "photo", 100n * sat);
    await world.pass(dayMs);
    sale(world, "forge", "photo", 10n * sat);
    sale(world, "forge", "photo", 5n * sat);
    sale(world, "forge", "drive", 7n * sat);
    sale(world, "atlas", "photo", 3n * sat);
    fee(world, "payment-fee", 2n * sat);
    fee(world, "chain-fee", 4n * sat);
    fee(world, "rebalance", 1n * sat);
    post(world, [
      ["asset:ln-hot", 9n * sat],
      ["income:routing", -9n * sat],
    ]);
    const view = earningsView.parse(world.treasury().earnings(2));
    const line = (party: string, service: string, amount: string) => ({
      ...{ party, service, amount_msat: amount },
    });
    expect(view.days[0]?.earned).toEqual([line("agent:forge", "photo", "100000")]);
    expect(view.days[1]?.earned).toEqual(
      expect.arrayContaining([
        line("agent:forge", "photo", "15000"),
        line("agent:forge", "drive", "7000"),
        line("agent:atlas", "photo", "3000"),
      ]),
    );
    expect(view.totals).toEqual({
      earned_msat: "125000",
      payment_fees_msat: "2000",
      chain_fees_msat: "4000",
      rebalance_msat: "1000",
      routing_earned_msat: "9000",
    });
    expect(world.treasury().earnings(1).totals.earned_msat).toBe("25000");
    const earned = Object.fromEntries(
      world
        .treasury()
        .view()
        .parties.map((party) => [party.party, party.earned_day_msat]),
    );
    expect(earned).toMatchObject({ owner: "0", "agent:forge": "22000", "agent:atlas": "3000" });
    sale(world, "forge", "photo", 1n * sat);
    await world.pass(dayMs);
    sale(world, "forge", "photo", 2n * sat);
    const [forge] = world
      .treasury()
      .view()
      .parties.filter((party) => party.party === "agent:forge");
    expect(forge?.earned_day_msat).toBe("2000");
  });
  it("keeps the day's earnings when the clock stood a year behind for one journal", () => {
    const world = open();
    sale(world, "forge", "code", 100n * sat);
    world.jumpWall(-365 * dayMs);
    sale(world, "forge", "code", 1n * sat);
    world.jumpWall(365 * dayMs);
    sale(world, "forge", "code", 10n * sat);
    expect(world.treasury().earnings(7).totals.earned_msat).toBe("110000");
    const forge = world
      .treasury()
      .view()
      .parties.find(({ name }) => name === "forge");
    expect(forge?.earned_day_msat).toBe("110000");
  });
  it("shows the age of what is held", async () => {
    const world = open();
    world.treasury().requestWithdrawal({
      ...{ key: "k", party: "owner", amountMsat: 1000n * sat, destination: world.address("a") },
      ...{ feeCapMsat: 500n * sat, why: "", requestedBy: "session:x" },
    });
    await world.pass(3000);
    expect(world.treasury().report(1).holds).toMatchObject([
      { amountMsat: 1500n * sat, purpose: "withdrawal" },
    ]);
  });
  it("sees within a second that the node has gone, and that it is back", async () => {
    const world = open();
    world.treasury().start();
    await world.settle();
    const state = () => world.treasury().view().backend.state;
    expect(state()).toBe("active");
    for (const next of ["away", "locked", "active"] as const) {
      world.backend.setNode(next);
      await world.pass(1000);
      expect(state()).toBe(next);
    }
  });
  it("shows a moment after a payment what is left in the channels", async () => {
    const world = open();
    world.treasury().start();
    await world.settle();
    const local = () =>
      world
        .treasury()
        .view()
        .channels.reduce((sum, channel) => sum + BigInt(channel.local_msat), 0n);
    const before = local();
    await world.payments().send({
      ...{ key: "p", bolt11: world.backend.makeForeignInvoice(9_000n * sat, "x") },
      ...{ maxFeeMsat: 20n * sat, party: "owner", purpose: "payment", note: "" },
      origin: { from: "person", who: "anna" },
    });
    await world.settle();
    await world.pass(1000);
    expect(before - local()).toBe(world.backend.sentMsat());
    expect(before - local()).toBeGreaterThan(9_000n * sat);
  });
  it("keeps what it knew while the node is away, and says since when", async () => {
    const world = open();
    await world.treasury().refresh();
    const before = world.treasury().view();
    world.backend.setNode("away");
    await world.pass(5000);
    await world.treasury().refresh();
    const after = world.treasury().view();
    expect(after.backend).toMatchObject({ state: "away" });
    expect(after.backend.since_ms).toBeGreaterThan(before.backend.since_ms);
    expect(after.tiers.warm).toEqual(before.tiers.warm);
    world.backend.setNode("locked");
    await world.treasury().refresh();
    expect(world.treasury().view().backend.state).toBe("locked");
  });
});
