import type { Channel, Forward } from "../lightning/backend.ts";
import { leastOf } from "./amount-order.ts";
import {
  balancedPercent,
  maxRebalanceMsat,
  minRebalanceMsat,
  rebalanceBackoffMs,
  rebalanceEarnedPercent,
  rebalanceFeePpm,
} from "./limits.ts";

/** A circular payment: out by one channel, back by the peer of another. */
export interface RebalancePlan {
  readonly fromChannel: string;
  readonly toChannel: string;
  readonly lastHop: string;
  readonly amountMsat: bigint;
  readonly maxFeeMsat: bigint;
}
/** An attempt of the past; times are elapsed time. */
export interface RebalanceTry {
  readonly fromChannel: string;
  readonly toChannel: string;
  readonly atMs: number;
  readonly state: "running" | "done" | "failed";
  readonly feeMsat: bigint;
}
export interface RebalanceFacts {
  readonly channels: readonly Channel[];
  /** Forwards of the last seven days. */
  readonly forwards: readonly Forward[];
  /** Attempts of the last seven days, oldest first. */
  readonly tries: readonly RebalanceTry[];
  readonly nowMs: number;
  /** What is left of the day's budget. */
  readonly budgetMsat: bigint;
}
export type RebalanceAnswer =
  | { readonly ok: true; readonly plan: RebalancePlan }
  | { readonly ok: false; readonly reason: string };

const hundred = 100n;
const share = (channel: Channel) => (channel.localMsat * hundred) / channel.capacityMsat;
export const isHigh = (c: Channel): boolean =>
  c.localMsat * hundred > c.capacityMsat * balancedPercent.high;
export const isLow = (c: Channel): boolean =>
  c.localMsat * hundred < c.capacityMsat * balancedPercent.low;

/**
 * What a channel may cost: a part of what it earned in seven days, less what it cost already. A
 * forward is earned by the channel by which it leaves, whose fee it pays (BOLT 7).
 */
function earnedAllowance(channel: Channel, facts: RebalanceFacts): bigint {
  const earned = facts.forwards
    .filter((forward) => forward.channelOut === channel.id)
    .reduce((sum, forward) => sum + forward.feeMsat, 0n);
  const spent = facts.tries
    .filter((past) => [past.fromChannel, past.toChannel].includes(channel.id))
    .reduce((sum, past) => sum + past.feeMsat, 0n);
  const allowed = (earned * rebalanceEarnedPercent) / hundred - spent;
  return allowed > 0n ? allowed : 0n;
}

/** Failures in a row of a pair of channels make it wait, twice as long each time. */
function waitsUntilMs(from: Channel, to: Channel, tries: readonly RebalanceTry[]): number {
  let failures = 0;
  let lastMs = 0;
  for (const past of tries) {
    if (past.fromChannel !== from.id || past.toChannel !== to.id) continue;
    failures = past.state === "failed" ? failures + 1 : 0;
    lastMs = past.atMs;
  }
  if (failures === 0) return 0;
  const { first, longest } = rebalanceBackoffMs;
  return lastMs + Math.min(longest, first * 2 ** (failures - 1));
}

/** How much brings both towards the middle without pushing the other out of it. */
function amountBetween(from: Channel, to: Channel): bigint {
  const half = (channel: Channel) => channel.capacityMsat / 2n;
  const spare = leastOf(from.localMsat - half(from), from.localMsat - from.localReserveMsat);
  const amount = leastOf(spare, half(to) - to.localMsat, to.remoteMsat, maxRebalanceMsat);
  return amount > 0n ? amount - (amount % 1000n) : 0n;
}

/** Pairs of which one side is out of balance, the worst first. */
function pairsOf(channels: readonly Channel[]): readonly (readonly [Channel, Channel])[] {
  const usable = channels.filter((c) => c.active && c.pendingHtlcs === 0 && c.capacityMsat > 0n);
  return usable
    .flatMap((from) => usable.map((to) => [from, to] as const))
    .filter(([from, to]) => from.peerPubkey !== to.peerPubkey && (isHigh(from) || isLow(to)))
    .filter(([from, to]) => share(from) > 50n && share(to) < 50n)
    .toSorted(([a, b], [c, d]) => Number(share(c) - share(d) - (share(a) - share(b))));
}

/**
 * The next circular payment, or why there is none. Pure: whether the network has a circle is found
 * out by paying; whether we have two channels for one is known here.
 */
export function planRebalance(facts: RebalanceFacts): RebalanceAnswer {
  const { channels, tries, nowMs, budgetMsat } = facts;
  const no = (reason: string) => ({ ok: false, reason }) as const;
  if (tries.some((past) => past.state === "running")) return no("one is on its way");
  if (!channels.some((channel) => isHigh(channel) || isLow(channel))) return no("balanced");
  const pairs = pairsOf(channels);
  if (pairs.length === 0) return no("infeasible: no cycle");
  let reason = "infeasible: no cycle";
  for (const [from, to] of pairs) {
    // The channel that is out of balance pays for it; if both are, the one that runs dry.
    const payer = isLow(to) ? to : from;
    const amountMsat = amountBetween(from, to);
    const byAmount = (amountMsat * rebalanceFeePpm) / 1_000_000n;
    const maxFeeMsat = leastOf(byAmount, earnedAllowance(payer, facts), budgetMsat);
    if (amountMsat < minRebalanceMsat) reason = "too little to move";
    else if (budgetMsat <= 0n) reason = "the day's budget is spent";
    else if (maxFeeMsat <= 0n) reason = "it earned too little to pay for it";
    else if (nowMs < waitsUntilMs(from, to, tries)) reason = "waits after a failure";
    else {
      const channelIds = { fromChannel: from.id, toChannel: to.id, lastHop: to.peerPubkey };
      return { ok: true, plan: { ...channelIds, amountMsat, maxFeeMsat } };
    }
  }
  return no(reason);
}
