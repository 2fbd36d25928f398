import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import { readAgent, readLineage, readSeed } from "./agent-record.ts";
import { createBlobs, createCoreBlocks, createPreferences } from "./belongings.ts";
import { prepareStore, readStoreKey } from "./birth.ts";
import { createEffects } from "./effects.ts";
import { signWith } from "./identity-key.ts";
import { agentNameChars, effectCount, effectSegment, foundRows } from "./limits.ts";
import { clampLimit, createMemories } from "./memories.ts";
import { checkVersion } from "./migrate.ts";
import { createFinder } from "./search.ts";
import { openSqlite, telling } from "./sqlite-file.ts";
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
  /** A new file holds nobody: the body waits for an agent to move in. */
  readonly vacant?: boolean;
}

export interface OpenAgentStore extends AgentStore {
  /**
   * Why nothing is written: `key-missing` and `key-wrong`, with which nothing is signed either, or
   * `memory-read-only`.
   */
  readonly locked: ErrorCode | null;
}

function assemble(context: StoreContext): OpenAgentStore {
  const { db } = context;
  const touches = createTouches(context);
  const find = createFinder(db, context.ports.nearest);
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
  const { mode = "write", keyFile, name = "Timmy", node = "", vacant = false } = options;
  const db = openSqlite(path, mode);
  try {
    // A store in memory has a key in memory, unless it is told of a file.
    const keyPath = keyFile ?? (path === ":memory:" ? null : `${path}.key`);
    const key = telling(() => {
      if (mode === "write") return prepareStore(db, keyPath, ports, { name, node, vacant });
      checkVersion(db);
      return readStoreKey(db, keyPath ?? "");
    });
    const storeKey = key.ok ? key.key : null;
    const locked = mode === "read" ? "memory-read-only" : key.ok ? null : key.code;
    return assemble(createContext({ path, ports, db, storeKey, locked }));
  } catch (error) {
    db.close();
    throw error;
  }
}
