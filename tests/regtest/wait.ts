import { setInterval } from "node:timers/promises";
import { limits } from "./limits.ts";

/**
 * Looks until the answer is neither null nor false, and gives it. What the last look threw stands
 * in the error when the time is over.
 */
export async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | null | false> | T | null | false,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: unknown = null;
  for await (const _ of setInterval(limits.lookEveryMs)) {
    try {
      const seen = await look();
      if (seen !== null && seen !== false) return seen;
      last = null;
    } catch (error) {
      if (error instanceof Ended) throw error;
      last = error;
    }
    if (performance.now() > end) break;
  }
  const why = last instanceof Error ? `; last: ${last.message}` : "";
  throw new Error(`regtest: waited ${timeoutMs} ms in vain: ${what}${why}`);
}

/** What was waited for can never come: its program is gone. */
export class Ended extends Error {}
