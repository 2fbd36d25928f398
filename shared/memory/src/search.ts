import type { Found } from "@timmy/shared/agent/agent-store";
import {
  commonCandidates,
  queryWords as mostWords,
  queryChars,
  rareFloor,
  rareShare,
  rareWords,
} from "./limits.ts";
import { type MemoryRow, toProvenance } from "./memory-rows.ts";
import { fuseRanks } from "./rank-fusion.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import type { StorePorts } from "./store-context.ts";
import { createTallies } from "./tallies.ts";
import { queryWords } from "./words.ts";

export interface Ranked {
  readonly seq: number;
  /** Lower is better. */
  readonly score: number;
}
interface Weighed {
  readonly rare: readonly string[];
  readonly common: readonly string[];
}

/** A word, which is letters and digits only, as an FTS5 string: never one of its operators. */
const quote = (word: string) => `"${word}"`;

/** Seqs of the memories that fit a query best, for one open file. */
export function createSearch(db: SqliteFile): (query: string, limit: number) => Ranked[] {
  const tallies = createTallies(db);
  const countUpTo = db
    .prepare<[string, number], number>(
      `SELECT count(*) FROM
       (SELECT 1 FROM memory_words WHERE memory_words MATCH ? LIMIT ?)`,
    )
    .pluck();
  const best = db.prepare<[string, number], Ranked>(
    `SELECT rowid AS seq, bm25(memory_words) AS score FROM memory_words
     WHERE memory_words MATCH ? ORDER BY score, seq DESC LIMIT ?`,
  );
  const newest = db
    .prepare<[string, number], number>(
      "SELECT rowid FROM memory_words WHERE memory_words MATCH ? ORDER BY rowid DESC LIMIT ?",
    )
    .pluck();

  /**
   * Counts documents only as far as it must: every word up to a small bound first, then the bound
   * grows until the rarest words are known. A common word's doclist is never read to its end.
   */
  function weigh(words: readonly string[]): Weighed {
    const rareLimit = Math.max(rareFloor, Math.floor(tallies.memories() * rareShare));
    const known: { word: string; documents: number }[] = [];
    let open = words;
    for (let bound = 64; open.length > 0 && known.length < rareWords; bound *= 8) {
      const upTo = Math.min(bound, rareLimit);
      const still: string[] = [];
      for (const word of open) {
        const documents = countUpTo.get(quote(word), upTo + 1) ?? 0;
        if (documents > upTo) still.push(word);
        else if (documents > 0) known.push({ word, documents });
      }
      open = still;
      if (upTo === rareLimit) break;
    }
    known.sort((a, b) => a.documents - b.documents || (a.word < b.word ? -1 : 1));
    return { rare: known.slice(0, rareWords).map(({ word }) => word), common: open };
  }
  /** All words are common: those with the most of them among the newest, newest first. */
  function rankCommon(words: readonly string[], limit: number): Ranked[] {
    const hits = new Map<number, number>();
    const all = newest.all(words.map(quote).join(" AND "), limit);
    for (const seq of all) hits.set(seq, words.length);
    if (all.length < limit) {
      for (const word of words) {
        for (const seq of newest.all(quote(word), commonCandidates)) {
          if (!all.includes(seq)) hits.set(seq, 1 + (hits.get(seq) ?? 0));
        }
      }
    }
    return [...hits]
      .map(([seq, count]) => ({ seq, score: -count }))
      .sort((a, b) => a.score - b.score || b.seq - a.seq)
      .slice(0, limit);
  }
  return (query, limit) => {
    const words = queryWords(query, mostWords, queryChars);
    if (words.length === 0) return [];
    const { rare, common } = weigh(words);
    if (rare.length > 0) return best.all(rare.map(quote).join(" OR "), limit);
    return common.length > 0 ? rankCommon(common.slice(0, 2 * rareWords), limit) : [];
  };
}

const toFound = (row: MemoryRow): Found => ({
  kind: row.kind === "fact" ? "fact" : "episode",
  id: row.id,
  key: row.key,
  text: row.text,
  from: toProvenance(row.source),
  atMs: row.at_ms,
});

/** The memories for a query, best first: by their words, and by `nearest` where there is one. */
export function createFinder(
  db: SqliteFile,
  nearest: StorePorts["nearest"],
): (query: string, limit: number) => Found[] {
  const rank = createSearch(db);
  const bySeq = db.prepare<[number], MemoryRow>("SELECT * FROM memories WHERE seq = ?");
  const byId = db.prepare<[string], MemoryRow>("SELECT * FROM memories WHERE id = ?");
  /** Ties end by time and id, not by the order of insertion: a moved agent answers the same. */
  function findByWords(query: string, limit: number): MemoryRow[] {
    const found: { row: MemoryRow; score: number }[] = [];
    for (const { seq, score } of rank(query, 4 * limit + 16)) {
      const row = bySeq.get(seq);
      if (row !== undefined) found.push({ row, score });
    }
    found.sort(
      (a, b) => a.score - b.score || b.row.at_ms - a.row.at_ms || (a.row.id < b.row.id ? -1 : 1),
    );
    return found.map(({ row }) => row);
  }
  return (query, limit) => {
    if (limit === 0) return [];
    const rows = findByWords(query, limit);
    if (nearest === undefined) return rows.slice(0, limit).map(toFound);
    const ids = fuseRanks([rows.map(({ id }) => id), nearest(query, 4 * limit)]);
    const found: Found[] = [];
    for (const id of ids) {
      const row = found.length < limit ? byId.get(id) : undefined;
      if (row !== undefined) found.push(toFound(row));
    }
    return found;
  };
}
