import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBooks } from "@timmy/companion/ledger/books";
import { ledgerTables } from "@timmy/companion/ledger/tables";
import { live } from "./ledger-child.ts";
import { createShadow, reopen } from "./ledger-shadow.ts";
import { operate, workloadClock } from "./ledger-workload.ts";
import type { Trial } from "./trial.ts";

/** Operations that are in the books already, and those of one life: enough for the first 200 calls. */
const opsBefore = 10;
const opsOfLife = 20;
const calls = "pwrite64,fsync,fdatasync,ftruncate";
const codes: readonly string[] = ["disk-error", "disk-full", "bad-file"];

interface Tally {
  injected: number;
  callsThatWereReached: number;
  codedErrors: number;
  uncodedErrors: number;
  acknowledged: number;
  lostOrDoubled: number;
  booksThatDoNotAddUp: number;
}

/** The first call that fails is number `k`, and with `+` all after it: a disk that stays broken. */
const under = (path: string, error: string, k: number, after: "" | "+"): readonly string[] => [
  ...["strace", "-f", "-qq", "-o", "/dev/null", "-e", `trace=${calls}`, "-e", "signal=none"],
  ...["", "-wal", "-journal"].flatMap((end) => ["-P", path + end]),
  ...["-e", `inject=${calls}:error=${error}:when=${k}${after}`],
];

interface Way {
  readonly error: string;
  readonly k: number;
  readonly after: "" | "+";
  /** Operations that the books hold already; 0: there is no file yet. */
  readonly from: number;
}

async function prepare(path: string, seed: number, to: number): Promise<void> {
  const clock = workloadClock();
  const books = openBooks({ path, clock, migrations: ledgerTables, space: null });
  for (let k = 0; k < to; k++) await operate(books, clock, { seed, k });
  books.close();
}

async function fail(folder: string, way: Way, plant: boolean, tally: Tally): Promise<void> {
  const { error, k, after, from } = way;
  const seed = k;
  mkdirSync(folder);
  const path = join(folder, "books.sqlite");
  if (from > 0) await prepare(path, seed, from);
  const to = from + opsOfLife;
  const { acks, errors } = await live({
    under: under(path, error, k, after),
    args: { books: path, seed, from, to, plant: plant ? "deaf" : "" },
  });
  tally.injected++;
  tally.acknowledged += acks.length;
  if (errors.length > 0 || acks.length < opsOfLife) tally.callsThatWereReached++;
  for (const line of errors) {
    if (codes.includes(line.split(" ")[2] ?? "")) tally.codedErrors++;
    else {
      tally.uncodedErrors++;
      console.error(`${error} at ${k}${after}: ${line}`);
    }
  }
  const shadow = createShadow(seed);
  const books = reopen(path);
  const acked = (acks.at(-1) ?? from - 1) + 1;
  if (!(await shadow.agrees(books, acked))) {
    tally.lostOrDoubled++;
    console.error(`${error} at ${k}${after}: not the ${acked} operations that were acknowledged`);
  }
  if (books.ledger.verify().length > 0) tally.booksThatDoNotAddUp++;
  books.close();
  shadow.close();
  rmSync(folder, { recursive: true });
}

export const trial: Trial = {
  title: "EIO and ENOSPC at each of the first writes, syncs and resizes of the books",
  defaultN: 200,
  async run({ n, plant }) {
    const tally: Tally = {
      injected: 0,
      callsThatWereReached: 0,
      codedErrors: 0,
      uncodedErrors: 0,
      acknowledged: 0,
      lostOrDoubled: 0,
      booksThatDoNotAddUp: 0,
    };
    const folder = mkdtempSync(join(tmpdir(), "timmy-io-"));
    for (let k = 1; k <= n; k++) {
      // Once, as a bad sector does, and from then on, as a dead disk does.
      const after = k % 2 === 0 ? "+" : "";
      for (const error of ["EIO", "ENOSPC"]) {
        const way = { error, k, after, from: opsBefore } as const;
        await fail(join(folder, `${k}-${error}`), way, plant, tally);
      }
      // A new file too: what fails then is its making.
      const error = k % 3 === 0 ? "ENOSPC" : "EIO";
      const way = { error, k, after, from: 0 } as const;
      if (k % 4 < 2) await fail(join(folder, `${k}-new`), way, plant, tally);
    }
    rmSync(folder, { recursive: true });
    const { uncodedErrors, lostOrDoubled, booksThatDoNotAddUp, codedErrors } = tally;
    const clean = uncodedErrors + lostOrDoubled + booksThatDoNotAddUp === 0;
    return { pass: clean && codedErrors > n / 2, figures: { ...tally } };
  },
};
