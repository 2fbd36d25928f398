import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBooks } from "@timmy/companion/ledger/books";
import { entryOf } from "@timmy/companion/ledger/books-fixture";
import type { Books } from "@timmy/companion/ledger/port";
import { ledgerTables } from "@timmy/companion/ledger/tables";
import { trialBalance } from "@timmy/companion/ledger/trial-balance";
import { createSystemTime } from "@timmy/shared/ports/time";
import type { BenchPart } from "./part.ts";
import { middle, timed } from "./samples.ts";

const few = 10;
const many = 100_000;
/** Milliseconds of a trial balance over all of them. */
const targetMs = 1000;
/** A balance among many may take this many times one among few: it is one row in both. */
const targetRatio = 2;
const reads = 2000;

function fill(books: Books, from: number, to: number): void {
  for (let k = from; k < to; ) {
    books.write(() => {
      for (const end = Math.min(to, k + 2000); k < end; k++) {
        const party = `party:agent:a${k % 20}`;
        const lines = [
          ["asset:ln-hot", 1000n],
          ["income:service:tea", -1000n],
          ["expense:distributed", 1000n],
          [party, -1000n],
        ] as const;
        books.ledger.post(entryOf(`sale-${k}`, lines, { service: "tea" }));
      }
    });
  }
}

const balanceMs = (books: Books): number =>
  middle(
    Array.from({ length: reads }, (_, k) =>
      timed(() => books.ledger.balance(`party:agent:a${k % few}`)),
    ),
  );

/** What grows with the books and what does not: a balance, the trial balance, the whole check. */
export const ledgerSize: BenchPart = async () => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-bench-"));
  const path = join(folder, "books.sqlite");
  const books = openBooks({ path, clock: createSystemTime().clock, migrations: ledgerTables });
  fill(books, 0, few);
  balanceMs(books);
  const fewUs = 1000 * balanceMs(books);
  fill(books, few, many);
  const manyUs = 1000 * balanceMs(books);
  const trialMs = middle([1, 2, 3, 4, 5].map(() => timed(() => trialBalance(books))));
  const ok = trialBalance(books).ok;
  const verifyMs = timed(() => books.ledger.verify());
  books.close();
  rmSync(folder, { recursive: true });
  const ratio = manyUs / fewUs;
  const figures = {
    ...{ journals: many, balanceAmongFewUs: fewUs, balanceAmongManyUs: manyUs, ratio },
    ...{ targetRatio, trialBalanceMs: trialMs, targetMs, verifyMs },
  };
  const sentence =
    `Ledger: over ${many} journals a balance takes ${manyUs.toFixed(1)} us ` +
    `(${fewUs.toFixed(1)} over ${few}), the trial balance ${Math.round(trialMs)} ms, ` +
    `the whole check ${Math.round(verifyMs)} ms`;
  const pass = ok && ratio <= targetRatio && trialMs <= targetMs;
  return { name: "ledger-size", figures, sentence, pass };
};
