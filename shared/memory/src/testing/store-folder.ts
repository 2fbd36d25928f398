import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "@timmy/shared/ids";
import { createRandom } from "@timmy/shared/ports/random";
import { afterEach, beforeEach } from "vitest";
import { type AgentStoreOptions, type OpenAgentStore, openAgentStore } from "../agent-store.ts";
import { createSeededPorts } from "../seeded-ports.ts";
import { beginImport } from "../store-import.ts";

export interface StoreFolder {
  path(name?: string): string;
  /** Milliseconds; each store of this folder reads it. */
  nowMs: number;
  open(name?: string, options?: AgentStoreOptions): OpenAgentStore;
}

/** A folder for each test, with stores that are closed at its end. */
export function useStoreFolder(): StoreFolder {
  let root = "";
  let stores: OpenAgentStore[] = [];
  let seed = 0;
  const folder: StoreFolder = {
    nowMs: 1000,
    path: (name = "memory.sqlite") => join(root, name),
    open(name = "memory.sqlite", options = {}) {
      // Each store has a seed of its own: no two are born with one key.
      const ports = createSeededPorts({ wallMs: () => folder.nowMs }, createRandom(++seed));
      const store = openAgentStore(name === ":memory:" ? name : join(root, name), ports, options);
      stores.push(store);
      return store;
    },
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "timmy-memory-"));
    folder.nowMs = 1000;
    seed = 0;
  });
  afterEach(() => {
    for (const store of stores) store.stop();
    stores = [];
    rmSync(root, { recursive: true });
  });
  return folder;
}

/** An episode of the owner's with the rest as it usually is. */
export const episodeOf = (content: string) => ({
  content,
  importance: 0.5,
  tags: [] as readonly string[],
  from: "owner" as const,
  who: "Ada",
});

/** Replaces all that a store knows by these episodes, in one transaction, and keeps who it is. */
export function fillWith(store: OpenAgentStore, contents: readonly string[]): void {
  const makeId = createIds({ wallMs: () => 1 }, createRandom(contents.length));
  const record = store.agent();
  const load = beginImport(store);
  load.record(record, null);
  for (const [k, content] of contents.entries()) {
    const episode = { ...episodeOf(content), id: makeId(), atMs: k, accessCount: 0, extra: "" };
    load.episode(episode);
  }
  load.commit();
}
