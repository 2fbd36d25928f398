import { parseMsat } from "@timmy/shared/money/amount";
import { capabilityOf } from "./capability.ts";
import { noRecord, successFactor, type TrackRecord } from "./learner.ts";
import type { MarketAgent } from "./personas.ts";

/** What a bidder offers: a price it asks, and a bond that it stakes on its success. */
export interface Bid {
  readonly bidder: string;
  /** As they came: whole millisatoshi above zero, or the bid is left out. */
  readonly price: unknown;
  readonly bond: unknown;
}

export interface RoutingQuestion {
  readonly task: string;
  readonly bids: readonly Bid[];
  /** A bond must be covered by what the bidder has available. */
  readonly requireBalance: boolean;
  readonly agents: readonly MarketAgent[];
  readonly availableMsat: (bidder: string) => bigint;
  readonly record?: (bidder: string) => TrackRecord;
  /** The most that the poster pays; without one any price stands. */
  readonly budgetMsat?: bigint;
}

export type LeftOut =
  | "unknown-bidder"
  | "bad-bid"
  | "balance-too-low"
  | "over-budget"
  | "bond-gone";
export interface JudgedBid {
  readonly bidder: string;
  readonly priceMsat: bigint;
  readonly bondMsat: bigint;
  readonly capability: number;
  readonly score: number;
  /** Null when it stood. */
  readonly leftOut: LeftOut | null;
  /** Why it was left out, with the figures; empty when it stood. */
  readonly why: string;
}
export interface Decision {
  /** The winner, or null when no bid stood. Nothing overrides it. */
  readonly winner: string | null;
  /** All bids, best first; those that were left out at the end. */
  readonly bids: readonly JudgedBid[];
}

/** How much of the score is capability; the rest is the bond beside the largest one. */
const capabilityShare = 0.6;

/** The plan's form, where a bid is one number of satoshi: it is read as the bond. */
export function bondsInSat(bids: Readonly<Record<string, number | bigint>>): readonly Bid[] {
  return Object.entries(bids).map(([bidder, sat]) => {
    const bond = typeof sat === "bigint" ? sat * 1000n : wholeMsat(sat);
    return { bidder, price: bond, bond };
  });
}
const wholeMsat = (sat: number) => (Number.isSafeInteger(sat) ? BigInt(sat) * 1000n : Number.NaN);

function judge(bid: Bid, question: RoutingQuestion): JudgedBid {
  const { bidder } = bid;
  const agent = question.agents.find(({ id }) => id === bidder);
  const priceMsat = parseMsat(bid.price) ?? 0n;
  const bondMsat = parseMsat(bid.bond) ?? 0n;
  const record = question.record?.(bidder) ?? noRecord;
  const fit = agent === undefined ? 0 : capabilityOf(agent.persona, question.task);
  const capability = Math.min(1, fit * successFactor(record));
  const out = (leftOut: LeftOut, why: string): JudgedBid => {
    return { bidder, priceMsat, bondMsat, capability, score: 0, leftOut, why };
  };
  if (agent === undefined) return out("unknown-bidder", "No agent of this house has this name.");
  if (priceMsat === 0n || bondMsat === 0n) {
    return out("bad-bid", "Price and bond must be whole millisatoshi above zero.");
  }
  const { budgetMsat } = question;
  if (budgetMsat !== undefined && priceMsat > budgetMsat) {
    return out("over-budget", `It asks ${priceMsat} msat; the budget is ${budgetMsat} msat.`);
  }
  const available = question.availableMsat(bidder);
  if (question.requireBalance && available < bondMsat) {
    return out("balance-too-low", `A bond of ${bondMsat} msat, but ${available} msat available.`);
  }
  return { bidder, priceMsat, bondMsat, capability, score: 0, leftOut: null, why: "" };
}

/** Higher score, then the lower price, then the name: the same bids give the same winner. */
function better(a: JudgedBid, b: JudgedBid): number {
  if ((a.leftOut === null) !== (b.leftOut === null)) return a.leftOut === null ? -1 : 1;
  if (a.score !== b.score) return b.score - a.score;
  if (a.priceMsat !== b.priceMsat) return a.priceMsat < b.priceMsat ? -1 : 1;
  return a.bidder < b.bidder ? -1 : 1;
}

/** Who gets a task: 0.6 capability + 0.4 bond, the bond measured against the largest that stands. */
export function recommendAgent(question: RoutingQuestion): Decision {
  const judged = question.bids.map((bid) => judge(bid, question));
  let largest = 1n;
  for (const { leftOut, bondMsat } of judged) {
    if (leftOut === null && bondMsat > largest) largest = bondMsat;
  }
  const scored = judged.map((bid) => {
    if (bid.leftOut !== null) return bid;
    const stake = Number((bid.bondMsat * 1_000_000n) / largest) / 1e6;
    return { ...bid, score: capabilityShare * bid.capability + (1 - capabilityShare) * stake };
  });
  const bids = scored.sort(better);
  const [best] = bids;
  return { winner: best !== undefined && best.leftOut === null ? best.bidder : null, bids };
}
