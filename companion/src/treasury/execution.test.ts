import { afterEach, describe, expect, it } from "vitest";
import type { AskResult, WithdrawalAsk } from "./port.ts";
import {
  createTreasuryWorld,
  type TestPerson,
  type TreasuryWorld,
  type WorldOptions,
} from "./treasury-fixture.ts";

const sat = 1000n;
const worlds: TreasuryWorld[] = [];
function open(options: WorldOptions = {}): { world: TreasuryWorld; anna: TestPerson } {
  const world = createTreasuryWorld(options);
  worlds.push(world);
  return { world, anna: world.enrol("anna") };
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});
function granted(result: AskResult) {
  if (!result.ok) throw new Error(`${result.code} ${result.details}`);
  return result.approval;
}
let keys = 0;
const toAddress = (world: TreasuryWorld, over: Partial<WithdrawalAsk> = {}): WithdrawalAsk => ({
  key: `x${++keys}`,
  party: "owner",
  amountMsat: 40_000n * sat,
  destination: world.address("home"),
  feeCapMsat: 5_000n * sat,
  why: "home",
  requestedBy: "session:dashboard",
  ...over,
});
function approved(world: TreasuryWorld, anna: TestPerson, ask = toAddress(world)) {
  const made = granted(world.treasury().requestWithdrawal(ask));
  return granted(world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() }));
}
async function round(world: TreasuryWorld): Promise<void> {
  await world.treasury().tick();
  await world.settle();
}
const stateOf = (world: TreasuryWorld, id: string) => world.treasury().approval(id)?.state;
const owner = (world: TreasuryWorld) => world.books.ledger.balance("party:owner");
const rowOf = (world: TreasuryWorld, id: string) =>
  world.books.sql.get<{ raw_hex: string; txid: string; fee_msat: bigint }>(
    "SELECT raw_hex, txid, fee_msat FROM treasury_requests WHERE id = ?",
    id,
  );

describe("a withdrawal to an address", () => {
  it("is stored, published, posted and confirmed", async () => {
    const { world, anna } = open();
    const before = owner(world).postedMsat;
    const { id } = approved(world, anna);
    await round(world);
    expect(stateOf(world, id)).toBe("sent");
    const fee = rowOf(world, id)?.fee_msat ?? 0n;
    expect(owner(world)).toMatchObject({
      heldMsat: 0n,
      postedMsat: before - 40_000n * sat - fee,
    });
    world.backend.mine(3);
    await round(world);
    expect(stateOf(world, id)).toBe("confirmed");
    expect(world.books.ledger.verify()).toEqual([]);
  });
  it("publishes the stored transaction again after a crash, and never another one", async () => {
    const published: string[] = [];
    let funded = 0;
    let dies = true;
    const { world, anna } = open({
      backend: (mock) => ({
        ...mock,
        fundSweep: (wish, signal) => {
          funded++;
          return mock.fundSweep(wish, signal);
        },
        async publishTransaction(rawHex, label, signal) {
          published.push(rawHex);
          await mock.publishTransaction(rawHex, label, signal);
          // The network has it, but the process dies before it hears so.
          if (dies) throw new RangeError("killed");
        },
      }),
    });
    const { id } = approved(world, anna);
    await round(world);
    expect(stateOf(world, id)).toBe("executing");
    dies = false;
    world.restart();
    await round(world);
    expect(stateOf(world, id)).toBe("sent");
    expect(new Set(published).size).toBe(1);
    expect(published.length).toBe(2);
    expect(funded).toBe(1);
  });
  it("fails without a trace when the fee is above the approved cap", async () => {
    const { world, anna } = open();
    const { id } = approved(world, anna, toAddress(world, { feeCapMsat: 1n * sat }));
    await round(world);
    expect(world.treasury().approval(id)).toMatchObject({ state: "failed", outcome: "over-cap" });
    expect(owner(world).heldMsat).toBe(0n);
    expect((await world.backend.getBalance()).onchainUnconfirmedMsat).toBe(0n);
  });
  it("waits while the node is away and while the kill switch is on", async () => {
    const { world, anna } = open();
    const { id } = approved(world, anna);
    world.treasury().setKillSwitch(true);
    await round(world);
    expect(stateOf(world, id)).toBe("approved");
    world.backend.setNode("away");
    world.treasury().setKillSwitch(false, anna.factor());
    await round(world);
    expect(stateOf(world, id)).toBe("executing");
    expect(world.treasury().view().backend.state).toBe("away");
    world.backend.setNode("active");
    await round(world);
    expect(stateOf(world, id)).toBe("sent");
  });
  it.each([
    ["part of a satoshi", { amountMsat: 40_000_001n }, "bad-amount"],
    ["dust", { amountMsat: 545n * sat }, "bad-amount"],
    ["a fraction", { amountMsat: 1.5 }, "bad-amount"],
    ["less than nothing", { amountMsat: "-5" }, "bad-amount"],
    ["more than there is", { amountMsat: 10n ** 12n }, "balance-too-low"],
    ["more than there ever will be", { amountMsat: 2n ** 53n * 1000n }, "bad-amount"],
    [
      "another network",
      { destination: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4" },
      "wrong-network",
    ],
    ["no address", { destination: "home" }, "bad-address"],
    ["nobody who asks", { requestedBy: "" as "timmy" }, "provenance-refused"],
  ])("is refused with %s", (_name, over, code) => {
    const { world } = open();
    const before = world.books.ledger.head();
    const result = world.treasury().requestWithdrawal(toAddress(world, over));
    expect(result).toMatchObject({ ok: false, code });
    expect(world.treasury().approvals().approvals).toEqual([]);
    expect(world.books.ledger.head()).toEqual(before);
    expect(owner(world).heldMsat).toBe(0n);
  });
});

describe("an approved payment", () => {
  it("is paid once although the process dies at each step of it", async () => {
    const { world, anna } = open();
    const destination = world.backend.makeForeignInvoice(30_000n * sat, "x", 86_400);
    const ask = toAddress(world, { destination, amountMsat: 30_000n * sat, kind: "payment" });
    const { id } = approved(world, anna, ask);
    world.backend.failNextPayment({ kind: "drop-then-succeed" });
    for (let life = 0; life < 4; life++) {
      void world.treasury().tick();
      for (let turn = 0; turn <= life; turn++) await new Promise((go) => setImmediate(go));
      world.restart();
    }
    for (let k = 0; k < 5 && stateOf(world, id) !== "confirmed"; k++) {
      await world.pass(60_000);
      await round(world);
    }
    expect(stateOf(world, id)).toBe("confirmed");
    expect(world.payments().list({ limit: 9 })).toHaveLength(1);
    expect(world.books.ledger.verify()).toEqual([]);
  });
  it("that fails gives everything back", async () => {
    const { world, anna } = open();
    const destination = world.backend.makeForeignInvoice(30_000n * sat, "x", 86_400);
    world.backend.failNextPayment({ kind: "fail", reason: "no-route" });
    const { id } = approved(
      world,
      anna,
      toAddress(world, { destination, amountMsat: 30_000n * sat }),
    );
    const before = owner(world).postedMsat;
    await round(world);
    await round(world);
    expect(world.treasury().approval(id)).toMatchObject({ state: "failed", outcome: "no-route" });
    expect(owner(world)).toMatchObject({ heldMsat: 0n, postedMsat: before });
  });
});

describe("a channel that a person approves", () => {
  it("is opened once and confirmed when the node lists it", async () => {
    let opened = 0;
    const { world, anna } = open({
      backend: (mock) => ({
        ...mock,
        openChannel: (wish, signal) => {
          opened++;
          return mock.openChannel(wish, signal);
        },
      }),
    });
    const made = granted(
      world.treasury().requestChannel({
        key: "c1",
        peerPubkey: world.backend.pubkeyOf("payee"),
        peerAddress: "",
        capacityMsat: 50_000n * sat,
        feeCapMsat: 5_000n * sat,
        why: "a circle",
        requestedBy: "session:dashboard",
      }),
    );
    expect(made).toMatchObject({ kind: "channel", destination_kind: "node", state: "pending" });
    world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    await round(world);
    await round(world);
    expect(stateOf(world, made.id)).toBe("sent");
    world.backend.mine(6);
    await round(world);
    expect(stateOf(world, made.id)).toBe("confirmed");
    expect(opened).toBe(1);
  });
  it("is not opened a second time when the answer was lost", async () => {
    let opened = 0;
    const { world, anna } = open({
      backend: (mock) => ({
        ...mock,
        async openChannel(wish, signal) {
          opened++;
          await mock.openChannel(wish, signal);
          throw new RangeError("killed");
        },
      }),
    });
    const made = granted(
      world.treasury().requestChannel({
        key: "c1",
        peerPubkey: world.backend.pubkeyOf("payee"),
        peerAddress: "",
        capacityMsat: 50_000n * sat,
        feeCapMsat: 5_000n * sat,
        why: "",
        requestedBy: "session:dashboard",
      }),
    );
    world.treasury().approve(made.id, { digest: made.digest, ...anna.factor() });
    await round(world);
    world.restart();
    await round(world);
    expect([stateOf(world, made.id), opened]).toEqual(["executing", 1]);
    world.backend.mine(6);
    await round(world);
    await round(world);
    expect([stateOf(world, made.id), opened]).toEqual(["confirmed", 1]);
  });
});
