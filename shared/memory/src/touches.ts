import { countMost, waitingTouches } from "./limits.ts";
import type { StoreContext } from "./store-context.ts";

/**
 * Episodes that were found since the last write. Raising a count is not worth a commit of its own, so
 * the counts wait for the next write or for the end; a crash loses only them.
 */
export interface Touches {
  touch(id: string): void;
  waiting(id: string): number;
  /** Writes what waits; the caller stands in a transaction. */
  flush(): void;
}

export function createTouches(context: StoreContext): Touches {
  const counts = new Map<string, number>();
  const raise = context.db.prepare(
    `UPDATE memories SET access_count = min(access_count + ?, ${countMost})
     WHERE id = ? AND kind = 'episode'`,
  );
  return {
    touch(id) {
      if (context.locked !== null) return;
      // At the limit new ones are not counted: a count is a hint, not a promise.
      if (counts.size < waitingTouches || counts.has(id)) counts.set(id, 1 + (counts.get(id) ?? 0));
    },
    waiting: (id) => counts.get(id) ?? 0,
    flush() {
      for (const [id, count] of counts) raise.run(count, id);
      counts.clear();
    },
  };
}
