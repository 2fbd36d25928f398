import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createParts, type Parts } from "./parts.ts";
import type { Guard } from "./program.ts";
import { cacheRoot, type Tools } from "./tools.ts";

/** The one network that stands in the background for a person (`npm run regtest -- up`). */
export const standingFolder = join(cacheRoot, "regtest-up");
export const standingLog = join(standingFolder, "up.log");
/** Chain, wallets and channels; kept between `down` and `up`. */
export const standingNodes = join(standingFolder, "nodes");
const recordFile = join(standingFolder, "standing.json");

export interface Standing {
  readonly pid: number;
  readonly firstPort: number;
}

/** What stands, or null; a record whose process is gone counts for nothing. */
export function readStanding(): Standing | null {
  if (!existsSync(recordFile)) return null;
  const record = JSON.parse(readFileSync(recordFile, "utf8")) as Standing;
  try {
    process.kill(record.pid, 0);
    return record;
  } catch {
    return null;
  }
}

export function writeStanding(record: Standing): void {
  const fresh = `${recordFile}.${record.pid}`;
  writeFileSync(fresh, JSON.stringify(record), { mode: 0o600 });
  renameSync(fresh, recordFile);
}

/** Handles to the nodes that another process runs: to ask, not to start or stop. */
export function standingParts(tools: Tools, { firstPort }: Standing): Promise<Parts> {
  const guard: Guard = {
    watch() {},
    forget() {},
    folder() {},
    keep() {},
    end: () => Promise.resolve(),
  };
  return createParts({ tools, folder: standingNodes, guard, firstPort });
}
