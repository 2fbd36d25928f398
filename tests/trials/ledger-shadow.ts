import { openBooks } from "@timmy/companion/ledger/books";
import type { Books } from "@timmy/companion/ledger/port";
import { ledgerTables } from "@timmy/companion/ledger/tables";
import { digestOf, operate, workloadClock } from "./ledger-workload.ts";

/** Opens what a dead process left. */
export const reopen = (path: string): Books =>
  openBooks({ path, clock: workloadClock(), migrations: ledgerTables, space: null });

/** The same operations in memory: what a file must say after each of them. */
export function createShadow(seed: number) {
  const clock = workloadClock();
  const books = openBooks({ path: ":memory:", clock, migrations: ledgerTables });
  const digests = [digestOf(books)];
  async function digestAfter(k: number): Promise<string> {
    for (let done = digests.length - 1; done < k; done++) {
      await operate(books, clock, { seed, k: done });
      digests.push(digestOf(books));
    }
    return digests[k] ?? "";
  }
  return {
    /** Whether books hold what was acknowledged, and at most the one operation that was under way. */
    async agrees(found: Books, acked: number): Promise<boolean> {
      const digest = digestOf(found);
      return digest === (await digestAfter(acked)) || digest === (await digestAfter(acked + 1));
    },
    close: () => books.close(),
  };
}
export type Shadow = ReturnType<typeof createShadow>;
