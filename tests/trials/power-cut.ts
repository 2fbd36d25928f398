import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@timmy/shared/ports/random";
import { type DiskEvent, readDiskLog, straceArgs } from "./disk-log.ts";
import { live } from "./ledger-child.ts";
import { createShadow, reopen } from "./ledger-shadow.ts";
import { createLossyDisk } from "./lossy-disk.ts";
import type { Trial, TrialOptions } from "./trial.ts";

/** Operations of one recorded run (a checkpoint comes about every sixty), and cuts of one. */
const opsOfRun = 150;
const cutsOfRun = 500;

interface Tally {
  cuts: number;
  cutsWithUnsyncedBytes: number;
  acknowledged: number;
  lost: number;
  booksThatDoNotAddUp: number;
  booksThatDoNotOpen: number;
}

/** Runs the workload under strace; answers all that it did to its files. */
async function record(
  folder: string,
  { seed, plant }: TrialOptions,
): Promise<readonly DiskEvent[]> {
  const books = join(folder, "run");
  const log = join(folder, "log");
  mkdirSync(books);
  await live({
    under: straceArgs(log),
    args: {
      books: join(books, "books.sqlite"),
      seed,
      to: opsOfRun,
      plant: plant ? "normal" : "",
    },
  });
  const events = await readDiskLog(log, books);
  rmSync(log);
  rmSync(books, { recursive: true });
  return events;
}

async function replay(
  folder: string,
  events: readonly DiskEvent[],
  { n, seed }: TrialOptions,
  tally: Tally,
): Promise<void> {
  const random = createRandom(seed).stream("cuts");
  const shadow = createShadow(seed);
  const disk = createLossyDisk();
  const moments = Array.from({ length: n }, () => Math.floor(random.uniform() * events.length));
  moments.sort((a, b) => a - b);
  let acked = 0;
  let done = 0;
  for (const [cut, moment] of moments.entries()) {
    for (; done < moment; done++) {
      const event = events[done];
      if (event === undefined) break;
      disk.apply(event);
      if (event.do === "say" && event.line.startsWith("ack ")) acked++;
    }
    const left = join(folder, "left");
    mkdirSync(left);
    if (disk.isDirty()) tally.cutsWithUnsyncedBytes++;
    disk.cut(left, random);
    tally.cuts++;
    tally.acknowledged += acked;
    try {
      const books = reopen(join(left, "books.sqlite"));
      const same = await shadow.agrees(books, acked);
      const faults = books.ledger.verify();
      books.close();
      if (faults.length > 0) tally.booksThatDoNotAddUp++;
      if (!same) tally.lost++;
      if (!same && tally.lost < 4)
        console.error(`seed ${seed}, cut ${cut}: not ${acked} operations`);
    } catch (error) {
      tally.booksThatDoNotOpen++;
      console.error(`seed ${seed}, cut ${cut} at ${moment}:`, error);
    }
    rmSync(left, { recursive: true });
  }
  shadow.close();
}

export const trial: Trial = {
  title: "Power cuts: what was not synced is lost in part, in sectors",
  defaultN: 1000,
  async run({ n, seed, plant, onDone }) {
    const tally: Tally = {
      cuts: 0,
      cutsWithUnsyncedBytes: 0,
      acknowledged: 0,
      lost: 0,
      booksThatDoNotAddUp: 0,
      booksThatDoNotOpen: 0,
    };
    const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "timmy-cut-"));
    for (let run = 0; run * cutsOfRun < n; run++) {
      onDone?.(run * cutsOfRun);
      const cuts = Math.min(cutsOfRun, n - run * cutsOfRun);
      const options = { n: cuts, seed: seed + run, plant };
      const events = await record(folder, options);
      await replay(folder, events, options, tally);
    }
    rmSync(folder, { recursive: true });
    const { lost, booksThatDoNotAddUp, booksThatDoNotOpen, acknowledged } = tally;
    const clean = lost + booksThatDoNotAddUp + booksThatDoNotOpen === 0;
    return {
      pass: clean && acknowledged > n && tally.cutsWithUnsyncedBytes > n / 2,
      figures: { ...tally },
    };
  },
};
