import type { Clock } from "@timmy/shared/ports/time";
import type { Books } from "../ledger/port.ts";

/**
 * Time that the treasury lived through: the process's monotonic time on top of what the books
 * remember. A jump of the wall clock, a restart and the time without power add nothing to it, so
 * none of them lets an hour or a day pass.
 */
export interface ElapsedTime {
  nowMs(): number;
  /** The same, and kept in the books; inside a transaction. */
  keep(): number;
}

export function createElapsedTime(books: Books, clock: Clock): ElapsedTime {
  const read = (): number =>
    Number(
      books.sql.get<{ elapsed_ms: bigint }>("SELECT elapsed_ms FROM treasury_time")?.elapsed_ms ??
        0n,
    );
  const startMs = clock.monotonicMs();
  const base = read();
  // Another process on the same books may be ahead; time is the furthest of both, not their sum.
  const nowMs = (): number =>
    Math.max(read(), base + Math.max(0, Math.floor(clock.monotonicMs() - startMs)));
  return {
    nowMs,
    keep() {
      const now = nowMs();
      books.sql.run(
        `INSERT INTO treasury_time (id, elapsed_ms) VALUES (1, ?)
         ON CONFLICT (id) DO UPDATE SET elapsed_ms = excluded.elapsed_ms`,
        BigInt(now),
      );
      return now;
    },
  };
}
