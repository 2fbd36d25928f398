import type { Books, Party } from "../ledger/port.ts";
import type { TrackRecord } from "./learner.ts";
import type { Bid, JudgedBid } from "./routing.ts";

export type AuctionState =
  | "bidding"
  | "awarded"
  | "executing"
  | "completed"
  | "failed"
  | "cancelled"
  | "no-bidder";

export interface Auction {
  readonly id: string;
  readonly key: string;
  readonly task: string;
  readonly poster: Party;
  readonly budgetMsat: bigint;
  readonly state: AuctionState;
  readonly postedMs: number;
  readonly closesMs: number;
  /** An agent's id, or empty. */
  readonly winner: string;
  readonly priceMsat: bigint;
  readonly bondMsat: bigint;
  /** What was delivered, or why it ended otherwise. */
  readonly outcome: string;
  readonly decision: readonly JudgedBid[];
}

interface Row {
  readonly id: string;
  readonly key: string;
  readonly task: string;
  readonly poster: Party;
  readonly budget_msat: bigint;
  readonly state: AuctionState;
  readonly posted_ms: bigint;
  readonly closes_ms: bigint;
  readonly winner: string;
  readonly price_msat: bigint;
  readonly bond_msat: bigint;
  readonly outcome: string;
  readonly decision: string;
}

type StoredBid = Omit<JudgedBid, "priceMsat" | "bondMsat"> & {
  readonly priceMsat: string;
  readonly bondMsat: string;
};
const decisionText = (bids: readonly JudgedBid[]) =>
  JSON.stringify(bids, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
const readDecision = (text: string): readonly JudgedBid[] =>
  (JSON.parse(text) as readonly StoredBid[]).map((bid) => ({
    ...bid,
    priceMsat: BigInt(bid.priceMsat),
    bondMsat: BigInt(bid.bondMsat),
  }));

function toAuction(row: Row): Auction {
  return {
    id: row.id,
    key: row.key,
    task: row.task,
    poster: row.poster,
    budgetMsat: row.budget_msat,
    state: row.state,
    postedMs: Number(row.posted_ms),
    closesMs: Number(row.closes_ms),
    winner: row.winner,
    priceMsat: row.price_msat,
    bondMsat: row.bond_msat,
    outcome: row.outcome,
    decision: readDecision(row.decision),
  };
}

/** The market's tables; what writes is called inside a transaction of the books. */
export function createAuctionRows({ sql }: Pick<Books, "sql">) {
  const one = (row: Row | null) => (row === null ? null : toAuction(row));
  return {
    get: (id: string) => one(sql.get<Row>("SELECT * FROM auctions WHERE id = ?", id)),
    byKey: (key: string) => one(sql.get<Row>("SELECT * FROM auctions WHERE key = ?", key)),
    newest: (limit: number) =>
      sql
        .all<Row>("SELECT * FROM auctions ORDER BY posted_ms DESC, id DESC LIMIT ?", limit)
        .map(toAuction),
    open: () =>
      sql
        .all<Row>(
          `SELECT * FROM auctions WHERE state IN ('bidding', 'awarded', 'executing')
           ORDER BY posted_ms, id`,
        )
        .map(toAuction),
    insert(
      auction: Omit<Auction, "decision" | "winner" | "priceMsat" | "bondMsat" | "outcome">,
    ): void {
      const { id, key, task, poster, budgetMsat, state, postedMs, closesMs } = auction;
      sql.run(
        `INSERT INTO auctions (id, key, task, poster, budget_msat, state, posted_ms, closes_ms, changed_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        key,
        task,
        poster,
        budgetMsat,
        state,
        postedMs,
        closesMs,
        postedMs,
      );
    },
    award(id: string, winner: JudgedBid, decision: readonly JudgedBid[], nowMs: number): void {
      sql.run(
        `UPDATE auctions SET state = 'awarded', winner = ?, price_msat = ?, bond_msat = ?, decision = ?,
         changed_ms = ? WHERE id = ?`,
        winner.bidder,
        winner.priceMsat,
        winner.bondMsat,
        decisionText(decision),
        nowMs,
        id,
      );
    },
    end(id: string, state: AuctionState, outcome: string, nowMs: number): void {
      sql.run(
        "UPDATE auctions SET state = ?, outcome = ?, changed_ms = ? WHERE id = ?",
        state,
        outcome,
        nowMs,
        id,
      );
    },
    endUndecided(id: string, decision: readonly JudgedBid[], nowMs: number): void {
      sql.run(
        `UPDATE auctions SET state = 'no-bidder', outcome = 'no bid stood', decision = ?, changed_ms = ?
         WHERE id = ?`,
        decisionText(decision),
        nowMs,
        id,
      );
    },
    bids: (auction: string): readonly Bid[] =>
      sql.all<{ bidder: string; price: string; bond: string }>(
        "SELECT bidder, price, bond FROM auction_bids WHERE auction = ? ORDER BY at_ms, bidder",
        auction,
      ),
    putBid(auction: string, bidder: string, price: bigint, bond: bigint, nowMs: number): void {
      sql.run(
        `INSERT INTO auction_bids VALUES (?, ?, ?, ?, ?) ON CONFLICT (auction, bidder)
         DO UPDATE SET price = excluded.price, bond = excluded.bond, at_ms = excluded.at_ms`,
        auction,
        bidder,
        String(price),
        String(bond),
        nowMs,
      );
    },
    record(agent: string, service: string): TrackRecord {
      const row = sql.get<{ succeeded: bigint; failed: bigint }>(
        "SELECT succeeded, failed FROM track_records WHERE agent = ? AND service = ?",
        agent,
        service,
      );
      return { succeeded: Number(row?.succeeded ?? 0), failed: Number(row?.failed ?? 0) };
    },
    learn(agent: string, service: string, succeeded: boolean): void {
      sql.run(
        `INSERT INTO track_records VALUES (?, ?, ?, ?) ON CONFLICT (agent, service) DO UPDATE SET
         succeeded = succeeded + excluded.succeeded, failed = failed + excluded.failed`,
        agent,
        service,
        succeeded ? 1 : 0,
        succeeded ? 0 : 1,
      );
    },
  };
}
export type AuctionRows = ReturnType<typeof createAuctionRows>;
