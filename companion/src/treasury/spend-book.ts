import type { Clock } from "@timmy/shared/ports/time";
import type { Books, Party } from "../ledger/port.ts";
import type { PaymentOrigin, Spend, SpendVerdict } from "../payments/port.ts";
import type { ElapsedTime } from "./elapsed-time.ts";
import { keptVerdicts } from "./limits.ts";

/** The gate's memory: what was let through and when, and every verdict. */
export interface SpendBook {
  /** "other": the reference stands for another spend, or for one that was undone. */
  known(spend: Spend): "new" | "same" | "other";
  /** Writes the spend down; one that is not counted fills no window. */
  count(spend: Spend, counted: boolean): void;
  undo(reference: string): void;
  /** What left after a moment of elapsed time, of one party or of all. */
  spentSince(fromElapsedMs: number, party?: Party): bigint;
  keepVerdict(spend: Spend, verdict: SpendVerdict): SpendVerdict;
}

export const originText = (origin: PaymentOrigin): string =>
  origin.from === "record" ? `record:${origin.record}` : `${origin.from}:${origin.who}`;

interface SpendRow {
  readonly amount_msat: bigint;
  readonly fee_cap_msat: bigint;
  readonly payee: string;
  readonly party: string;
  readonly origin: string;
  readonly undone: bigint;
}

const columns = (spend: Spend) =>
  [spend.reference, spend.party, spend.purpose, spend.payee, originText(spend.origin)] as const;
const sum = `SELECT COALESCE(SUM(amount_msat + fee_cap_msat), 0) AS sum FROM treasury_spends
  WHERE counted = 1 AND undone = 0 AND at_elapsed_ms > ?`;

export function createSpendBook(ports: {
  readonly books: Books;
  readonly clock: Clock;
  readonly elapsed: ElapsedTime;
}): SpendBook {
  const { books, clock, elapsed } = ports;
  const { sql } = books;
  return {
    known(spend) {
      const row = sql.get<SpendRow>(
        "SELECT * FROM treasury_spends WHERE reference = ?",
        spend.reference,
      );
      if (row === null) return "new";
      const same =
        row.amount_msat === spend.amountMsat &&
        row.fee_cap_msat === spend.maxFeeMsat &&
        row.payee === spend.payee &&
        row.party === spend.party &&
        row.origin === originText(spend.origin);
      return same && row.undone === 0n ? "same" : "other";
    },
    count(spend, counted) {
      sql.run(
        `INSERT INTO treasury_spends (reference, party, purpose, payee, origin, at_ms,
           at_elapsed_ms, amount_msat, fee_cap_msat, counted)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...columns(spend),
        BigInt(Math.floor(clock.wallMs())),
        BigInt(elapsed.keep()),
        spend.amountMsat,
        spend.maxFeeMsat,
        counted ? 1n : 0n,
      );
    },
    undo(reference) {
      books.write(() => {
        sql.run(
          "UPDATE treasury_spends SET undone = 1 WHERE reference = ? AND undone = 0",
          reference,
        );
      });
    },
    spentSince(fromElapsedMs, party) {
      const from = BigInt(Math.floor(fromElapsedMs));
      const row =
        party === undefined
          ? sql.get<{ sum: bigint }>(sum, from)
          : sql.get<{ sum: bigint }>(`${sum} AND party = ?`, from, party);
      return row?.sum ?? 0n;
    },
    keepVerdict(spend, verdict) {
      sql.run(
        `INSERT INTO treasury_verdicts (reference, party, purpose, payee, origin, at_ms,
           amount_msat, fee_cap_msat, code, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...columns(spend),
        BigInt(Math.floor(clock.wallMs())),
        String(spend.amountMsat),
        String(spend.maxFeeMsat),
        verdict.ok ? "ok" : verdict.code,
        verdict.ok ? "" : verdict.details,
      );
      sql.run(
        "DELETE FROM treasury_verdicts WHERE seq <= (SELECT MAX(seq) FROM treasury_verdicts) - ?",
        BigInt(keptVerdicts),
      );
      return verdict;
    },
  };
}
