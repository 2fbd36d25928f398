import type { AgentStore, Episode, MemoryPage } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import { pageRows, tagChars, tagsPerEpisode, timeMs } from "./limits.ts";
import { type MemoryRow, toEpisode, toFact } from "./memory-rows.ts";
import { createMemoryWriter } from "./memory-writer.ts";
import { telling } from "./sqlite-file.ts";
import { checkLength, type StoreContext } from "./store-context.ts";
import type { Touches } from "./touches.ts";

type Memories = Pick<AgentStore, "remember" | "recall" | "facts" | "note" | "episodes" | "forget">;

/** The most trusted source's value comes first. */
const bySource = `CASE source WHEN 'owner' THEN 0 WHEN 'agent' THEN 1 WHEN 'peer' THEN 2
  WHEN 'world' THEN 3 ELSE 4 END`;

export const clampLimit = (limit: number, most: number): number =>
  Number.isFinite(limit) ? Math.max(0, Math.min(most, Math.floor(limit))) : most;

function tagsJson(tags: readonly string[]): string {
  if (tags.length > tagsPerEpisode) {
    throw new TimmyError("too-large", `An episode has at most ${tagsPerEpisode} tags.`);
  }
  for (const tag of tags) checkLength("A tag", tag, tagChars);
  return JSON.stringify(tags.map((tag) => tag.toWellFormed()));
}

/** Facts and episodes. */
export function createMemories(context: StoreContext, touches: Touches): Memories {
  const { db, ports } = context;
  const writer = createMemoryWriter(db);
  const byKeyAndSource = db.prepare<[string, string], MemoryRow>(
    "SELECT * FROM memories WHERE kind = 'fact' AND key = ? AND source = ?",
  );
  const byKey = db.prepare<[string], MemoryRow>(
    `SELECT * FROM memories WHERE kind = 'fact' AND key = ? ORDER BY ${bySource}, source LIMIT 1`,
  );
  const byId = db.prepare<[string], MemoryRow>("SELECT * FROM memories WHERE id = ?");
  const newest = db.prepare<[string, number], MemoryRow>(
    "SELECT * FROM memories WHERE kind = ? ORDER BY at_ms DESC, id DESC LIMIT ?",
  );
  const older = db.prepare<[string, number, string, number], MemoryRow>(
    `SELECT * FROM memories WHERE kind = ? AND (at_ms, id) < (?, ?)
     ORDER BY at_ms DESC, id DESC LIMIT ?`,
  );
  function readPage(kind: string, page: MemoryPage): MemoryRow[] {
    return context.read(() => {
      const limit = clampLimit(page.limit, pageRows);
      if (page.id !== undefined) {
        const row = byId.get(page.id);
        return row?.kind === kind ? [row] : [];
      }
      if (page.beforeId === undefined) return newest.all(kind, limit);
      const before = byId.get(page.beforeId);
      return before === undefined ? [] : older.all(kind, before.at_ms, before.id, limit);
    });
  }
  function note(episode: Parameters<AgentStore["note"]>[0]): Episode {
    const atMs = episode.atMs ?? context.nowMs();
    if (!Number.isInteger(atMs) || Math.abs(atMs) > timeMs) {
      throw new TimmyError("bad-payload", "A time is whole ms.");
    }
    const id = ports.makeId();
    const row = {
      id,
      kind: "episode" as const,
      key: "",
      text: episode.content.toWellFormed(),
      source: episode.from,
      created_ms: atMs,
      at_ms: atMs,
      importance: episode.importance,
      tags: tagsJson(episode.tags),
      who: episode.who.toWellFormed(),
      access_count: 0,
      extra: "",
    };
    context.write(() => {
      touches.flush();
      writer.add(row);
    });
    return toEpisode({ ...row, seq: 0 });
  }
  return {
    remember: (rawKey, rawValue, from) =>
      context.write(() => {
        touches.flush();
        const [key, value] = [rawKey.toWellFormed(), rawValue.toWellFormed()];
        const nowMs = context.nowMs();
        const old = byKeyAndSource.get(key, from);
        if (old !== undefined) {
          writer.change(old, value, nowMs);
          return toFact({ ...old, text: value, at_ms: nowMs });
        }
        const row = {
          id: ports.makeId(),
          kind: "fact" as const,
          key,
          text: value,
          source: from,
          created_ms: nowMs,
          at_ms: nowMs,
          importance: 0,
          tags: "[]",
          who: "",
          access_count: 0,
          extra: "",
        };
        writer.add(row);
        return toFact({ ...row, seq: 0 });
      }),
    recall: (key) =>
      telling(() => {
        const row = byKey.get(key.toWellFormed());
        return row === undefined ? null : toFact(row);
      }),
    facts: (page) => readPage("fact", page).map(toFact),
    note,
    episodes: (page) =>
      readPage("episode", page).map((row) =>
        toEpisode({ ...row, access_count: row.access_count + touches.waiting(row.id) }),
      ),
    forget: (id) =>
      context.write(() => {
        touches.flush();
        const row = byId.get(id);
        if (row === undefined) return false;
        writer.remove(row);
        return true;
      }),
  };
}
