import { describe, expect, it } from "vitest";
import type { NodeBalance } from "../lightning/backend.ts";
import { sweepFeeCapMsat } from "./limits.ts";
import { type SweepFacts, stepSweep, sweepableMsat } from "./sweep.ts";

const sat = 1000n;
const balanceOf = (confirmedSat: bigint, over: Partial<NodeBalance> = {}): NodeBalance => ({
  channelLocalMsat: 0n,
  channelUnsettledMsat: 0n,
  pendingOpenMsat: 0n,
  channelReservedMsat: 0n,
  onchainConfirmedMsat: confirmedSat * sat,
  onchainUnconfirmedMsat: 0n,
  onchainLockedMsat: 0n,
  anchorReserveMsat: 0n,
  ...over,
});
const facts = (confirmedSat: bigint, over: Partial<SweepFacts> = {}): SweepFacts => ({
  balance: balanceOf(confirmedSat),
  coins: [{ outpoint: "a:0", amountMsat: confirmedSat * sat, confirmations: 6 }],
  openingMsat: 0n,
  atMsat: 1_000_000n * sat,
  toMsat: 500_000n * sat,
  feeCapMsat: sweepFeeCapMsat,
  armed: true,
  ...over,
});

describe("the sweep's guard", () => {
  it.each([
    [999_999n, "none"],
    [1_000_000n, "propose"],
    [1_000_001n, "propose"],
  ])("at %s sat: %s", (confirmedSat, kind) => {
    expect(stepSweep(facts(confirmedSat)).kind).toBe(kind);
  });
  it("proposes once for each crossing, and a crossing ends 10 % below the limit", () => {
    let armed = true;
    const kinds = [
      999_999n,
      1_000_000n,
      1_000_001n,
      950_000n,
      1_200_000n,
      900_000n,
      1_000_000n,
      899_999n,
      1_000_000n,
    ].map((warm) => {
      const step = stepSweep(facts(warm, { armed }));
      armed = step.kind === "none" && step.armed;
      return step.kind;
    });
    expect(kinds).toEqual([
      "none",
      "propose",
      "none",
      "none",
      "none",
      "none",
      "none",
      "none",
      "propose",
    ]);
  });
  it("sweeps down to the target with its fee, in whole satoshi", () => {
    const expected = (1_000_000n - 500_000n) * sat - sweepFeeCapMsat;
    expect(sweepableMsat(facts(1_000_000n))).toBe(expected);
  });
  it("leaves the anchor reserve, pending opens, asked-for channels and unconfirmed coins", () => {
    const all = sweepableMsat(facts(2_000_000n));
    const reserve = balanceOf(2_000_000n, { anchorReserveMsat: 10_000n * sat });
    expect(sweepableMsat(facts(2_000_000n, { balance: reserve }))).toBe(all - 10_000n * sat);
    const pending = balanceOf(2_000_000n, { pendingOpenMsat: 300_000n * sat });
    expect(sweepableMsat(facts(2_000_000n, { balance: pending }))).toBe(all - 300_000n * sat);
    expect(sweepableMsat(facts(2_000_000n, { openingMsat: 7n * sat }))).toBe(all - 7n * sat);
    const coins = [
      { outpoint: "a:0", amountMsat: 1_500_000n * sat, confirmations: 1 },
      { outpoint: "b:0", amountMsat: 500_000n * sat, confirmations: 0 },
    ];
    expect(sweepableMsat(facts(2_000_000n, { coins }))).toBe(all - 500_000n * sat);
  });
  it("says so when everything above the target is tied up", () => {
    const balance = balanceOf(1_000_000n, { pendingOpenMsat: 900_000n * sat });
    expect(stepSweep(facts(1_000_000n, { balance }))).toEqual({ kind: "tied-up", freeMsat: 0n });
  });
});
