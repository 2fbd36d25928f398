import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The process that uses a folder now, or null; a lock that a dead process left counts for nothing. */
function ownerOf(lock: string): number | null {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : null;
  } catch {
    return null;
  }
}

/** Whether no Timmy runs on the folder now. */
export const isFolderFree = (folder: string): boolean =>
  ownerOf(join(folder, "timmy.pid")) === null;

/**
 * Makes the folder for memory and log and takes it for this process; answers how to give it back.
 * Throws `folder-in-use` and `bad-file`.
 */
export function takeFolder(folder: string): () => void {
  const lock = join(folder, "timmy.pid");
  try {
    mkdirSync(folder, { recursive: true });
    const owner = ownerOf(lock);
    if (owner !== null) throw new TimmyError("folder-in-use", `${folder}, by process ${owner}.`);
    writeFileSync(lock, String(process.pid));
  } catch (cause) {
    if (cause instanceof TimmyError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TimmyError("bad-file", `The folder ${folder} cannot be used: ${why}.`, { cause });
  }
  return () => rmSync(lock, { force: true });
}
