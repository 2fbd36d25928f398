import type { Clock } from "@timmy/shared/ports/time";
import type { Books, Party } from "../ledger/port.ts";
import type { ElapsedTime } from "./elapsed-time.ts";
import type { KeyRing } from "./key-file.ts";
import { createSealing, type SealedRow } from "./sealed-row.ts";

/** An allowance that renews: what is not spent in a period is not carried over. */
export interface Budget {
  readonly limitMsat: bigint;
  readonly periodMs: number;
  /** Elapsed time at which the running period began. */
  readonly periodStartMs: number;
}
export interface BudgetStore {
  /** "broken" when the newest row was not written by us. */
  budget(party: Party): Budget | null | "broken";
  /** A limit of zero removes it. */
  setBudget(party: Party, limitMsat: bigint, periodMs: number, by: string): void;
}
interface Row extends SealedRow {
  readonly limit_msat: bigint;
  readonly period_ms: bigint;
  readonly from_elapsed_ms: bigint;
}

export function createBudgetStore(ports: {
  readonly books: Books;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly elapsed: ElapsedTime;
}): BudgetStore {
  const { books, elapsed } = ports;
  const { sql } = books;
  const sealing = createSealing(ports);
  const newest = (party: Party) =>
    sql.get<Row>(
      "SELECT * FROM treasury_budgets WHERE party = ? ORDER BY version DESC LIMIT 1",
      party,
    );
  const valuesOf = (party: Party, row: Omit<Row, keyof SealedRow>) =>
    [party, `${row.limit_msat}`, `${row.period_ms}`, `${row.from_elapsed_ms}`] as const;
  return {
    budget(party) {
      const row = newest(party);
      if (row === null) return null;
      if (!sealing.isOurs("budget", row, ...valuesOf(party, row))) return "broken";
      if (row.limit_msat === 0n) return null;
      const [periodMs, fromMs] = [Number(row.period_ms), Number(row.from_elapsed_ms)];
      const periods = Math.max(0, Math.floor((elapsed.nowMs() - fromMs) / periodMs));
      return { limitMsat: row.limit_msat, periodMs, periodStartMs: fromMs + periods * periodMs };
    },
    setBudget(party, limitMsat, periodMs, by) {
      books.write(() => {
        const head = sealing.next(newest(party), by);
        const from_elapsed_ms = BigInt(elapsed.keep());
        const row = { limit_msat: limitMsat, period_ms: BigInt(periodMs), from_elapsed_ms };
        sql.run(
          "INSERT INTO treasury_budgets VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          party,
          head.version,
          head.at_ms,
          by,
          row.limit_msat,
          row.period_ms,
          row.from_elapsed_ms,
          sealing.seal("budget", head, ...valuesOf(party, row)),
        );
      });
    },
  };
}
