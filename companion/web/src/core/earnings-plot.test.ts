import type { EarningsView } from "@timmy/shared/money/views";
import { describe, expect, it } from "vitest";
import { plotSeries } from "../limits.ts";
import { plotEarnings } from "./earnings-plot.ts";

const view = (...days: readonly Readonly<Record<string, number>>[]): EarningsView => ({
  days: days.map((earned, at) => ({
    day: `2026-11-0${at + 1}`,
    earned: Object.entries(earned).map(([party, sats]) => ({
      party,
      service: "s",
      amount_msat: String(sats * 1000),
    })),
    costs: [],
  })),
  totals: {
    earned_msat: "0",
    payment_fees_msat: "0",
    chain_fees_msat: "0",
    rebalance_msat: "0",
    routing_earned_msat: "0",
  },
});

describe("the plot of earnings", () => {
  it("stacks the agents of a day, the one who earned most in all below", () => {
    const plot = plotEarnings(view({ a: 20, b: 60 }, { b: 100 }));
    expect(plot.series).toEqual(["b", "a"]);
    expect(plot.scaleMsat).toBe(100_000n);
    expect(plot.days[0]?.parts).toEqual([
      { series: 0, msat: 60_000n, from: 0, to: 0.6 },
      { series: 1, msat: 20_000n, from: 0.6, to: 0.8 },
    ]);
  });
  it("draws those who earned little together, and loses nothing of them", () => {
    const plot = plotEarnings(view({ a: 50, b: 40, c: 30, d: 20, e: 10 }));
    expect(plot.series).toHaveLength(plotSeries);
    expect(plot.series.at(-1)).toBe("others");
    expect(plot.days[0]?.parts.at(-1)?.msat).toBe(30_000n);
    expect(plot.days[0]?.totalMsat).toBe(150_000n);
  });
  it("takes the next round number as its height, and never zero", () => {
    expect(plotEarnings(view({ a: 10_450 })).scaleMsat).toBe(12_000_000n);
    expect(plotEarnings(view({})).scaleMsat).toBe(10_000n);
  });
});
