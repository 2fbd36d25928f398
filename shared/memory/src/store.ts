import type { Memory, Provenance } from "@timmy/shared/agent/tim-agent";
import { TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import Database from "better-sqlite3";

export interface MemoryStore {
  remember(key: string, value: string, from: Provenance): void;
  recall(key: string): Memory | null;
  /** Facts whose key or value holds every word of the query, newest first. */
  search(query: string, limit?: number): readonly Memory[];
  stop(): void;
}

/** Characters of one key and of one value. */
const keyLimit = 200;
const valueLimit = 20_000;

interface Row {
  readonly key: string;
  readonly value: string;
  readonly source: string;
}

const provenances: readonly Provenance[] = ["owner", "agent", "peer", "world"];

function toMemory(row: Row): Memory {
  // A source that this version does not know counts as the least trusted.
  const from = provenances.find((p) => p === row.source) ?? "world";
  return { key: row.key, value: row.value, from };
}

/** Opens (and makes) the agent's memory; `path` may be ":memory:". Throws `bad-file`. */
export function openMemoryStore(path: string, clock: Pick<Clock, "wallMs">): MemoryStore {
  let db: Database.Database;
  try {
    // A file that another process holds is an error at once: nobody waits for it in a robot.
    db = new Database(path, { timeout: 50 });
    db.pragma("journal_mode = WAL");
    // The WAL default loses acknowledged commits at a power cut.
    db.pragma("synchronous = FULL");
    db.exec(`CREATE TABLE IF NOT EXISTS facts (
      key TEXT PRIMARY KEY, value TEXT NOT NULL, source TEXT NOT NULL, changed_ms INTEGER NOT NULL
    ) STRICT`);
  } catch (cause) {
    throw new TimmyError("bad-file", `The memory "${path}" cannot be opened.`, { cause });
  }
  const put = db.prepare(
    `INSERT INTO facts VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, source = excluded.source,
     changed_ms = excluded.changed_ms`,
  );
  const get = db.prepare<[string], Row>("SELECT key, value, source FROM facts WHERE key = ?");
  return {
    remember(key, value, from) {
      if (key.length === 0 || key.length > keyLimit || value.length > valueLimit) {
        throw new TimmyError("too-large", `A fact holds ${keyLimit} and ${valueLimit} characters.`);
      }
      put.run(key, value, from, Math.round(clock.wallMs()));
    },
    recall(key) {
      const row = get.get(key);
      return row === undefined ? null : toMemory(row);
    },
    search(query, limit = 5) {
      const words = query
        .toLowerCase()
        .split(/\s+/u)
        .filter((w) => w !== "")
        .slice(0, 12);
      if (words.length === 0) return [];
      const where = words.map(() => "instr(lower(key || ' ' || value), ?) > 0").join(" AND ");
      return db
        .prepare<(string | number)[], Row>(
          `SELECT key, value, source FROM facts WHERE ${where} ORDER BY changed_ms DESC, key LIMIT ?`,
        )
        .all(...words, Math.max(0, Math.min(100, limit)))
        .map(toMemory);
    },
    stop: () => void db.close(),
  };
}
