import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBooks } from "@timmy/companion/ledger/books";
import { ledgerTables } from "@timmy/companion/ledger/tables";
import { TimmyError } from "@timmy/shared/errors";
import { createShadow, type Shadow } from "./ledger-shadow.ts";
import { operate, type WorkloadClock, workloadClock } from "./ledger-workload.ts";
import type { Trial, TrialOptions } from "./trial.ts";

/** Megabytes of the disk: the limits of the books fit in it, and little more. */
const diskMegabytes = 40;
/** Steps of a round: the books must come to their end too. */
const maxSteps = 20_000;
const chunk = Buffer.alloc(1 << 18, 1);

/** A small disk of its own; only root may mount one. */
function mountDisk(folder: string): void {
  const options = `size=${diskMegabytes}m`;
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
}

/** What is missing on this machine, for a test that must say why it did not run. */
export function diskFullLacks(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "timmy-mount-"));
  try {
    mountDisk(folder);
    execFileSync("umount", [folder]);
    return [];
  } catch {
    return ["the right to mount a disk"];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Somebody else's file that grows until nothing is left. */
function createFiller(path: string) {
  return {
    /** False when the disk took no more. */
    grow(): boolean {
      const file = openSync(path, "a");
      try {
        return writeSync(file, chunk) === chunk.length;
      } catch {
        return false;
      } finally {
        closeSync(file);
      }
    },
    remove: () => rmSync(path, { force: true }),
  };
}

interface Tally {
  rounds: number;
  acknowledged: number;
  writtenAfterSalesStopped: number;
  writtenAfterTheBallastWent: number;
  salesThatDidNotStopFirst: number;
  refusedAsDiskFull: number;
  otherErrors: number;
  notBackAfterSpace: number;
  lostOrDoubled: number;
  booksThatDoNotAddUp: number;
}

interface Stage {
  readonly path: string;
  readonly clock: WorkloadClock;
  readonly seed: number;
  readonly shadow: Shadow;
  /** The next operation. */
  k: number;
}

/** Whether the next operation was written; anything but a full disk is counted as a fault. */
async function step(books: ReturnType<typeof openBooks>, stage: Stage, tally: Tally) {
  try {
    await operate(books, stage.clock, { seed: stage.seed, k: stage.k });
    stage.k++;
    tally.acknowledged++;
    return true;
  } catch (error) {
    if (error instanceof TimmyError && error.code === "disk-full") tally.refusedAsDiskFull++;
    else tally.otherErrors++;
    return false;
  }
}

async function fillUp(
  books: ReturnType<typeof openBooks>,
  stage: Stage,
  folder: string,
  tally: Tally,
): Promise<void> {
  const filler = createFiller(join(folder, "filler"));
  const hasBallast = () =>
    statSync(`${stage.path}.ballast`, { throwIfNoEntry: false }) !== undefined;
  let refused = 0;
  for (let steps = 0; refused < 5 && steps < maxSteps; steps++) {
    const sells = books.health().ok;
    const ballast = hasBallast();
    filler.grow();
    const written = await step(books, stage, tally);
    if (!written && sells) tally.salesThatDidNotStopFirst++;
    if (written && !sells) tally.writtenAfterSalesStopped++;
    if (written && !ballast) tally.writtenAfterTheBallastWent++;
    if (!written) refused++;
  }
  if (!(await stage.shadow.agrees(books, stage.k))) tally.lostOrDoubled++;
  if (books.ledger.verify().length > 0) tally.booksThatDoNotAddUp++;
  filler.remove();
  // The first write finds the space again, and takes the ballast back.
  if (!(await step(books, stage, tally)) || !books.health().ok || !hasBallast()) {
    tally.notBackAfterSpace++;
  }
}

async function play(folder: string, { n, seed, plant }: TrialOptions, tally: Tally) {
  const path = join(folder, "books.sqlite");
  const clock = workloadClock();
  const shadow = createShadow(seed);
  const stage: Stage = { path, clock, seed, shadow, k: 0 };
  for (let round = 0; round < n; round++) {
    const space = plant ? { space: null } : {};
    const books = openBooks({ path, clock, migrations: ledgerTables, ...space });
    await fillUp(books, stage, folder, tally);
    books.close();
    tally.rounds++;
  }
  shadow.close();
}

export const trial: Trial = {
  title: "A disk that fills up: sales stop first, the books go on, and both come back",
  defaultN: 5,
  async run(options) {
    const tally: Tally = {
      rounds: 0,
      acknowledged: 0,
      writtenAfterSalesStopped: 0,
      writtenAfterTheBallastWent: 0,
      salesThatDidNotStopFirst: 0,
      refusedAsDiskFull: 0,
      otherErrors: 0,
      notBackAfterSpace: 0,
      lostOrDoubled: 0,
      booksThatDoNotAddUp: 0,
    };
    const folder = mkdtempSync(join(tmpdir(), "timmy-full-"));
    mountDisk(folder);
    try {
      await play(folder, options, tally);
    } finally {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    }
    const faults =
      tally.salesThatDidNotStopFirst +
      tally.otherErrors +
      tally.notBackAfterSpace +
      tally.lostOrDoubled +
      tally.booksThatDoNotAddUp;
    const wentOn = tally.writtenAfterSalesStopped > 20 && tally.writtenAfterTheBallastWent > 10;
    return { pass: faults === 0 && wentOn && tally.refusedAsDiskFull > 0, figures: { ...tally } };
  },
};
