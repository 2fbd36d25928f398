import { afterEach, describe, expect, it } from "vitest";
import type { Spend } from "../payments/port.ts";
import { createTreasuryWorld, type TreasuryWorld, type WorldOptions } from "./treasury-fixture.ts";

const sat = 1000n;
const hour = 3_600_000;
const worlds: TreasuryWorld[] = [];
function open(options: WorldOptions = {}): TreasuryWorld {
  const world = createTreasuryWorld(options);
  worlds.push(world);
  return world;
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

let spends = 0;
const spend = (amountSat: bigint, over: Partial<Spend> = {}): Spend => ({
  reference: `p${++spends}`,
  party: "agent:a",
  purpose: "payment",
  payee: "02".padEnd(66, "a"),
  destination: "lnbcrt1",
  amountMsat: amountSat * sat,
  maxFeeMsat: 0n,
  origin: { from: "person", who: "anna" },
  ...over,
});
const judge = (world: TreasuryWorld, one: Spend) => {
  const verdict = world.gate().judge(one);
  return verdict.ok ? "ok" : verdict.code;
};
const fill = (world: TreasuryWorld, amounts: readonly bigint[], over: Partial<Spend> = {}) =>
  amounts.map((amount) => judge(world, spend(amount, over)));

describe("the spending gate", () => {
  it("caps one payment, an hour, a day and party, each with its fee cap", async () => {
    const world = open();
    expect(judge(world, spend(20_001n))).toBe("over-cap");
    expect(judge(world, spend(20_000n, { maxFeeMsat: 1n }))).toBe("over-cap");
    expect(fill(world, [20_000n, 20_000n, 1n])).toEqual(["ok", "ok", "over-cap"]);
    await world.pass(hour);
    expect(fill(world, [10_000n, 1n])).toEqual(["ok", "over-cap"]);
    expect(judge(world, spend(20_000n, { party: "agent:b" }))).toBe("ok");
  });
  it("lets less than 100,000 sat leave in a day, whoever asks", async () => {
    const world = open();
    let left = 0n;
    for (let k = 0; k < 23; k++) {
      for (let n = 0; n < 5; n++) {
        const party = `agent:n${k}-${n}` as const;
        if (judge(world, spend(9_000n, { party })) === "ok") left += 9_000n;
      }
      await world.pass(hour);
    }
    expect(left).toBe(99_000n);
    await world.pass(2 * hour);
    expect(judge(world, spend(9_000n, { party: "agent:late" }))).toBe("ok");
  });
  it("does not let a jump of the wall clock, a restart or downtime pass for time", async () => {
    const world = open();
    expect(fill(world, [20_000n, 20_000n])).toEqual(["ok", "ok"]);
    world.jumpWall(400 * 24 * hour);
    expect(judge(world, spend(1n))).toBe("over-cap");
    world.jumpWall(-800 * 24 * hour);
    expect(judge(world, spend(1n))).toBe("over-cap");
    world.restart(30 * 24 * hour);
    expect(judge(world, spend(1n))).toBe("over-cap");
    await world.pass(hour - 1);
    expect(judge(world, spend(1n))).toBe("over-cap");
    await world.pass(1);
    expect(judge(world, spend(1n))).toBe("ok");
  });
  it("goes on after a restart from the time that it had lived through", async () => {
    const world = open();
    await world.pass(5 * hour);
    expect(judge(world, spend(20_000n))).toBe("ok");
    world.restart();
    expect(fill(world, [20_000n, 1n])).toEqual(["ok", "over-cap"]);
    await world.pass(hour);
    expect(judge(world, spend(1n))).toBe("ok");
  });
  it("refuses a fee cap that the amount does not explain", () => {
    const world = open();
    // 5 sat and 1 %.
    expect(judge(world, spend(1_000n, { maxFeeMsat: 15_000n }))).toBe("ok");
    expect(judge(world, spend(1_000n, { maxFeeMsat: 15_001n }))).toBe("over-cap");
  });
  it("takes payee and amount from a person or a record that binds them", () => {
    const bound = new Set(["auction:7"]);
    const records = {
      auction: (_: Spend, id: string) =>
        bound.has(`auction:${id}`)
          ? ({ ok: true } as const)
          : ({ ok: false, code: "provenance-refused", details: "" } as const),
    };
    const world = open({ gate: { records } });
    for (const from of ["agent", "peer", "world"] as const) {
      expect(judge(world, spend(1n, { origin: { from, who: "x" } }))).toBe("provenance-refused");
    }
    const ofRecord = (record: string) =>
      judge(world, spend(1n, { origin: { from: "record", record } }));
    expect(ofRecord("auction:7")).toBe("ok");
    expect(
      ["auction:8", "order:1", "withdrawal:1", "rebalance:1", "toString:1", ":", ""].map(ofRecord),
    ).toEqual(Array(7).fill("provenance-refused"));
  });
  it("judges no amount that is none", () => {
    const world = open();
    const bad = [0n, -1n, 2n ** 63n, Number.NaN, 1.5, "5", null, undefined] as unknown as bigint[];
    for (const amountMsat of bad) {
      expect(judge(world, spend(1n, { amountMsat }))).toBe("bad-amount");
    }
    expect(judge(world, spend(1n, { maxFeeMsat: -1n }))).toBe("bad-amount");
  });
  it("gives a window back what did not leave, once, and never the reference", () => {
    const world = open();
    const first = spend(20_000n);
    expect(judge(world, first)).toBe("ok");
    expect(judge(world, first)).toBe("ok");
    expect(fill(world, [20_000n, 20_000n])).toEqual(["ok", "over-cap"]);
    world.gate().undo(first.reference);
    world.gate().undo(first.reference);
    expect(fill(world, [20_000n, 1n])).toEqual(["ok", "over-cap"]);
    expect(judge(world, first)).toBe("duplicate-key");
  });
  it("keeps each verdict for ever, and the newest hundred thousand at least", () => {
    const world = open();
    fill(world, [1n, 30_000n]);
    const rows = world.books.sql.all<{ code: string }>(
      "SELECT code FROM treasury_verdicts ORDER BY seq",
    );
    expect(rows.map((row) => row.code)).toEqual(["ok", "over-cap"]);
    const change = (text: string) => () => world.books.sql.run(text);
    expect(change("UPDATE treasury_verdicts SET code = 'ok'")).toThrow(/never changed/);
    expect(change("DELETE FROM treasury_verdicts")).toThrow(/only the oldest/);
  });
});

describe("what the owner decides", () => {
  it("stops everything at once, and only a code lets it go on", () => {
    const world = open();
    const anna = world.enrol("anna");
    expect(world.treasury().setKillSwitch(true)).toEqual({ ok: true });
    expect(judge(world, spend(1n))).toBe("kill-switch");
    expect(world.gate().paused()).toBe(true);
    expect(world.treasury().setKillSwitch(false)).toMatchObject({ code: "approval-needed" });
    const wrong = { who: "anna", code: "000000" };
    expect(world.treasury().setKillSwitch(false, wrong)).toMatchObject({ code: "bad-code" });
    world.restart();
    expect(judge(world, spend(1n))).toBe("kill-switch");
    expect(world.treasury().setKillSwitch(false, anna.factor())).toEqual({ ok: true });
    expect(judge(world, spend(1n))).toBe("ok");
  });
  it("changes limits with a code, version by version, within what hot may be", () => {
    const world = open();
    const anna = world.enrol("anna");
    const change = { perPaymentMsat: 5n * sat };
    const wrong = { who: "anna", code: "123456" };
    expect(world.treasury().setPolicy(change, wrong)).toMatchObject({ code: "bad-code" });
    expect(world.treasury().setPolicy(change, anna.factor())).toEqual({ ok: true });
    expect(world.treasury().policy()).toMatchObject({ version: 1, perPaymentMsat: 5n * sat });
    expect(judge(world, spend(6n))).toBe("over-cap");
    for (const bad of [
      { perDayMsat: 100_000n * sat },
      { perPaymentMsat: -1n },
      { feePpm: 1.5 },
      { sweepToMsat: 1_000_000n * sat },
      { allow: ["with a space and more"] },
      { godMode: true },
    ]) {
      expect(world.treasury().setPolicy(bad as object, anna.factor())).toMatchObject({
        code: "bad-payload",
      });
    }
    expect(world.treasury().policy().version).toBe(1);
  });
  it("is not overruled by a row that nobody sealed", () => {
    const world = open();
    const anna = world.enrol("anna");
    world.treasury().setPolicy({ perPaymentMsat: 5n * sat }, anna.factor());
    world.books.sql.run(
      "INSERT INTO treasury_policy SELECT 2, at_ms, changed_by, limits, seal FROM treasury_policy",
    );
    expect(judge(world, spend(1n))).toBe("books-broken");
    expect(world.gate().paused()).toBe(true);
  });
  it("gives an agent an allowance that renews and does not add up", async () => {
    const world = open({ funds: { "agent:a": 1n } });
    const anna = world.enrol("anna");
    const period = { limitMsat: 100n * sat, periodMs: 10 * hour };
    expect(world.treasury().setBudget("agent:a", period, anna.factor())).toEqual({ ok: true });
    expect(fill(world, [100n, 1n])).toEqual(["ok", "over-cap"]);
    expect(judge(world, spend(1n, { party: "agent:b" }))).toBe("ok");
    world.restart(20 * hour);
    expect(judge(world, spend(1n))).toBe("over-cap");
    await world.pass(30 * hour);
    expect(fill(world, [100n, 1n])).toEqual(["ok", "over-cap"]);
    const [party] = world.treasury().view().parties;
    expect(party?.budget).toMatchObject({ limit_msat: "100000", spent_msat: "100000" });
    expect(party?.budget?.renews_in_ms).toBeLessThanOrEqual(10 * hour);
    world.treasury().setBudget("agent:a", { ...period, limitMsat: 0n }, anna.factor());
    expect(judge(world, spend(1n))).toBe("ok");
  });
  it("lets payments go only to whom the allow list names, if it names anybody", () => {
    const world = open();
    const anna = world.enrol("anna");
    world.treasury().setPolicy({ allow: ["03".padEnd(66, "b")] }, anna.factor());
    expect(judge(world, spend(1n))).toBe("destination-not-allowed");
    expect(judge(world, spend(1n, { payee: "03".padEnd(66, "b") }))).toBe("ok");
  });
});
