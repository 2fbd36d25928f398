import { afterEach, describe, expect, it } from "vitest";
import { parseWatchOnly } from "./descriptor.ts";
import { createTreasuryWorld, type TestPerson, type TreasuryWorld } from "./treasury-fixture.ts";

const sat = 1000n;
/** BIP 84's account 0, as vpub of a test network (the same key, SLIP 132's other version). */
const vpub =
  "vpub5YvMuJNjRSYon44z9QmCfdf8SqJRVNvz6m55Qy5iVjZQxDfUgtiQjnc7CC1fAbED2tAGCZRERUfvtn2DstZGU6HMns6dXXH2wujSc2wfi2x";
/** BIP 84's master key at m, in the same form: as good a descriptor as the other. */
const other =
  "vpub5SLqN2bLY4WeZA14EtnYS6Byt1JD1QBXBCYsqz47UENzCqveqEk2bTLvgmEUCc2seD2SQzzqm1DKv2gTzK1Qj4R4XucjdmCNKNDtSgckK7x";
const worlds: TreasuryWorld[] = [];
function open(): { world: TreasuryWorld; anna: TestPerson } {
  const world = createTreasuryWorld();
  worlds.push(world);
  return { world, anna: world.enrol("anna") };
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});
async function confirmedCold(world: TreasuryWorld, anna: TestPerson): Promise<string> {
  const set = world.treasury().setDescriptor(vpub, anna.factor());
  if (!set.ok) throw new Error(`${set.code} ${set.details}`);
  const confirmed = world.treasury().confirmDescriptor(set.firstAddress, anna.factor());
  expect(confirmed).toMatchObject({ ok: true, confirmed: true });
  return set.firstAddress;
}
async function payIn(world: TreasuryWorld, satoshi: bigint): Promise<void> {
  world.backend.sendCoins(await world.backend.newAddress(), satoshi);
  world.backend.mine(1);
}
const sweeps = (world: TreasuryWorld) =>
  world
    .treasury()
    .approvals()
    .approvals.filter((one) => one.kind === "sweep");

describe("the sweep", () => {
  it("goes at the limit, once, to the first address that a person compared", async () => {
    const { world, anna } = open();
    const first = await confirmedCold(world, anna);
    // The mock's wallet begins with 100,000 sat.
    await payIn(world, 899_999n);
    await world.treasury().tick();
    expect(sweeps(world)).toEqual([]);
    await payIn(world, 1n);
    await world.treasury().tick();
    await payIn(world, 1n);
    await world.treasury().tick();
    const [sweep, ...more] = sweeps(world);
    expect(more).toEqual([]);
    expect(sweep).toMatchObject({ state: "pending", requested_by: "timmy", destination: first });
    const id = sweep?.id ?? "";
    world.treasury().approve(id, { digest: sweep?.digest ?? "", ...anna.factor() });
    await world.treasury().tick();
    world.backend.mine(3);
    await world.treasury().tick();
    expect(world.treasury().approval(id)?.state).toBe("confirmed");
    const cold = BigInt(world.treasury().view().tiers.cold.balance_msat);
    expect(cold).toBe(BigInt(sweep?.amount_msat ?? 0));
    const warm = BigInt(world.treasury().view().tiers.warm.confirmed_msat);
    expect(warm >= 500_000n * sat && warm < 600_000n * sat).toBe(true);
    expect(world.books.ledger.verify()).toEqual([]);
  });
  it("gives each sweep an address of its own, and takes the place of one that still waits", async () => {
    const { world, anna } = open();
    await confirmedCold(world, anna);
    await payIn(world, 900_000n);
    await world.treasury().tick();
    const [first] = sweeps(world);
    // Somebody spends from the wallet: warm falls below 90 %, and rises again.
    const { rawHex } = await world.backend.fundSweep({
      ...{ address: world.address("x"), amountSat: 300_000n, satPerVbyte: 1 },
    });
    await world.backend.publishTransaction(rawHex, "by hand");
    world.backend.mine(1);
    await world.treasury().tick();
    await payIn(world, 400_000n);
    await world.treasury().tick();
    const all = sweeps(world);
    expect(all.map((one) => one.state).toSorted()).toEqual(["expired", "pending"]);
    expect(all.find((one) => one.state === "pending")?.destination).not.toBe(first?.destination);
  });
  it("does not leave when what it would take is promised to a channel by now", async () => {
    const { world, anna } = open();
    await confirmedCold(world, anna);
    await payIn(world, 900_000n);
    await world.treasury().tick();
    const [sweep] = sweeps(world);
    const channel = world.treasury().requestChannel({
      ...{ key: "c", peerPubkey: world.backend.pubkeyOf("payee"), peerAddress: "" },
      ...{ capacityMsat: 600_000n * sat, feeCapMsat: 1000n * sat, why: "" },
      requestedBy: "session:x",
    });
    expect(channel.ok).toBe(true);
    const id = sweep?.id ?? "";
    world.treasury().approve(id, { digest: sweep?.digest ?? "", ...anna.factor() });
    await world.treasury().tick();
    expect(world.treasury().approval(id)).toMatchObject({
      state: "failed",
      outcome: "sweep-not-due: Warm has shrunk.",
    });
  });
  it("is asked for again once the money is free that a failed one could not have", async () => {
    const { world, anna } = open();
    await confirmedCold(world, anna);
    await payIn(world, 900_000n);
    await world.treasury().tick();
    const [sweep] = sweeps(world);
    const channel = world.treasury().requestChannel({
      ...{ key: "c", peerPubkey: world.backend.pubkeyOf("payee"), peerAddress: "" },
      ...{ capacityMsat: 600_000n * sat, feeCapMsat: 1000n * sat, why: "" },
      requestedBy: "session:x",
    });
    world.treasury().approve(sweep?.id ?? "", { digest: sweep?.digest ?? "", ...anna.factor() });
    await world.treasury().tick();
    await world.treasury().tick();
    expect(sweeps(world).map((one) => one.state)).toEqual(["failed"]);
    const { id, digest } = channel.ok ? channel.approval : { id: "", digest: "" };
    world.treasury().deny(id, { digest, ...anna.factor() });
    await world.treasury().tick();
    await world.treasury().tick();
    expect(sweeps(world).map((one) => one.state)).toEqual(["pending", "failed"]);
  });
  it("goes nowhere before a person compared the first address", async () => {
    const { world, anna } = open();
    const set = world.treasury().setDescriptor(vpub, anna.factor());
    const other = world.address("attacker");
    expect(world.treasury().confirmDescriptor(other, anna.factor())).toMatchObject({
      code: "approval-changed",
    });
    expect(set).toMatchObject({ ok: true, confirmed: false });
    await payIn(world, 2_000_000n);
    await world.treasury().tick();
    await world.treasury().tick();
    expect(sweeps(world)).toEqual([]);
    expect(world.treasury().view().alarms).toMatchObject([
      { code: "sweep-not-due", sentence: expect.stringMatching(/No descriptor is confirmed\.$/) },
    ]);
  });
  it("does not follow a descriptor that was swapped in the books", async () => {
    const { world, anna } = open();
    expect(parseWatchOnly(other, "regtest").ok).toBe(true);
    await confirmedCold(world, anna);
    world.books.sql.run("DROP TRIGGER treasury_cold_fixed");
    world.books.sql.run("UPDATE treasury_cold SET descriptor = ?", other);
    expect(world.treasury().view().tiers.cold).toMatchObject({ descriptor: false });
  });
});

describe("rebalancing", () => {
  it("pays itself around the circle and charges the owner the fee alone", async () => {
    const { world } = open();
    const { backend } = world;
    // Payments of strangers drain the channel with the bridge and earn for it.
    for (let k = 0; k < 8; k++) backend.forward(40_000n * sat);
    const before = await backend.channels();
    const note = async () => {
      await world.treasury().tick();
      await world.settle();
      await world.treasury().tick();
      return world.treasury().report(1).rebalancing;
    };
    expect(await note()).toMatch(/^done: /);
    const after = await backend.channels();
    expect(after.map((c) => c.localMsat)).not.toEqual(before.map((c) => c.localMsat));
    const totals = world.treasury().earnings(1).totals;
    expect(BigInt(totals.rebalance_msat)).toBeGreaterThan(0n);
    expect(world.books.ledger.verify()).toEqual([]);
  });
  it("says that it is balanced when it is", async () => {
    const { world } = open();
    await world.treasury().tick();
    expect(world.treasury().report(1).rebalancing).toBe("balanced");
  });
});
