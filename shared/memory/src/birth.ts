import type { AgentRecord } from "@timmy/shared/agent/agent-store";
import { TimmyError } from "@timmy/shared/errors";
import { addLineage, readAgent, readSealed, writeAgent } from "./agent-record.ts";
import { agentIdOf, nonceBytes, sealSeed, seedBytes, unsealSeed } from "./identity-key.ts";
import { makeKeyFile, readKeyFile, type StoreKey } from "./key-file.ts";
import { isCurrent, migrate } from "./migrate.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import type { StorePorts } from "./store-context.ts";

interface Birth {
  readonly name: string;
  readonly node: string;
  /** Nobody is born: the body waits for an agent. */
  readonly vacant: boolean;
}

const hasAgent = (db: SqliteFile): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'agent'").get() !== undefined &&
  db.prepare("SELECT 1 FROM agent").get() !== undefined;

/** The record and the private seed of a new agent, or of an empty body. */
export function makeAgent(
  ports: StorePorts,
  name: string,
  status: "living" | "vacant",
): { readonly record: AgentRecord; readonly seed: Uint8Array } {
  const seed = ports.randomBytes(seedBytes);
  const createdMs = Math.round(ports.clock.wallMs());
  const life = { epoch: 1, generation: 0, parentId: null, stateHash: "", status, departedTo: "" };
  return { record: { id: agentIdOf(seed), name, createdMs, ...life }, seed };
}

/** A new agent: its key, its record and the first line of its lineage. In a transaction. */
function giveBirth(db: SqliteFile, key: Uint8Array, ports: StorePorts, birth: Birth): void {
  const { name, vacant, node } = birth;
  const { record, seed } = makeAgent(ports, vacant ? "" : name, vacant ? "vacant" : "living");
  writeAgent(db, record, sealSeed(seed, record.id, key, ports.randomBytes(nonceBytes)));
  addLineage(db, { atMs: record.createdMs, what: "born", node, epoch: 1, note: "" });
}

/** The store's key, when it opens this agent's private key. */
export function readStoreKey(db: SqliteFile, keyPath: string): StoreKey {
  const key = readKeyFile(keyPath);
  if (!key.ok) return key;
  const opened = unsealSeed(readSealed(db), readAgent(db).id, key.key) !== null;
  return opened ? key : { ok: false, code: "key-wrong" };
}

/**
 * Migrates the file, and makes the agent at the first start; answers the store's key. Without a path
 * the key is made and lives in memory.
 */
export function prepareStore(
  db: SqliteFile,
  keyPath: string | null,
  ports: StorePorts,
  birth: Birth,
): StoreKey {
  const unicode = process.versions["unicode"] ?? "";
  // A store that needs nothing is opened without waiting for anybody who writes to it.
  if (keyPath !== null && isCurrent(db, unicode)) return readStoreKey(db, keyPath);
  const prepare = db.transaction((): StoreKey | null => {
    migrate(db, ports.makeId, unicode);
    if (hasAgent(db)) return null;
    const key: StoreKey =
      keyPath === null
        ? { ok: true, key: ports.randomBytes(32) }
        : makeKeyFile(keyPath, ports.randomBytes);
    if (!key.ok) throw new TimmyError(key.code, `"${keyPath ?? ""}"`);
    giveBirth(db, key.key, ports, birth);
    return key;
  });
  return prepare.immediate() ?? readStoreKey(db, keyPath ?? "");
}
