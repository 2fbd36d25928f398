import type { Logger } from "@timmy/shared/ports/logger";
import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import { keptAlarms } from "./limits.ts";
import type { MoneyAlarm } from "./port.ts";

export interface Alarms {
  /** Inside a transaction. The same code and reference again is no new alarm. */
  raise(alarm: Omit<MoneyAlarm, "atMs">): void;
  newest(limit: number): readonly MoneyAlarm[];
}

/** Alarms stand in the books, so that a restart does not silence them. */
export function createAlarms(ports: {
  readonly books: Books;
  readonly clock: Clock;
  readonly logger: Logger;
}): Alarms {
  const { sql } = ports.books;
  return {
    raise({ code, sentence, reference }) {
      const { changes } = sql.run(
        `INSERT INTO money_alarms (at_ms, code, reference, sentence) VALUES (?, ?, ?, ?)
         ON CONFLICT (code, reference) DO NOTHING`,
        ...[Math.round(ports.clock.wallMs()), code, reference, sentence],
      );
      if (changes === 0) return;
      ports.logger.error("money needs a person", { code, reference, sentence });
      sql.run(
        "DELETE FROM money_alarms WHERE seq <= (SELECT max(seq) FROM money_alarms) - ?",
        keptAlarms,
      );
    },
    newest: (limit) =>
      sql
        .all<{ at_ms: bigint; code: string; sentence: string; reference: string }>(
          "SELECT at_ms, code, sentence, reference FROM money_alarms ORDER BY seq DESC LIMIT ?",
          limit,
        )
        .map((row) => ({ ...row, atMs: Number(row.at_ms) }))
        .map(({ atMs, code, sentence, reference }) => ({ atMs, code, sentence, reference })),
  };
}
