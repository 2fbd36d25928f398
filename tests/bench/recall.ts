import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openAgentStore } from "@timmy/memory/agent-store";
import { openSqlite } from "@timmy/memory/sqlite-file";
import { beginImport } from "@timmy/memory/store-import";
import { createIds } from "@timmy/shared/ids";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import type { BenchPart } from "./part.ts";
import { type Corpus, corpusVersion, createCorpus, type Planted } from "./recall-corpus.ts";
import { timed } from "./samples.ts";

const folder = join(import.meta.dirname, "../../.cache/bench");
const seed = 5;
const plants = 500;
/** Share of the planted memories that is among the first five. */
const targetRecall = 0.95;

const { clock } = createSystemTime();
const ports = { clock, makeId: createIds(clock, createRandom(seed)), randomBytes };

/** Fills a store in one transaction; the planted ones stand evenly among the others. */
function fill(path: string, memories: number, corpus: Corpus, planted: readonly Planted[]): void {
  const store = openAgentStore(path, ports);
  const record = store.agent();
  const makeId = createIds(clock, createRandom(seed).stream("ids"));
  const load = beginImport(store);
  load.record(record, null);
  const every = Math.floor(memories / plants);
  for (let k = 0; k < memories; k++) {
    const plant = k % every === 0 ? planted[k / every] : undefined;
    load.episode({
      id: makeId(),
      atMs: k,
      content: plant?.text ?? corpus.memory(),
      importance: 0.5,
      tags: [],
      from: "owner",
      who: "",
      accessCount: 0,
      extra: "",
    });
  }
  load.commit();
  store.stop();
}

/** The file with so many memories, made when it is not there; milliseconds that it took. */
function prepare(memories: number, corpus: Corpus, planted: readonly Planted[]) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `recall-${corpusVersion}-${memories}.sqlite`);
  if (existsSync(path)) return { path, madeMs: 0 };
  const temporary = `${path}.new`;
  for (const end of ["", "-wal", "-shm", ".key"]) rmSync(`${temporary}${end}`, { force: true });
  const madeMs = timed(() => fill(temporary, memories, corpus, planted));
  renameSync(`${temporary}.key`, `${path}.key`);
  renameSync(temporary, path);
  return { path, madeMs };
}

function quantile(all: readonly number[], share: number): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Run {
  readonly p95Ms: number;
  readonly p50Ms: number;
  readonly maxMs: number;
  readonly recall: number;
  readonly queries: number;
}

/** Asks for each planted memory until the time is over, at least 20 times. */
function ask(
  cases: readonly { query: string; text: string }[],
  seconds: number,
  find: (query: string) => readonly string[],
): Run {
  const samples: number[] = [];
  let hits = 0;
  let spentMs = 0;
  for (const { query, text } of cases) {
    if (samples.length >= 20 && spentMs > 1000 * seconds) break;
    let found: readonly string[] = [];
    const ms = timed(() => (found = find(query)));
    samples.push(ms);
    spentMs += ms;
    if (found.includes(text)) hits++;
  }
  return {
    p95Ms: quantile(samples, 0.95),
    p50Ms: quantile(samples, 0.5),
    maxMs: Math.max(...samples),
    recall: hits / samples.length,
    queries: samples.length,
  };
}

/** What anybody would write first: any of the words, by BM25. */
function plainQuery(path: string): { find(query: string): string[]; close(): void } {
  const db = openSqlite(path, "read");
  const search = db
    .prepare<[string], string>(
      `SELECT m.text FROM (SELECT rowid AS seq, bm25(memory_words) AS score FROM memory_words
       WHERE memory_words MATCH ? ORDER BY score LIMIT 5) JOIN memories AS m USING (seq)`,
    )
    .pluck();
  return {
    find: (query) => search.all(query.split(" ").join(" OR ")),
    close: () => void db.close(),
  };
}

function recallAmong(memories: number, targetMs: number): BenchPart {
  return async ({ seconds }) => {
    const corpus = createCorpus(createRandom(seed));
    const planted = Array.from({ length: plants }, () => corpus.plant());
    const cases = planted.map((plant) => ({ query: corpus.queryFor(plant), text: plant.text }));
    const { path, madeMs } = prepare(memories, corpus, planted);
    const store = openAgentStore(path, ports);
    const ours = ask(cases, seconds, (query) => store.search(query).map(({ text }) => text));
    store.stop();
    const control = plainQuery(path);
    const plain = ask(cases, seconds, control.find);
    control.close();
    const name = `recall-${memories}`;
    const pass = ours.p95Ms < targetMs && ours.recall >= targetRecall;
    const figures = {
      memories,
      targetMs,
      madeMs,
      p50Ms: ours.p50Ms,
      p95Ms: ours.p95Ms,
      maxMs: ours.maxMs,
      recallAt5: ours.recall,
      queries: ours.queries,
      plainP95Ms: plain.p95Ms,
      plainRecallAt5: plain.recall,
      plainQueries: plain.queries,
    };
    const words = (run: Run) =>
      `p95 ${run.p95Ms.toFixed(1)} ms, recall@5 ${(100 * run.recall).toFixed(1)} %` +
      ` (${run.queries} queries)`;
    const made = madeMs > 0 ? `; made in ${(madeMs / 1000).toFixed(1)} s` : "";
    const sentence = `recall among ${memories}: ${words(ours)}; plain: ${words(plain)}${made}`;
    return { name, figures, sentence, pass };
  };
}

export const recallAmongMany = recallAmong(100_000, 50);
export const recallAmongAMillion = recallAmong(1_000_000, 250);
