import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type Random } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { type ActedIn, copyDisk, type Disk, type RaceBody, startBody } from "./race-body.ts";
import { createSeededBroker } from "./seeded-broker.ts";
import type { Trial } from "./trial.ts";

const nodes = ["desk", "robot", "attic"] as const;
const strayNode = "stray";
const raceMs = 45_000;
const healMs = 25_000;
const turnMs = 20;
const actMs = 150;
/** Everything that promises can do, done: nothing here waits for a real disk or network. */
const drain = () => new Promise((resolve) => setImmediate(resolve));

interface RaceResult {
  readonly acts: number;
  readonly epochs: number;
  readonly moves: number;
  readonly movesDone: number;
  readonly faults: number;
  /** Two bodies in one epoch, and two processes that took turns in one. */
  readonly doubled: readonly string[];
  readonly living: number;
  readonly forgot: boolean;
  readonly hash: string;
}

/** What is wrong with who acted in which epoch; one entry a fault. */
function findDoubled(acted: readonly ActedIn[]): string[] {
  const found: string[] = [];
  const nodeOf = new Map<number, string>();
  const over = new Map<number, Set<string>>();
  const last = new Map<number, string>();
  for (const { epoch, node, life, atMs } of acted) {
    const first = nodeOf.get(epoch) ?? node;
    nodeOf.set(epoch, first);
    if (first !== node) found.push(`epoch ${epoch}: ${first} and ${node} (${atMs} ms)`);
    const before = last.get(epoch);
    const ended = over.get(epoch) ?? new Set();
    over.set(epoch, ended);
    if (before !== undefined && before !== life) ended.add(before);
    if (ended.has(life)) found.push(`epoch ${epoch}: ${node} acts again (${atMs} ms)`);
    last.set(epoch, life);
  }
  return found;
}

async function race(seed: number, folder: string, lawless: boolean): Promise<RaceResult> {
  const random = createRandom(seed);
  const time = createVirtualTime();
  const broker = createSeededBroker(time, random.stream("network"));
  const acted: ActedIn[] = [];
  const trace = createHash("sha256");
  const ownerKey = Uint8Array.from({ length: 32 }, (_, i) => i);
  const world = {
    ...{ time, broker, ownerKey, lawless, random: random.stream("bodies"), born: { count: 0 } },
    onAct(act: ActedIn) {
      acted.push(act);
      trace.update(`${act.atMs} ${act.epoch} ${act.node}\n`);
    },
  };
  const bodies = new Map<string, RaceBody>();
  const disks = new Map<string, Disk>();
  const backups: { readonly node: string; readonly disk: Disk }[] = [];
  let files = 0;
  const newPath = () => join(folder, `${seed}-${files++}.sqlite`);
  const start = (node: string, disk: Disk) => {
    bodies.set(node, startBody(world, node, disk));
    disks.set(node, disk);
  };
  for (const node of nodes) start(node, { path: newPath(), vacant: node !== "desk" });
  bodies.get("desk")?.store.remember("tea", "in the kitchen", "owner");

  const scenario = random.stream("scenario");
  const pick = <T>(list: readonly T[], from: Random = scenario): T | undefined =>
    list[Math.floor(from.uniform() * list.length)];
  const between = (low: number, high: number) => low + scenario.uniform() * (high - low);
  const counts = { moves: 0, movesDone: 0, faults: 0 };
  const later = (ms: number, run: () => void) => time.timers.after("scenario", ms, run);

  function kill(node: string, downMs: number): void {
    bodies.get(node)?.kill();
    bodies.delete(node);
    const disk = disks.get(node);
    later(downMs, () => {
      if (disk !== undefined && !bodies.has(node)) start(node, disk);
    });
  }
  function move(): void {
    const from = pick(
      [...bodies.values()].filter(({ store }) => store.agent().status === "living"),
    );
    const to = pick(nodes.filter((node) => node !== from?.node));
    if (from === undefined || to === undefined) return;
    counts.moves++;
    from.life
      .call(from.node, "agent.move", { to })
      .then((done) => {
        if (done.ok) counts.movesDone++;
        trace.update(`${done.ok ? "moved" : done.code}\n`);
      })
      // The process was killed under it.
      .catch(() => {});
    if (scenario.uniform() < 0.2) {
      later(between(1, 400), () => {
        if (bodies.get(from.node) === from) void from.life.call(from.node, "agent.stay", {});
      });
    }
  }
  const happenings: readonly (() => void)[] = [
    move,
    move,
    move,
    () => {
      const body = pick([...bodies.values()]);
      body?.client.setNetwork(scenario.uniform() < 0.5 ? "closed" : "black-hole");
      later(between(500, 15_000), () => body?.client.setNetwork("open"));
    },
    () => {
      const body = pick([...bodies.values()]);
      body?.setFrozen(true);
      later(between(300, 9000), () => body?.setFrozen(false));
    },
    () => kill(pick([...bodies.keys()]) ?? "desk", between(0, 6000)),
    // The owner has a body make every copy go that never lived, whether there is one or not.
    () => {
      const body = pick([...bodies.values()]);
      void body?.life.call(body.node, "agent.stay", { drop: [...nodes] }).catch(() => {});
    },
    () => broker.restart(),
    () => {
      const body = pick([...bodies.values()]);
      if (body !== undefined && backups.length < 6) {
        backups.push({ node: body.node, disk: copyDisk(body, newPath()) });
      }
    },
    // A backup under another name beside the body that it was made of.
    () => {
      const backup = pick(backups);
      if (backup !== undefined && !bodies.has(strayNode)) {
        start(strayNode, { ...backup.disk, path: copyOf(backup.disk) });
      }
    },
  ];
  function copyOf(disk: Disk): string {
    const path = newPath();
    copyFileSync(disk.path, path);
    copyFileSync(`${disk.path}.key`, `${path}.key`);
    return path;
  }

  async function run(ms: number): Promise<void> {
    const endMs = time.clock.monotonicMs() + ms;
    while (time.clock.monotonicMs() < endMs) {
      if (time.advanceTo(time.clock.monotonicMs() + turnMs) === 0) continue;
      await drain();
      await drain();
    }
  }
  time.timers.every("owner", actMs, () => {
    for (const body of bodies.values()) void body.act().catch(() => {});
  });
  for (let atMs = between(3000, 6000); atMs < raceMs; atMs += between(200, 6000)) {
    later(atMs, () => {
      counts.faults++;
      pick(happenings)?.();
    });
  }
  await run(raceMs);
  for (const body of bodies.values()) {
    body.client.setNetwork("open");
    body.setFrozen(false);
  }
  await run(healMs);
  const alive = [...bodies.values()].filter(({ life }) => life.refusal() === null);
  const result = {
    ...counts,
    acts: acted.length,
    epochs: new Set(acted.map(({ epoch }) => epoch)).size,
    doubled: findDoubled(acted),
    living: alive.length,
    forgot: alive.some(({ store }) => store.recall("tea")?.value !== "in the kitchen"),
    hash: trace.digest("hex"),
  };
  for (const body of bodies.values()) body.kill();
  return result;
}

/** Every how manyth race runs twice: the same seed has to give the same acts. */
const twiceEvery = 20;

export const trial: Trial = {
  title: "Bodies with one identity: moved, cut off, frozen, killed, copied and restored",
  defaultN: 1000,
  async run({ n, seed, plant, onDone }) {
    const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
    const sums = { acts: 0, epochs: 0, moves: 0, movesDone: 0, faults: 0 };
    let doubled = 0;
    let notOne = 0;
    let forgot = 0;
    let unequal = 0;
    for (let k = 0; k < n; k++) {
      onDone?.(k);
      const folder = mkdtempSync(join(base, "timmy-race-"));
      try {
        const found = await race(seed + k, folder, plant);
        for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += found[key];
        if (found.doubled.length > 0) doubled++;
        if (found.living !== 1) notOne++;
        if (found.forgot) forgot++;
        if (found.doubled.length > 0 || found.living !== 1 || found.forgot) {
          const { living, doubled: what } = found;
          console.error(`race ${seed + k}: ${living} living; ${what.slice(0, 3).join("; ")}`);
        }
        if (k % twiceEvery === 0) {
          const again = mkdtempSync(join(base, "timmy-race-"));
          const second = await race(seed + k, again, plant);
          rmSync(again, { recursive: true });
          if (second.hash !== found.hash) unequal++;
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
    const figures = {
      ...{ races: n, ...sums, races_with_two_actors: doubled, not_one_at_the_end: notOne },
      ...{ forgot, unequal_repeats: unequal },
    };
    const pass = doubled + notOne + forgot + unequal === 0 && sums.movesDone > n / 4;
    return { pass, figures };
  },
};
