import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import {
  addLineage,
  readAgent,
  readLineage,
  readSealed,
  readSeed,
  writeAgent,
} from "./agent-record.ts";
import { createBlobs, createCoreBlocks, createPreferences } from "./belongings.ts";
import { createEffects } from "./effects.ts";
import {
  agentIdOf,
  nonceLength,
  sealSeed,
  seedBytes,
  signWith,
  unsealSeed,
} from "./identity-key.ts";
import { makeKeyFile, readKeyFile, type StoreKey } from "./key-file.ts";
import { agentNameChars, effectCount, effectSegment, foundRows } from "./limits.ts";
import { clampLimit, createMemories } from "./memories.ts";
import { checkVersion, migrate } from "./migrate.ts";
import { createFinder } from "./search.ts";
import { openSqlite, type SqliteFile, telling } from "./sqlite-file.ts";
import { checkLength, createContext, type StoreContext, type StorePorts } from "./store-context.ts";
import { keepInternals } from "./store-internals.ts";
import { createTallies } from "./tallies.ts";
import { createTouches } from "./touches.ts";

export interface AgentStoreOptions {
  /** The file of 32 bytes that unseals the private key; `path` with ".key" unless told. */
  readonly keyFile?: string;
  /** `read` is for another process than the one that owns the store. */
  readonly mode?: "write" | "read";
  /** What a new agent is called, and where it is born. */
  readonly name?: string;
  readonly node?: string;
}

export interface OpenAgentStore extends AgentStore {
  /** Why nothing is written and nothing signed: `key-missing`, `key-wrong`, `memory-read-only`. */
  readonly locked: ErrorCode | null;
}

const hasAgent = (db: SqliteFile): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'agent'").get() !== undefined &&
  db.prepare("SELECT 1 FROM agent").get() !== undefined;

/** A new agent: its key, its record and the first line of its lineage. */
function giveBirth(
  db: SqliteFile,
  key: Uint8Array,
  ports: StorePorts,
  options: AgentStoreOptions,
): void {
  const nowMs = Math.round(ports.clock.wallMs());
  const seed = ports.randomBytes(seedBytes);
  const id = agentIdOf(seed);
  const record = {
    id,
    name: options.name ?? "Timmy",
    createdMs: nowMs,
    epoch: 1,
    generation: 0,
    parentId: null,
    stateHash: "",
    status: "living" as const,
    departedTo: "",
  };
  writeAgent(db, record, sealSeed(seed, id, key, ports.randomBytes(nonceLength)));
  addLineage(db, { atMs: nowMs, what: "born", node: options.node ?? "", epoch: 1, note: "" });
}

/** Migrates the file and makes the agent at the first start; answers the store's key. */
function prepare(
  db: SqliteFile,
  path: string,
  ports: StorePorts,
  options: AgentStoreOptions,
): StoreKey {
  const keyFile = options.keyFile ?? `${path}.key`;
  if (options.mode === "read") {
    checkVersion(db);
    return { ok: false, code: "memory-read-only" };
  }
  const inMemory = path === ":memory:" && options.keyFile === undefined;
  const run = db.transaction((): StoreKey => {
    migrate(db, ports.makeId, process.versions["unicode"] ?? "");
    if (hasAgent(db)) return readKeyFile(keyFile);
    const key: StoreKey = inMemory
      ? { ok: true, key: ports.randomBytes(32) }
      : makeKeyFile(keyFile, ports.randomBytes);
    if (!key.ok) throw new TimmyError(key.code, `"${keyFile}"`);
    giveBirth(db, key.key, ports, options);
    return key;
  });
  const key = run.immediate();
  if (!key.ok) return key;
  const opened = unsealSeed(readSealed(db), readAgent(db).id, key.key) !== null;
  return opened ? key : { ok: false, code: "key-wrong" };
}

function assemble(context: StoreContext): OpenAgentStore {
  const { db } = context;
  const touches = createTouches(context);
  const find = createFinder(db);
  const tallies = createTallies(db);
  let open = true;
  const store: OpenAgentStore = {
    locked: context.locked,
    agent: () => telling(() => readAgent(db)),
    sign: (bytes) => telling(() => signWith(readSeed(context), bytes)),
    rename: (name) =>
      context.write(() => {
        checkLength("A name", name, agentNameChars);
        if (name.trim() === "") throw new TimmyError("bad-payload", "An agent has a name.");
        db.prepare("UPDATE agent SET name = ?").run(name.toWellFormed());
      }),
    ...createMemories(context, touches),
    search: (query, limit = 5) =>
      context.read(() => {
        const found = find(query, clampLimit(limit, foundRows));
        for (const { kind, id } of found) if (kind === "episode") touches.touch(id);
        return found;
      }),
    counts: () =>
      context.read(() => {
        const of = tallies.get;
        return { facts: of("fact"), episodes: of("episode"), blobs: of("blob") };
      }),
    ...createCoreBlocks(context),
    ...createPreferences(context),
    ...createBlobs(context),
    lineage: () => telling(() => readLineage(db)),
    effects: createEffects(context, { count: effectCount, segment: effectSegment }),
    stop() {
      if (!open) return;
      open = false;
      try {
        if (context.locked === null) context.write(() => touches.flush());
      } catch {
        // Counts of accesses are hints: closing is what matters.
      }
      db.close();
    },
  };
  keepInternals(store, { context, touches });
  return store;
}

/**
 * Opens an agent's store, and makes the agent at the first start. A store without its right key file
 * opens for reading, with the reason in `locked`. Throws `bad-file`, `memory-newer`, `memory-busy`.
 */
export function openAgentStore(
  path: string,
  ports: StorePorts,
  options: AgentStoreOptions = {},
): OpenAgentStore {
  const db = openSqlite(path, options.mode ?? "write");
  try {
    const key = telling(() => prepare(db, path, ports, options));
    const storeKey = key.ok ? key.key : null;
    const locked = key.ok ? null : key.code;
    return assemble(createContext({ path, ports, db, storeKey, locked }));
  } catch (error) {
    db.close();
    throw error;
  }
}
