import { TimmyError } from "@timmy/shared/errors";
import type { TreasuryView } from "@timmy/shared/money/views";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";
import { keptAlarms, repeatAlarmMs } from "./limits.ts";

/** What a person must see. The same alarm again is told once an hour. */
export interface AlarmBook {
  add(code: string, sentence: string): void;
  /** Something threw that nobody expected here. */
  fault(sentence: string, error: unknown): void;
  newest(): TreasuryView["alarms"];
}

export function createAlarmBook(ports: {
  readonly books: Books;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onChange: () => void;
}): AlarmBook {
  const { books, clock, logger, onChange } = ports;
  const { sql } = books;
  function isNews(code: string, sentence: string, nowMs: number): boolean {
    const last = sql.get<{ at_ms: bigint | null }>(
      "SELECT MAX(at_ms) AS at_ms FROM treasury_alarms WHERE code = ? AND sentence = ?",
      code,
      sentence,
    );
    return Math.abs(nowMs - Number(last?.at_ms ?? 0n)) >= repeatAlarmMs;
  }
  function keep(code: string, sentence: string, nowMs: number): void {
    sql.run("DELETE FROM treasury_alarms WHERE code = ? AND sentence = ?", code, sentence);
    sql.run(
      "INSERT INTO treasury_alarms (at_ms, code, sentence) VALUES (?, ?, ?)",
      BigInt(nowMs),
      code,
      sentence,
    );
    sql.run(
      "DELETE FROM treasury_alarms WHERE seq <= (SELECT MAX(seq) FROM treasury_alarms) - ?",
      BigInt(keptAlarms),
    );
  }
  function add(code: string, sentence: string): void {
    const nowMs = Math.floor(clock.wallMs());
    try {
      if (!isNews(code, sentence, nowMs)) return;
      logger.error("treasury alarm", { code, sentence });
      books.write(() => keep(code, sentence, nowMs));
    } catch (error) {
      // Books that cannot be written are an alarm themselves, and must not end the process.
      const why = error instanceof TimmyError ? error.code : "internal";
      logger.error("an alarm could not be kept", { code, sentence, why });
    }
    onChange();
  }
  return {
    add,
    fault(sentence, error) {
      const isOurs = error instanceof TimmyError;
      add(
        isOurs ? error.code : "internal",
        isOurs ? `${sentence} ${error.details}`.trim() : sentence,
      );
    },
    newest: () =>
      sql
        .all<{ at_ms: bigint; code: string; sentence: string }>(
          "SELECT * FROM treasury_alarms ORDER BY seq DESC LIMIT ?",
          BigInt(keptAlarms),
        )
        .map((row) => ({ at_ms: Number(row.at_ms), code: row.code, sentence: row.sentence })),
  };
}
