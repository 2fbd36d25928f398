import type { AgentRecord, LifeStatus, LineageEntry } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import { nonceBytes, sealSeed, unsealSeed } from "./identity-key.ts";
import { agentNameChars, lineageChars, lineageCount, nameChars } from "./limits.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { checkLength, type StoreContext } from "./store-context.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly created_ms: number;
  readonly epoch: number;
  readonly generation: number;
  readonly parent_id: string | null;
  readonly state_hash: string;
  readonly status: string;
  readonly departed_to: string;
  readonly sealed_key: Uint8Array;
}

const statuses: readonly LifeStatus[] = ["vacant", "living", "leaving", "departed", "arriving"];

/** It is asked several times a second, whatever the body does: prepared once for each open file. */
const statements = new WeakMap<SqliteFile, { get(): Row | undefined }>();

function readRow(db: SqliteFile): Row {
  const known = statements.get(db);
  const statement = known ?? db.prepare<[], Row>("SELECT * FROM agent");
  if (known === undefined) statements.set(db, statement);
  const row = statement.get();
  if (row === undefined) throw new TimmyError("memory-broken", "It holds no agent.");
  return row;
}

export function readAgent(db: SqliteFile): AgentRecord {
  const row = readRow(db);
  return {
    id: row.id,
    name: row.name,
    createdMs: row.created_ms,
    epoch: row.epoch,
    generation: row.generation,
    parentId: row.parent_id,
    stateHash: row.state_hash,
    // A status that this version does not know acts no more than a departed one.
    status: statuses.find((known) => known === row.status) ?? "departed",
    departedTo: row.departed_to,
  };
}

/** The sealed private key as it stands in the file. */
export const readSealed = (db: SqliteFile): Uint8Array => readRow(db).sealed_key;

export const seal = (context: StoreContext, seed: Uint8Array, id: string): Uint8Array => {
  if (context.storeKey === null) throw new TimmyError("key-missing");
  return sealSeed(seed, id, context.storeKey, context.ports.randomBytes(nonceBytes));
};

/** The agent's seed; throws the reason of the lock, or `key-wrong`. */
export function readSeed(context: StoreContext): Uint8Array {
  if (context.storeKey === null) throw new TimmyError(context.locked ?? "key-missing");
  const { id, sealed_key: sealed } = readRow(context.db);
  const seed = unsealSeed(sealed, id, context.storeKey);
  if (seed === null) throw new TimmyError("key-wrong");
  return seed;
}

/** Writes the whole record; the caller stands in a transaction. */
export function writeAgent(db: SqliteFile, record: AgentRecord, sealed: Uint8Array): void {
  checkLength("A name", record.name, agentNameChars);
  checkLength("A node's name", record.departedTo, nameChars);
  db.prepare(`INSERT OR REPLACE INTO agent VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
    record.id,
    record.name.toWellFormed(),
    record.createdMs,
    record.epoch,
    record.generation,
    record.parentId,
    record.stateHash,
    record.status,
    record.departedTo,
    sealed,
  );
}

/** Of the lines below the first, which says where the agent was born. */
const dropOldest = `DELETE FROM lineage WHERE seq IN
  (SELECT seq FROM lineage ORDER BY seq LIMIT ? OFFSET 1)`;

/** Adds a line to the lineage, in place of the oldest at the limit; in a transaction. */
export function addLineage(db: SqliteFile, entry: LineageEntry, extra = ""): void {
  checkLength("A line of the lineage", entry.note, lineageChars);
  checkLength("A node's name", entry.node, nameChars);
  const { n } = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM lineage").get() ?? {
    n: 0,
  };
  if (n >= lineageCount) db.prepare(dropOldest).run(n - lineageCount + 1);
  db.prepare(
    "INSERT INTO lineage (at_ms, what, node, epoch, note, extra) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(entry.atMs, entry.what, entry.node, entry.epoch, entry.note.toWellFormed(), extra);
}

export function readLineage(db: SqliteFile): readonly LineageEntry[] {
  return db
    .prepare<[], LineageEntry>(
      "SELECT at_ms AS atMs, what, node, epoch, note FROM lineage ORDER BY seq",
    )
    .all();
}
