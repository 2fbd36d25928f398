import type { ErrorCode } from "@timmy/shared/errors";

/**
 * Whose money it is: the owner's, or that of one agent. A party's account is what the house owes it
 * (a liability), read here in its natural sign: above zero is good, and it never falls below zero.
 */
export type Party = "owner" | `agent:${string}`;

/**
 * Accounts by name. Postings are debit above zero, credit below.
 *
 * asset:ln-hot, asset:ln-inflight, asset:ln-reserved (commitment fees and anchors), asset:ln-pending
 * (channels that open), asset:onchain-warm, asset:onchain-pending, asset:cold; party:owner (the owner's
 * equity), party:agent:ID (a liability each); income:service:NAME, income:routing, income:forfeit,
 * income:recharged; expense:payment-fee, expense:chain-fee, expense:rebalance, expense:distributed;
 * internode:PEER; suspense.
 *
 * Income is passed on and costs are charged in the journal in which they arise, so that the parties'
 * accounts are always up to date: a sale of X by agent A is
 *   asset:ln-hot +X, income:service:S -X, expense:distributed +X, party:agent:A -X
 * and a fee F of a payment by A, beside the amount, is
 *   expense:payment-fee +F, asset:ln-inflight -F, party:agent:A +F, income:recharged -F.
 */
export type Account = string;

export const partyAccount = (party: Party): Account => `party:${party}`;

export interface Posting {
  readonly account: Account;
  /** Debit above zero, credit below, never zero. */
  readonly amountMsat: bigint;
}

/** One entry of the journal: written once, never changed. Its postings sum to zero. */
export interface JournalEntry {
  /** Idempotency: the same key again changes nothing and answers the first entry. */
  readonly key: string;
  /** Lower-case words: sale, payment-sent, payment-settled, payment-failed, sweep, ... */
  readonly kind: string;
  /** Who caused it: a party, "person:NAME", or "timmy". */
  readonly actor: string;
  readonly note: string;
  /** What it belongs to: an order, a payment, a withdrawal. */
  readonly reference: string;
  /** The party and service that reports group by; empty where none. */
  readonly party: Party | "";
  readonly service: string;
  readonly postings: readonly Posting[];
}
export interface Journal extends JournalEntry {
  readonly seq: number;
  readonly atMs: number;
  /** SHA-256 over the entry and the hash before it, hex. */
  readonly hash: string;
}

export interface Balance {
  readonly account: Account;
  /** In the natural sign: assets and expenses debit, parties and income credit. */
  readonly postedMsat: bigint;
  readonly heldMsat: bigint;
  /** posted - held. */
  readonly availableMsat: bigint;
}

export interface HoldRequest {
  readonly id: string;
  readonly party: Party;
  readonly amountMsat: bigint;
  /** payment, withdrawal, bond, rebalance. */
  readonly purpose: string;
  readonly reference: string;
}
export interface Hold extends HoldRequest {
  readonly createdMs: number;
  readonly state: "open" | "released";
}

export type PostResult =
  | { readonly ok: true; readonly journal: Journal; readonly fresh: boolean }
  | { readonly ok: false; readonly reason: LedgerRefusal; readonly details: string };
export type LedgerRefusal = Extract<ErrorCode, "balance-too-low" | "duplicate-key" | "bad-amount">;
export type HoldResult =
  | { readonly ok: true; readonly hold: Hold; readonly fresh: boolean }
  | {
      readonly ok: false;
      readonly reason: LedgerRefusal;
      readonly availableMsat: bigint;
      readonly details: string;
    };

export interface LedgerFault {
  /** A word for machines: unbalanced, chain, posted, held, below-floor, sqlite, ... */
  readonly kind: string;
  readonly sentence: string;
}

/**
 * The ledger inside one open `Books` file. `post`, `hold` and `release` may only be called inside
 * `books.write` or `books.commit`, and are undone with it.
 */
export interface Ledger {
  post(entry: JournalEntry): PostResult;
  hold(request: HoldRequest): HoldResult;
  /** Gives back what was held; false when it was released before. Throws on an unknown id. */
  release(holdId: string): boolean;
  getHold(holdId: string): Hold | null;
  openHolds(): readonly Hold[];
  balance(account: Account): Balance;
  balances(): readonly Balance[];
  journal(key: string): Journal | null;
  /** Newest first, below `beforeSeq` (0: from the newest), at most `limit`. */
  journals(page: {
    readonly beforeSeq: number;
    readonly limit: number;
    readonly account?: Account;
    readonly reference?: string;
  }): readonly Journal[];
  /** Everything, oldest first, for reports and exports. */
  eachJournal(): IterableIterator<Journal>;
  /** Hash and number of the newest journal. */
  head(): { readonly seq: number; readonly hash: string };
  /** Every rule of the books, checked over all rows; nothing found is an empty list. */
  verify(): readonly LedgerFault[];
}

/** One SQLite file: ledger, payments, sales, withdrawals, auctions, in one so that they agree. */
export interface Books {
  readonly file: string;
  readonly ledger: Ledger;
  /** For the tables of a room's own module; money moves through `ledger` only. */
  readonly sql: Sql;
  /** One transaction, on disk when it returns (synchronous FULL). Throws undo it. */
  write<T>(work: () => T): T;
  /**
   * The same for many callers at once: what waits is written in one transaction, each inside a
   * savepoint of its own, and every promise settles after the commit.
   */
  commit<T>(work: () => T): Promise<T>;
  /**
   * Whether new business may begin. Sales and new sends ask first; what settles, fails or is given
   * back goes on as long as it can be written.
   */
  health(): BooksHealth;
  close(): void;
}
export type BooksHealth =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: "disk-full" | "disk-error"; readonly details: string };

/** The little of better-sqlite3 that modules use; integers come as bigint. */
export interface Sql {
  all<Row>(text: string, ...values: readonly SqlValue[]): readonly Row[];
  get<Row>(text: string, ...values: readonly SqlValue[]): Row | null;
  run(text: string, ...values: readonly SqlValue[]): { readonly changes: number };
}
export type SqlValue = string | number | bigint | Uint8Array | null;

/** A module's tables: versions in order, each applied once, never changed after a release. */
export interface Migration {
  readonly name: string;
  readonly text: string;
}
