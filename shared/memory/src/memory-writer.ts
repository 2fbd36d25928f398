import { TimmyError } from "@timmy/shared/errors";
import {
  extraChars,
  keyChars,
  memoryCount,
  tagChars,
  tagsPerEpisode,
  textChars,
  whoChars,
} from "./limits.ts";
import { type MemoryRow, textOf } from "./memory-rows.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { checkLength } from "./store-context.ts";
import { createTallies } from "./tallies.ts";
import { indexedWords } from "./words.ts";

export type NewMemory = Omit<MemoryRow, "seq">;

/** Adds and removes memories with their words. Callers stand in a transaction. */
export interface MemoryWriter {
  add(memory: NewMemory): void;
  change(old: MemoryRow, text: string, atMs: number): void;
  remove(row: MemoryRow): void;
}

function check(memory: NewMemory): void {
  if (memory.kind === "fact" && memory.key === "") {
    throw new TimmyError("bad-payload", "A fact has a key.");
  }
  if (!(memory.importance >= 0 && memory.importance <= 1)) {
    throw new TimmyError("bad-payload", "Importance is a number from 0 to 1.");
  }
  checkLength("A key", memory.key, keyChars);
  checkLength("A memory", memory.text, textChars);
  checkLength("A sender", memory.who, whoChars);
  checkLength("The tags", memory.tags, 2 + tagsPerEpisode * (tagChars * 6 + 3));
  checkLength("Unknown fields", memory.extra, extraChars);
}

export function createMemoryWriter(db: SqliteFile): MemoryWriter {
  const insert = db.prepare(
    `INSERT INTO memories (id, kind, key, text, source, created_ms, at_ms, importance, tags, who,
       access_count, extra)
     VALUES (@id, @kind, @key, @text, @source, @created_ms, @at_ms, @importance, @tags, @who,
       @access_count, @extra)`,
  );
  const update = db.prepare("UPDATE memories SET text = ?, at_ms = ? WHERE seq = ?");
  const remove = db.prepare("DELETE FROM memories WHERE seq = ?");
  const tallies = createTallies(db);
  const index = db.prepare("INSERT INTO memory_words (rowid, words) VALUES (?, ?)");
  // The index keeps no texts: to take words out it must be told which ones went in.
  const unindex = db.prepare(
    "INSERT INTO memory_words (memory_words, rowid, words) VALUES ('delete', ?, ?)",
  );
  return {
    add(memory) {
      check(memory);
      if (tallies.memories() >= memoryCount) throw new TimmyError("memory-full");
      const { lastInsertRowid } = insert.run(memory);
      tallies.raise(memory.kind, 1);
      index.run(lastInsertRowid, indexedWords(textOf(memory)));
    },
    change(old, text, atMs) {
      check({ ...old, text });
      update.run(text, atMs, old.seq);
      unindex.run(old.seq, indexedWords(textOf(old)));
      index.run(old.seq, indexedWords(textOf({ ...old, text })));
    },
    remove(row) {
      unindex.run(row.seq, indexedWords(textOf(row)));
      remove.run(row.seq);
      tallies.raise(row.kind, -1);
    },
  };
}

/** Cuts every text into words again: after `words.ts`, or the Unicode tables under it, changed. */
export function indexAgain(db: SqliteFile): void {
  db.exec("INSERT INTO memory_words (memory_words) VALUES ('delete-all')");
  const index = db.prepare("INSERT INTO memory_words (rowid, words) VALUES (?, ?)");
  const page = db.prepare<[number], MemoryRow>(
    "SELECT * FROM memories WHERE seq > ? ORDER BY seq LIMIT 1000",
  );
  for (let rows = page.all(-1); rows.length > 0; rows = page.all(rows.at(-1)?.seq ?? 0)) {
    for (const row of rows) index.run(row.seq, indexedWords(textOf(row)));
  }
}
