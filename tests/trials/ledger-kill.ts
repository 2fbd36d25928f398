import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import { live } from "./ledger-child.ts";
import { createShadow, reopen } from "./ledger-shadow.ts";
import { killSenders } from "./send-kill.ts";
import type { Trial, TrialOptions } from "./trial.ts";

/** Operations of one life at most, lives of one file, and points that one life can pass. */
const opsOfLife = 40;
const livesOfFile = 50;
const points = 60;

interface Tally {
  kills: number;
  killsAtAPoint: number;
  acknowledged: number;
  lostOrDoubled: number;
  booksThatDoNotAddUp: number;
  errors: number;
}

async function liveOnOneFile(
  path: string,
  { n: lives, seed, plant }: TrialOptions,
  random: Random,
  tally: Tally,
): Promise<void> {
  const shadow = createShadow(seed);
  let from = 0;
  for (let life = 0; life < lives; life++) {
    const atPoint = random.uniform() < 0.6;
    const dieAt = atPoint ? 1 + Math.floor(random.uniform() * points) : 0;
    const lines = atPoint ? Infinity : 1 + Math.floor(random.uniform() * opsOfLife);
    const to = from + opsOfLife;
    const planted = plant ? (life % 2 === 0 ? "no-transaction" : "early-ack") : "";
    const { acks, errors, killed } = await live({
      args: { books: path, seed, from, to, "die-at": dieAt, plant: planted },
      killAfter: { lines, delayMs: random.uniform() * 4 },
    });
    if (killed) tally.kills++;
    if (killed && atPoint) tally.killsAtAPoint++;
    tally.acknowledged += acks.length;
    tally.errors += errors.length;
    // What was under way is done again by the next life: the same keys, and nothing twice.
    from = (acks.at(-1) ?? from - 1) + 1;
    const books = reopen(path);
    const same = await shadow.agrees(books, from);
    if (books.ledger.verify().length > 0) tally.booksThatDoNotAddUp++;
    books.close();
    if (same) continue;
    tally.lostOrDoubled++;
    console.error(`${path}, seed ${seed}, life ${life}: not the ${from} operations that it did`);
    break;
  }
  shadow.close();
}

const named = (who: string, tally: object): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(tally).map(([name, value]) => [
      `${who}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value as number | string,
    ]),
  );

/** Half of the lives do operations of the ledger alone. */
async function killWriters(
  folder: string,
  { n, seed, plant, onDone }: TrialOptions,
): Promise<Tally> {
  const random = createRandom(seed);
  const tally: Tally = {
    kills: 0,
    killsAtAPoint: 0,
    acknowledged: 0,
    lostOrDoubled: 0,
    booksThatDoNotAddUp: 0,
    errors: 0,
  };
  for (let file = 0; file * livesOfFile < n; file++) {
    // The senders are as many, and as far.
    onDone?.(2 * file * livesOfFile);
    const lives = Math.min(livesOfFile, n - file * livesOfFile);
    const path = join(folder, `books-${file}.sqlite`);
    await liveOnOneFile(path, { n: lives, seed: seed + file, plant }, random, tally);
  }
  return tally;
}

export const trial: Trial = {
  title: "kill -9 of a process that writes the books, at every step and at any moment",
  defaultN: 500,
  async run({ n, seed, plant, onDone }) {
    const folder = mkdtempSync(join(tmpdir(), "timmy-kill-"));
    const half = { n: Math.ceil(n / 2), seed, plant };
    const [writers, senders] = await Promise.all([
      killWriters(folder, { ...half, ...(onDone === undefined ? {} : { onDone }) }),
      killSenders(join(folder, "senders.sqlite"), half),
    ]);
    rmSync(folder, { recursive: true });
    const clean =
      writers.lostOrDoubled + writers.booksThatDoNotAddUp + writers.errors === 0 &&
      senders.acknowledgedThenLost + senders.booksThatDoNotAddUp + senders.leftOver === 0 &&
      senders.unexplained === 0 &&
      senders.sentDifferenceMsat === "0" &&
      senders.soldDifferenceMsat === "0";
    const enough =
      writers.kills > n / 4 &&
      writers.acknowledged > n / 2 &&
      senders.killsAtAPoint > n / 10 &&
      senders.succeeded > n / 4 &&
      senders.sold > n / 4;
    const figures = { ...named("writers", writers), ...named("senders", senders) };
    return { pass: clean && enough, figures };
  },
};
