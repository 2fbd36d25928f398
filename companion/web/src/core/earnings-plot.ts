import type { EarningsView } from "@timmy/shared/money/views";
import { plotSeries } from "../limits.ts";
import { largest, readMsat, shareOf } from "./sats.ts";

export interface PlotPart {
  readonly series: number;
  readonly msat: bigint;
  /** Lower and upper edge as shares of the scale, 0 to 1. */
  readonly from: number;
  readonly to: number;
}
export interface PlotDay {
  readonly day: string;
  readonly totalMsat: bigint;
  readonly parts: readonly PlotPart[];
}
export interface Plot {
  /** Who earned, most first; what is too small for a series of its own is "others". */
  readonly series: readonly string[];
  readonly days: readonly PlotDay[];
  readonly scaleMsat: bigint;
}

const others = "others";

/** Earnings by agent and day as stacked bars; all the same scale, a round number above the best day. */
export function plotEarnings(view: EarningsView): Plot {
  const totals = new Map<string, bigint>();
  for (const { earned } of view.days) {
    for (const { party, amount_msat } of earned) {
      totals.set(party, (totals.get(party) ?? 0n) + readMsat(amount_msat));
    }
  }
  const ranked = [...totals].sort((a, b) => (a[1] === b[1] ? 0 : a[1] < b[1] ? 1 : -1));
  const names = ranked.map(([party]) => party);
  const isMany = names.length > plotSeries;
  const series = isMany ? [...names.slice(0, plotSeries - 1), others] : names;
  const days = view.days.map(({ day, earned }) => {
    const amounts = series.map(() => 0n);
    for (const { party, amount_msat } of earned) {
      const at = series.indexOf(party);
      const slot = at === -1 ? series.length - 1 : at;
      amounts[slot] = (amounts[slot] ?? 0n) + readMsat(amount_msat);
    }
    return { day, amounts, total: amounts.reduce((all, one) => all + one, 0n) };
  });
  const best = largest(days.map(({ total }) => total));
  const scaleMsat = roundUp(best);
  return {
    series,
    scaleMsat,
    days: days.map(({ day, amounts, total }) => ({
      day,
      totalMsat: total,
      parts: stack(amounts, scaleMsat),
    })),
  };
}

function stack(amounts: readonly bigint[], scaleMsat: bigint): readonly PlotPart[] {
  let below = 0n;
  return amounts.flatMap((msat, series) => {
    if (msat <= 0n) return [];
    const from = shareOf(below, scaleMsat);
    below += msat;
    return [{ series, msat, from, to: shareOf(below, scaleMsat) }];
  });
}

/** The next round number, at least ten sat. */
function roundUp(msat: bigint): bigint {
  let step = 1000n;
  for (;;) {
    for (const factor of [10n, 12n, 15n, 20n, 25n, 30n, 40n, 50n, 60n, 80n])
      if (step * factor >= msat) return step * factor;
    step *= 10n;
  }
}
