import type { ErrorCode } from "@timmy/shared/errors";
import { type Ledger, partyAccount } from "../ledger/port.ts";
import type { Auction, AuctionRows } from "./auction-rows.ts";
import { maxTaskChars } from "./limits.ts";
import type { MarketAgent } from "./personas.ts";
import { type JudgedBid, recommendAgent } from "./routing.ts";

/** What came of the work. */
export interface WorkOutcome {
  readonly ok: boolean;
  /** What was delivered, or why not. */
  readonly result: string;
}

export interface StepPorts {
  readonly ledger: Ledger;
  readonly rows: AuctionRows;
  readonly agents: readonly MarketAgent[];
  readonly nowMs: () => number;
}

export const budgetHold = (id: string): string => `auction:${id}:budget`;
const bondHold = (id: string): string => `auction:${id}:bond`;

/** Decides, holds the winner's bond and writes both in one transaction. */
export function awardAuction(ports: StepPorts, auction: Auction): ErrorCode | null {
  const { ledger, rows, agents, nowMs } = ports;
  if (auction.state !== "bidding") return "auction-closed";
  const gone: JudgedBid[] = [];
  let bids = rows.bids(auction.id);
  for (;;) {
    const decision = recommendAgent({
      task: auction.task,
      bids: bids.map(({ bidder, price, bond }) => ({ bidder, price, bond })),
      requireBalance: true,
      agents,
      availableMsat: (id) => ledger.balance(partyAccount(`agent:${id}`)).availableMsat,
      record: (id) =>
        rows.record(id, agents.find((agent) => agent.id === id)?.persona.service ?? ""),
      budgetMsat: auction.budgetMsat,
    });
    const best = decision.bids[0];
    if (decision.winner === null || best === undefined) {
      rows.endUndecided(auction.id, [...decision.bids, ...gone], nowMs());
      ledger.release(budgetHold(auction.id));
      return null;
    }
    const held = ledger.hold({
      id: bondHold(auction.id),
      party: `agent:${best.bidder}`,
      amountMsat: best.bondMsat,
      purpose: "bond",
      reference: auction.id,
    });
    if (held.ok) {
      rows.award(auction.id, best, [...decision.bids, ...gone], nowMs());
      return null;
    }
    gone.push({ ...best, score: 0, leftOut: "bond-gone", why: held.details });
    bids = bids.filter(({ bidder }) => bidder !== best.bidder);
  }
}

/** Releases both holds and moves the price, or the bond. */
export function settleAuction(
  ports: StepPorts,
  auction: Auction,
  { ok, result }: WorkOutcome,
): ErrorCode | null {
  const { ledger, rows, agents, nowMs } = ports;
  if (auction.state !== "awarded" && auction.state !== "executing") return "auction-closed";
  const agent = partyAccount(`agent:${auction.winner}`);
  const poster = partyAccount(auction.poster);
  const service = agents.find(({ id }) => id === auction.winner)?.persona.service ?? "";
  ledger.release(bondHold(auction.id));
  ledger.release(budgetHold(auction.id));
  const { priceMsat, bondMsat } = auction;
  const postings = ok
    ? [
        { account: poster, amountMsat: priceMsat },
        { account: agent, amountMsat: -priceMsat },
      ]
    : [
        { account: agent, amountMsat: bondMsat },
        { account: "income:forfeit", amountMsat: -bondMsat },
        { account: "expense:distributed", amountMsat: bondMsat },
        { account: poster, amountMsat: -bondMsat },
      ];
  // A poster that works for itself pays nobody.
  if (agent !== poster) {
    const posted = ledger.post({
      key: `auction:${auction.id}:settled`,
      kind: ok ? "work" : "forfeit",
      actor: "timmy",
      note: ok ? "work paid" : "bond forfeited",
      reference: auction.id,
      party: `agent:${auction.winner}`,
      service,
      postings,
    });
    if (!posted.ok) throw new Error(`a settled auction cannot be posted: ${posted.reason}`);
  }
  rows.learn(auction.winner, service, ok);
  rows.end(auction.id, ok ? "completed" : "failed", result.slice(0, maxTaskChars), nowMs());
  return null;
}
