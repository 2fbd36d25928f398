import { setImmediate } from "node:timers/promises";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import type { Embedder } from "@timmy/shared/ports/embedder";
import {
  vectorBatch,
  vectorChars,
  vectorPageRows,
  vectorTextsPerTurn,
  vectorTries,
} from "./limits.ts";
import { internalsOf } from "./store-internals.ts";
import type { VectorFile } from "./vector-file.ts";
import { formsOf } from "./vector-forms.ts";

export interface CaughtUp {
  readonly added: number;
  readonly removed: number;
  /** Every memory that is to have a vector has one; else the next turn goes on. */
  readonly done: boolean;
}
interface Row {
  readonly id: string;
  readonly at_ms: number;
  readonly text: string;
}

/** What a pass reads of the memories. */
function createReader(store: AgentStore) {
  const { db } = internalsOf(store).context;
  const page = db.prepare<[string], Row>(
    `SELECT id, at_ms, trim(key || ' ' || substr(text, 1, ${vectorChars})) AS text
     FROM memories WHERE id > ? ORDER BY id LIMIT ${vectorPageRows}`,
  );
  const changed = db.prepare<[], number>("SELECT total_changes()").pluck();
  const oldest = db
    .prepare<[number], string>("SELECT id FROM memories ORDER BY id DESC LIMIT 1 OFFSET ?")
    .pluck();
  const atMs = db.prepare<[string], number>("SELECT at_ms FROM memories WHERE id = ?").pluck();
  return {
    page: (afterId: string) => page.all(afterId),
    /** Above this id are the newest, so many. */
    floor: (count: number) => oldest.get(count) ?? "",
    isStill: ({ id, at_ms }: Row) => atMs.get(id) === at_ms,
    /** Another text after every change, whoever made it. */
    stamp: () => `${changed.get()}/${db.pragma("data_version", { simple: true })}`,
  };
}
type Reader = ReturnType<typeof createReader>;

/** Vectors of some memories, written where the memory is still what it was. */
function createWriter(file: VectorFile, embedder: Embedder) {
  let otherLength: number | null = null;

  /** A length that comes twice is the model's own: what was there before was another one's. */
  function settleLength(model: string, length: number): void {
    if (file.mark()?.dimensions === length) otherLength = null;
    else if (file.mark() === null || otherLength === length) {
      file.clear();
      file.begin({ model, dimensions: length });
      otherLength = null;
    } else {
      otherLength = length;
      throw new TimmyError("model-failed", "It made vectors of another length.");
    }
  }
  /** Answers how many were written, and for how many no vector came. */
  return async (model: string, rows: readonly Row[], memories: Reader, signal: AbortSignal) => {
    const texts = rows.map(({ text }) => text);
    const vectors = await embedder.embed(texts, "memory", signal);
    signal.throwIfAborted();
    const length = vectors.find((vector) => formsOf(vector, vector.length) !== null)?.length;
    if (length === undefined) return { written: 0, without: rows.length };
    settleLength(model, length);
    const made = rows.flatMap((row, i) => {
      const forms = formsOf(vectors[i] ?? [], length);
      return forms === null ? [] : [{ row, id: row.id, atMs: row.at_ms, ...forms }];
    });
    const put = made.filter(({ row }) => memories.isStill(row));
    file.put(put);
    return { written: put.length, without: rows.length - made.length };
  };
}

/**
 * Follows what a store learns and forgets, page by page in the order of ids. A turn embeds a bounded
 * number of texts; the next one goes on where it ended.
 */
export function createFollower(file: VectorFile, embedder: Embedder, count: number) {
  const write = createWriter(file, embedder);
  let model = "";
  /** The first memory of the batch that failed last, and how often. */
  let failed = { id: "", times: 0 };
  /** Whether the pass that runs has left out some. */
  let skipped = false;
  let afterId = "";
  /** The store's stamp when the pass that runs began, and when the last whole one did. */
  let began: string | null = null;
  let ended: string | null = null;

  /** A batch that the model fails at again and again is left out: others come after it. */
  async function tryBatch(rows: readonly Row[], memories: Reader, signal: AbortSignal) {
    const id = rows[0]?.id ?? "";
    try {
      const { written, without } = await write(model, rows, memories, signal);
      if (without > 0) skipped = true;
      return written;
    } catch (error) {
      if (!(error instanceof TimmyError) || error.code !== "model-failed") throw error;
      failed = { id, times: failed.id === id ? failed.times + 1 : 1 };
      if (failed.times < vectorTries) throw error;
      skipped = true;
      return 0;
    }
  }
  function begin(stamp: string, memories: Reader): number {
    [began, skipped] = [stamp, false];
    afterId = memories.floor(count);
    const old = [...file.known("", afterId).keys()];
    file.remove(old);
    return old.length;
  }
  return {
    /** From now on vectors are this model's. */
    use(next: string): void {
      if (next === model) return;
      if (file.mark() !== null && file.mark()?.model !== next) file.clear();
      [model, began, ended] = [next, null, null];
    },
    async turn(store: AgentStore, signal: AbortSignal): Promise<CaughtUp> {
      const memories = createReader(store);
      let [asked, added, removed] = [0, 0, 0];
      if (began === null) {
        const stamp = memories.stamp();
        if (stamp === ended) return { added, removed, done: true };
        removed += begin(stamp, memories);
      }
      for (;;) {
        const page = memories.page(afterId);
        const last = page.length < vectorPageRows ? null : (page.at(-1)?.id ?? null);
        const known = file.known(afterId, last);
        const here = new Set(page.map(({ id }) => id));
        const gone = [...known.keys()].filter((id) => !here.has(id));
        file.remove(gone);
        removed += gone.length;
        const missing = page.filter(({ id, at_ms }) => known.get(id) !== at_ms);
        for (let at = 0; at < missing.length; at += vectorBatch) {
          if (asked >= vectorTextsPerTurn) return { added, removed, done: false };
          const rows = missing.slice(at, at + vectorBatch);
          added += await tryBatch(rows, memories, signal);
          asked += rows.length;
          afterId = rows.at(-1)?.id ?? afterId;
        }
        if (last === null) break;
        afterId = last;
        await setImmediate();
        signal.throwIfAborted();
      }
      [ended, began] = [skipped ? null : began, null];
      return { added, removed, done: !skipped };
    },
  };
}
