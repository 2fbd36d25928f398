import type { AgentStore, CoreBlock, LineageEntry } from "@timmy/shared/agent/agent-store";
import Database from "better-sqlite3";
import { readAgent } from "./agent-record.ts";
import { readHead } from "./effects.ts";
import { type MemoryRow, toEpisode, toFact, toProvenance } from "./memory-rows.ts";
import { openSqlite, type SqliteFile, telling } from "./sqlite-file.ts";
import { internalsOf } from "./store-internals.ts";
import type {
  BlobRow,
  CoreBlockRow,
  DocumentRow,
  EpisodeRow,
  FactRow,
  LineageRow,
  PreferenceRow,
  StoreSnapshot,
} from "./store-sections.ts";
import { createTallies } from "./tallies.ts";

function* rows<Row, Out>(db: SqliteFile, sql: string, map: (row: Row) => Out): Generator<Out> {
  for (const row of db.prepare<[], Row>(sql).iterate()) yield map(row);
}

/** A second connection that stays at this moment; a store in memory is copied. */
function openMoment(store: AgentStore): SqliteFile {
  const { context, touches } = internalsOf(store);
  if (context.locked === null) context.write(() => touches.flush());
  if (context.db.memory) return new Database(context.db.serialize());
  const db = openSqlite(context.path, "read");
  db.exec("BEGIN");
  return db;
}

const memories = (kind: string) => `SELECT * FROM memories WHERE kind = '${kind}' ORDER BY id`;
const same = <T>(row: T): T => row;

/** One moment of a store, to be read row by row while others go on writing; close it. */
export function openSnapshot(store: AgentStore): StoreSnapshot {
  const db = telling(() => openMoment(store));
  // The first read fixes the moment.
  const agent = telling(() => readAgent(db));
  const effectHead = readHead(db);
  const tallies = createTallies(db);
  return {
    agent,
    effectHead,
    counts: () => ({
      facts: tallies.get("fact"),
      episodes: tallies.get("episode"),
      blobs: tallies.get("blob"),
    }),
    facts: () =>
      rows(
        db,
        memories("fact"),
        (row: MemoryRow): FactRow => ({ ...toFact(row), extra: row.extra }),
      ),
    episodes: () =>
      rows(
        db,
        memories("episode"),
        (row: MemoryRow): EpisodeRow => ({ ...toEpisode(row), extra: row.extra }),
      ),
    coreBlocks: () =>
      rows(
        db,
        "SELECT name, text, source, changed_ms AS changedMs, extra FROM core_blocks ORDER BY name",
        ({ source, ...row }: Omit<CoreBlock, "from"> & { source: string; extra: string }) =>
          ({ ...row, from: toProvenance(source) }) satisfies CoreBlockRow,
      ),
    preferences: () =>
      rows(db, "SELECT name, value, extra FROM preferences ORDER BY name", same<PreferenceRow>),
    blobs: () =>
      rows(
        db,
        "SELECT sha256, bytes, extra FROM blobs ORDER BY sha256",
        (row: BlobRow): BlobRow => ({ ...row, bytes: new Uint8Array(row.bytes) }),
      ),
    lineage: () =>
      rows(
        db,
        "SELECT at_ms AS atMs, what, node, epoch, note, extra FROM lineage ORDER BY seq",
        same<LineageEntry & { readonly extra: string } & LineageRow>,
      ),
    documents: () => rows(db, "SELECT name, text FROM documents ORDER BY name", same<DocumentRow>),
    close: () => void db.close(),
  };
}
