import type { Found } from "@timmy/shared/agent/agent-store";
import { heaviest } from "./heaviest.ts";
import * as limits from "./limits.ts";
import { type MemoryRow, textOf, toProvenance } from "./memory-rows.ts";
import { fuseRanks } from "./rank-fusion.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import type { StorePorts } from "./store-context.ts";
import { createTallies } from "./tallies.ts";
import { indexedWords, queryWords } from "./words.ts";

interface Known {
  readonly word: string;
  /** How many memories hold it. */
  readonly documents: number;
}
type Rank = (query: string, limit: number) => readonly MemoryRow[];

/** A word, which is letters and digits only, as an FTS5 string: never one of its operators. */
const quote = (word: string) => `"${word}"`;

/** What a word is worth, as FTS5's own bm25 counts it. */
const weightOf = (documents: number, memories: number) =>
  Math.max(1e-6, Math.log((memories - documents + 0.5) / (documents + 0.5)));

/** How many postings a query may read in a store of so many memories. */
const roomFor = (memories: number) =>
  Math.min(
    limits.postingsCeiling,
    Math.max(limits.postingsFloor, Math.floor(memories * limits.postingsShare)),
  );

/**
 * Answers the rarest words of a query that together fit the room, rarest first; none takes more than
 * half of it. Counts only as far as it must: every word up to a small bound first, which grows until
 * there are enough words or no further one can fit.
 */
function createWeigher(db: SqliteFile): (words: readonly string[], room: number) => Known[] {
  const countUpTo = db
    .prepare<[string, number], number>(
      `SELECT count(*) FROM
       (SELECT 1 FROM memory_words WHERE memory_words MATCH ? LIMIT ?)`,
    )
    .pluck();
  return (words, room) => {
    const known: Known[] = [];
    let open = words;
    let left = room;
    for (let bound = 64; open.length > 0 && known.length < limits.rareWords; bound *= 8) {
      const upTo = Math.min(bound, left, Math.floor(room / 2));
      const still: string[] = [];
      for (const word of open) {
        const documents = countUpTo.get(quote(word), upTo + 1) ?? 0;
        if (documents > upTo) still.push(word);
        else if (documents > 0) known.push({ word, documents });
      }
      open = still;
      left = known.reduce((sum, { documents }) => sum - documents, room);
      if (left <= upTo || upTo < bound) break;
    }
    known.sort((a, b) => a.documents - b.documents || (a.word < b.word ? -1 : 1));
    const fitting: Known[] = [];
    left = room;
    for (const one of known.slice(0, limits.rareWords)) {
      left -= one.documents;
      if (left >= 0) fitting.push(one);
    }
    return fitting;
  };
}

/** All words stand everywhere: the newest memories with the most of them, newest first. */
function createNewest(db: SqliteFile): (words: readonly string[], limit: number) => MemoryRow[] {
  const ofKind = (kind: string) =>
    `SELECT * FROM (SELECT * FROM memories WHERE kind = '${kind}'
     ORDER BY at_ms DESC, id DESC LIMIT @rows)`;
  const newest = db.prepare<[{ rows: number }], MemoryRow>(
    `${ofKind("fact")} UNION ALL ${ofKind("episode")} ORDER BY at_ms DESC, id DESC LIMIT @rows`,
  );
  return (words, limit) => {
    const found: { row: MemoryRow; count: number }[] = [];
    let chars = 0;
    for (const row of newest.iterate({ rows: limits.newestRows })) {
      const text = textOf(row);
      chars += text.length;
      if (chars > limits.newestChars) break;
      const held = new Set(indexedWords(text).split(" "));
      const count = words.filter((word) => held.has(word)).length;
      if (count > 0) found.push({ row, count });
    }
    found.sort((a, b) => b.count - a.count);
    return found.slice(0, limit).map(({ row }) => row);
  };
}

/**
 * The memories that fit a query best by their words. In two steps: each memory gathers the weight of
 * the words that it holds, which is cheap; BM25, which is not, ranks the heaviest only. Ties end by
 * time and id, not by the order of insertion: a moved agent answers the same.
 */
export function createSearch(db: SqliteFile, postings = roomFor): Rank {
  const tallies = createTallies(db);
  const weigh = createWeigher(db);
  const findNewest = createNewest(db);
  const holding = db
    .prepare<[string], number>("SELECT rowid FROM memory_words WHERE memory_words MATCH ?")
    .pluck();
  // The plus keeps SQLite from running the query once for each row.
  const best = db.prepare<[{ match: string; among: string | null; limit: number }], MemoryRow>(
    `WITH scored AS MATERIALIZED (
       SELECT rowid AS seq, bm25(memory_words) AS score FROM memory_words
       WHERE memory_words MATCH @match
         AND (@among IS NULL OR +rowid IN (SELECT value FROM json_each(@among)))
     ), last AS (SELECT score FROM scored ORDER BY score LIMIT 1 OFFSET @limit - 1)
     SELECT m.* FROM scored JOIN memories AS m USING (seq)
     WHERE score <= coalesce((SELECT score FROM last), score)
     ORDER BY score, m.at_ms DESC, m.id DESC LIMIT @limit`,
  );
  return (query, limit) => {
    const words = queryWords(query, limits.queryWords, limits.queryChars);
    if (words.length === 0 || limit === 0) return [];
    const memories = tallies.memories();
    const room = postings(memories);
    const known = weigh(words, room);
    const most = room * limits.rankedShare;
    const match = known.map(({ word }) => quote(word)).join(" OR ");
    const [only, second] = known;
    if (only !== undefined && second === undefined && only.documents <= most) {
      return best.all({ match, among: null, limit });
    }
    const lists = known.map(({ word, documents }) => ({
      seqs: holding.all(quote(word)),
      weight: weightOf(documents, memories),
    }));
    const heavy = heaviest(lists, Math.max(limits.rankedRows, limit), most);
    if (heavy.length === 0) return findNewest(words, limit);
    return best.all({ match, among: JSON.stringify(heavy), limit });
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
  const byId = db.prepare<[string], MemoryRow>("SELECT * FROM memories WHERE id = ?");
  return (query, limit) => {
    if (limit === 0) return [];
    if (nearest === undefined) return rank(query, limit).map(toFound);
    const byWords = rank(query, 4 * limit).map(({ id }) => id);
    const found: Found[] = [];
    for (const id of fuseRanks([byWords, nearest(query, 4 * limit)])) {
      const row = found.length < limit ? byId.get(id) : undefined;
      if (row !== undefined) found.push(toFound(row));
    }
    return found;
  };
}
