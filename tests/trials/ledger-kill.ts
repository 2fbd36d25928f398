import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBooks } from "@timmy/companion/ledger/books";
import type { Books } from "@timmy/companion/ledger/port";
import { ledgerTables } from "@timmy/companion/ledger/tables";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import { digestOf, operate, workloadClock } from "./ledger-workload.ts";
import type { Trial } from "./trial.ts";

const program = fileURLToPath(new URL("./ledger-child-main.ts", import.meta.url));
/** Operations of one life at most, lives of one file, and points that one life can pass. */
const opsOfLife = 40;
const livesOfFile = 50;
const points = 60;

interface Life {
  readonly acks: readonly number[];
  readonly strange: readonly string[];
  readonly killed: boolean;
}

/** One life of the child: it ends at a point, or `killAfter` acknowledgements by a stranger's hand. */
function live(args: readonly string[], killAfter: number, delayMs: number): Promise<Life> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  let rest = "";
  const kill = () => void child.kill("SIGKILL");
  child.stdout.on("data", (bytes: Buffer) => {
    const parts = (rest + bytes.toString()).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    if (killAfter > 0 && lines.length >= killAfter) setTimeout(kill, delayMs);
  });
  return new Promise((resolve) => {
    child.once("close", (_code, signal) => {
      const acks = lines
        .filter((line) => line.startsWith("ack "))
        .map((line) => Number(line.slice(4)));
      const strange = lines.filter((line) => !/^(ack \d+|open)$/.test(line));
      resolve({ acks, strange, killed: signal === "SIGKILL" });
    });
  });
}

/** The same operations in memory: what the file must say after each of them. */
function createShadow(seed: number) {
  const clock = workloadClock();
  const books = openBooks({ path: ":memory:", clock, migrations: ledgerTables });
  let done = 0;
  return {
    digest: () => digestOf(books),
    async goTo(k: number): Promise<void> {
      for (; done < k; done++) await operate(books, clock, { seed, k: done });
    },
    close: () => books.close(),
  };
}

interface Tally {
  kills: number;
  killsAtAPoint: number;
  acknowledged: number;
  lostOrDoubled: number;
  booksThatDoNotAddUp: number;
  strangeLines: number;
}

/** Whether the file holds what was acknowledged, and at most the one operation that was under way. */
async function agrees(
  books: Books,
  shadow: ReturnType<typeof createShadow>,
  acked: number,
): Promise<boolean> {
  const digest = digestOf(books);
  await shadow.goTo(acked);
  if (shadow.digest() === digest) return true;
  await shadow.goTo(acked + 1);
  return shadow.digest() === digest;
}

async function liveOnOneFile(
  path: string,
  lives: number,
  options: { readonly seed: number; readonly plant: boolean },
  random: Random,
  tally: Tally,
): Promise<void> {
  const { seed, plant } = options;
  const shadow = createShadow(seed);
  let from = 0;
  for (let life = 0; life < lives; life++) {
    const atPoint = random.uniform() < 0.6;
    const dieAt = atPoint ? 1 + Math.floor(random.uniform() * points) : 0;
    const killAfter = atPoint ? 0 : 1 + Math.floor(random.uniform() * opsOfLife);
    const args = Object.entries({
      books: path,
      seed,
      from,
      to: from + opsOfLife,
      "die-at": dieAt,
      plant: plant ? "no-transaction" : "",
    }).map(([name, value]) => `--${name}=${value}`);
    const { acks, strange, killed } = await live(args, killAfter, random.uniform() * 4);
    if (killed) tally.kills++;
    if (killed && atPoint) tally.killsAtAPoint++;
    tally.acknowledged += acks.length;
    tally.strangeLines += strange.length;
    const acked = acks.length === 0 ? from : (acks.at(-1) ?? 0) + 1;
    const books = openBooks({
      path,
      clock: workloadClock(),
      migrations: ledgerTables,
      space: null,
    });
    const same = await agrees(books, shadow, acked);
    const faults = books.ledger.verify();
    const { seq } = books.ledger.head();
    books.close();
    if (faults.length > 0) tally.booksThatDoNotAddUp++;
    if (!same) {
      tally.lostOrDoubled++;
      console.error(`seed ${seed}, life ${life}: after ${acked} operations, at journal ${seq}`);
      break;
    }
    // What was under way is done again: the same keys, and nothing twice.
    from = acked;
  }
  shadow.close();
}

export const trial: Trial = {
  title: "kill -9 of a process that writes the books, at every step and at any moment",
  defaultN: 500,
  async run({ n, seed, plant }) {
    const random = createRandom(seed);
    const tally: Tally = {
      kills: 0,
      killsAtAPoint: 0,
      acknowledged: 0,
      lostOrDoubled: 0,
      booksThatDoNotAddUp: 0,
      strangeLines: 0,
    };
    const folder = mkdtempSync(join(tmpdir(), "timmy-kill-"));
    for (let file = 0; file * livesOfFile < n; file++) {
      const lives = Math.min(livesOfFile, n - file * livesOfFile);
      const path = join(folder, `books-${file}.sqlite`);
      await liveOnOneFile(path, lives, { seed: seed + file, plant }, random, tally);
    }
    rmSync(folder, { recursive: true });
    const { kills, acknowledged, lostOrDoubled, booksThatDoNotAddUp, strangeLines } = tally;
    const clean = lostOrDoubled + booksThatDoNotAddUp + strangeLines === 0;
    return { pass: clean && kills > n / 2 && acknowledged > n, figures: { ...tally } };
  },
};
