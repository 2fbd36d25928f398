import type { Sql } from "../ledger/port.ts";

/** Where we were in the node's lists; written in the transaction of what was read up to there. */
export type MarkName =
  /** When the opening balances were posted, Unix milliseconds. */
  | "opened"
  /** The highest add index that a list has shown, with nothing left out below it. */
  | "invoices-listed"
  /** Where the stream of invoices stands. */
  | "invoices-added"
  | "invoices-settled"
  /** Unix nanoseconds of the newest forward that was posted. */
  | "forwards";

export function createMarks(sql: Sql) {
  const get = (name: MarkName): bigint => {
    const row = sql.get<{ value: string }>("SELECT value FROM money_marks WHERE name = ?", name);
    return row === null ? 0n : BigInt(row.value);
  };
  return {
    get,
    /** A mark never goes back. */
    raise(name: MarkName, value: bigint): void {
      if (value <= get(name)) return;
      sql.run(
        `INSERT INTO money_marks (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        ...[name, value.toString()],
      );
    },
  };
}
