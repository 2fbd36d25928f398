import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import { addLineage, readAgent, readSealed, seal, writeAgent } from "./agent-record.ts";
import { checkName, countBlob, sha256 } from "./belongings.ts";
import { beginAfter } from "./effects.ts";
import { agentIdOf } from "./identity-key.ts";
import * as limits from "./limits.ts";
import { createMemoryWriter, type MemoryWriter } from "./memory-writer.ts";
import { openSqlite, type SqliteFile, telling } from "./sqlite-file.ts";
import { checkLength, type StoreContext } from "./store-context.ts";
import { internalsOf } from "./store-internals.ts";
import type { StoreImport } from "./store-sections.ts";
import { createTallies } from "./tallies.ts";

type Fillers = Omit<StoreImport, "commit" | "abort">;

const tellingOf =
  <Row>(fill: (row: Row) => void) =>
  (row: Row): void =>
    telling(() => fill(row));

/** Everything that moves with an agent; its record stays until it is written over. */
function empty(db: SqliteFile): void {
  db.exec(`
    DELETE FROM memories; DELETE FROM core_blocks; DELETE FROM preferences; DELETE FROM blobs;
    DELETE FROM lineage; DELETE FROM documents;
    INSERT INTO memory_words (memory_words) VALUES ('delete-all');
  `);
  beginAfter(db, { seq: 0, hash: "" });
  const tallies = createTallies(db);
  for (const name of ["fact", "episode", "blob", "blob-bytes"] as const) tallies.set(name, 0);
}

function fillMemories(writer: MemoryWriter): Pick<Fillers, "fact" | "episode"> {
  return {
    fact: tellingOf((row) =>
      writer.add({
        id: row.id,
        kind: "fact",
        key: row.key,
        text: row.value,
        source: row.from,
        created_ms: row.createdMs,
        at_ms: row.changedMs,
        importance: 0,
        tags: "[]",
        who: "",
        access_count: 0,
        extra: row.extra,
      }),
    ),
    episode: tellingOf((row) =>
      writer.add({
        id: row.id,
        kind: "episode",
        key: "",
        text: row.content,
        source: row.from,
        created_ms: row.atMs,
        at_ms: row.atMs,
        importance: row.importance,
        tags: JSON.stringify(row.tags),
        who: row.who,
        access_count: row.accessCount,
        extra: row.extra,
      }),
    ),
  };
}

/** Counts what goes into a table, up to its limit. */
function createRoom(what: string, most: number): () => void {
  let used = 0;
  return () => {
    used++;
    if (used > most) throw new TimmyError("memory-full", `There are at most ${most} ${what}.`);
  };
}

function fillBelongings(db: SqliteFile): Omit<Fillers, "record" | "fact" | "episode"> {
  const block = db.prepare("INSERT INTO core_blocks VALUES (?, ?, ?, ?, ?)");
  const preference = db.prepare("INSERT INTO preferences VALUES (?, ?, ?)");
  const blob = db.prepare("INSERT INTO blobs (sha256, bytes, extra) VALUES (?, ?, ?)");
  const document = db.prepare("INSERT INTO documents VALUES (?, ?)");
  const tallies = createTallies(db);
  const forBlock = createRoom("core blocks", limits.coreBlockCount);
  const forPreference = createRoom("preferences", limits.preferenceCount);
  const forDocument = createRoom("documents", limits.documentCount);
  const checkExtra = (extra: string) => checkLength("Unknown fields", extra, limits.extraChars);
  return {
    coreBlock: tellingOf((row) => {
      forBlock();
      checkName("A core block", row.name);
      checkLength("A core block", row.text, limits.coreBlockChars);
      checkExtra(row.extra);
      block.run(row.name, row.text, row.from, row.changedMs, row.extra);
    }),
    preference: tellingOf((row) => {
      forPreference();
      checkName("A preference", row.name);
      checkLength("A preference", row.value, limits.preferenceChars);
      checkExtra(row.extra);
      preference.run(row.name, row.value, row.extra);
    }),
    blob: tellingOf((row) => {
      checkExtra(row.extra);
      if (row.bytes.length > limits.blobBytes) {
        throw new TimmyError("too-large", `A blob holds at most ${limits.blobBytes} bytes.`);
      }
      if (sha256(row.bytes) !== row.sha256) {
        throw new TimmyError("bad-payload", `The blob ${row.sha256} has other bytes.`);
      }
      countBlob(tallies, row.bytes.length);
      blob.run(row.sha256, row.bytes, row.extra);
    }),
    lineage: tellingOf((row) => {
      checkExtra(row.extra);
      addLineage(db, row, row.extra);
    }),
    document: tellingOf((row) => {
      forDocument();
      checkName("A document", row.name);
      checkLength("A document", row.text, limits.documentChars);
      document.run(row.name, row.text);
    }),
    effectHead: tellingOf((head) => beginAfter(db, head)),
  };
}

function fillRecord(context: StoreContext, db: SqliteFile): Fillers["record"] {
  return (record, seed) => {
    if (seed === null && record.id !== readAgent(db).id) {
      throw new TimmyError("key-missing", "The private key of this agent is not here.");
    }
    if (seed !== null && agentIdOf(seed) !== record.id) {
      throw new TimmyError("key-wrong", "The private key is another agent's.");
    }
    writeAgent(db, record, seed === null ? readSealed(db) : seal(context, seed, record.id));
  };
}

/**
 * Empties a store in a transaction and answers what fills it; the store's other writes are refused
 * until `commit` or `abort`. Readers see the old content until the commit.
 */
export function beginImport(store: AgentStore): StoreImport {
  const { context, touches } = internalsOf(store);
  // Throws when the store is locked, or another import is under way.
  context.write(() => touches.flush());
  const own = context.db.memory;
  const db = own ? context.db : openSqlite(context.path, "write");
  let open = true;
  function end(sql: "COMMIT" | "ROLLBACK"): void {
    if (!open) return;
    // A commit that fails leaves the import open: it can be tried again, or given up.
    if (sql === "COMMIT") telling(() => db.exec(sql));
    open = false;
    context.setImporting(false);
    if (db.open && db.inTransaction) db.exec(sql);
    if (!own) db.close();
  }
  try {
    telling(() => {
      db.exec("BEGIN IMMEDIATE");
      empty(db);
    });
    context.setImporting(true);
    const record = fillRecord(context, db);
    return {
      record: (row, seed) => telling(() => record(row, seed)),
      ...fillMemories(createMemoryWriter(db)),
      ...fillBelongings(db),
      commit: () => end("COMMIT"),
      abort: () => end("ROLLBACK"),
    };
  } catch (error) {
    end("ROLLBACK");
    throw error;
  }
}
