import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBooks } from "@timmy/companion/ledger/books";
import { deposit, entryOf } from "@timmy/companion/ledger/books-fixture";
import { ledgerTables } from "@timmy/companion/ledger/tables";
import { createSystemTime } from "@timmy/shared/ports/time";
import { createBareCommit } from "./bare-commit.ts";
import type { BenchPart } from "./part.ts";
import { middle, timed } from "./samples.ts";

/** Milliseconds of one transfer on disk, at the median; and what it may cost beside a bare commit. */
const targetMs = 1;
const targetRatio = 2;
const together = 100;

function createTransfers(path: string) {
  const books = openBooks({ path, clock: createSystemTime().clock, migrations: ledgerTables });
  deposit(books, "agent:a", 1_000_000_000n);
  let k = 0;
  const transfer = () =>
    books.ledger.post(
      entryOf(`transfer-${k++}`, [
        ["party:agent:a", 1n],
        ["party:owner", -1n],
      ]),
    );
  return { books, transfer };
}

/** A transfer on disk beside a bare commit, in turn; and a hundred at once. */
export const ledgerCommits: BenchPart = async ({ seconds }) => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-bench-"));
  const bare = createBareCommit(join(folder, "bare.sqlite"));
  const { books, transfer } = createTransfers(join(folder, "books.sqlite"));
  const transfers: number[] = [];
  const commits: number[] = [];
  const endMs = performance.now() + seconds * 500;
  while (performance.now() < endMs) {
    commits.push(timed(bare.commit));
    transfers.push(timed(() => books.write(transfer)));
  }
  const groups: number[] = [];
  const groupsEndMs = performance.now() + seconds * 500;
  while (performance.now() < groupsEndMs) {
    const startMs = performance.now();
    await Promise.all(Array.from({ length: together }, () => books.commit(transfer)));
    groups.push((performance.now() - startMs) / together);
  }
  books.close();
  bare.close();
  rmSync(folder, { recursive: true });
  const transferMs = middle(transfers);
  const bareMs = middle(commits);
  const groupedMs = middle(groups);
  const ratio = transferMs / bareMs;
  const figures = {
    ...{ transfers: transfers.length, transferMedianMs: transferMs, bareCommitMedianMs: bareMs },
    ...{ ratio, targetMs, targetRatio, groupOf: together, groupedMedianMs: groupedMs },
    groupedPerSecond: 1000 / groupedMs,
  };
  const sentence =
    `Ledger: a transfer is on disk in ${transferMs.toFixed(2)} ms at the median, ` +
    `${ratio.toFixed(2)} x a bare commit (${bareMs.toFixed(2)} ms); ` +
    `${together} at once: ${groupedMs.toFixed(3)} ms each, ${Math.round(1000 / groupedMs)} a second`;
  // Where the disk itself takes longer, the ledger may cost no more than the bare commit again.
  const pass = (transferMs <= targetMs || ratio <= targetRatio) && groupedMs < transferMs;
  return { name: "ledger-commits", figures, sentence, pass };
};
