import { closeSync, fsyncSync, openSync, rmSync } from "node:fs";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import type { Clock } from "@timmy/shared/ports/time";
import { type SqliteFile, syncFolder, telling } from "./sqlite-file.ts";

export interface StorePorts {
  readonly clock: Pick<Clock, "wallMs">;
  readonly makeId: MakeId;
  /** For keys and nonces: the machine's own, except under a seed. */
  readonly randomBytes: (count: number) => Uint8Array;
  /**
   * Ids of the memories that are nearest in meaning, nearest first: an index of vectors. Without it
   * words alone decide.
   */
  readonly nearest?: (query: string, limit: number) => readonly string[];
}

/** What the parts of one open store share. */
export interface StoreContext {
  readonly path: string;
  readonly ports: StorePorts;
  readonly db: SqliteFile;
  /** Unseals private keys; null when the key file is missing or wrong. */
  readonly storeKey: Uint8Array | null;
  /** Why nothing may be written, or null. */
  readonly locked: ErrorCode | null;
  nowMs(): number;
  /** One transaction, on disk when it returns; errors are ours. */
  write<R>(run: () => R): R;
  /** What `run` reads is of one moment, also while another process writes; errors are ours. */
  read<R>(run: () => R): R;
  /** While an import is under way the store has no other writer. */
  setImporting(importing: boolean): void;
}

/** SQLite's transaction with our locks and errors around it. */
export function createContext(
  parts: Pick<StoreContext, "path" | "ports" | "db" | "storeKey" | "locked">,
): StoreContext {
  const { db, locked, ports } = parts;
  let importing = false;
  return {
    ...parts,
    nowMs: () => Math.round(ports.clock.wallMs()),
    write: (run) =>
      telling(() => {
        if (locked !== null) throw new TimmyError(locked);
        if (importing) throw new TimmyError("memory-busy", "A state is being imported.");
        return db.inTransaction ? run() : db.transaction(run).immediate();
      }),
    read: (run) => telling(() => (db.inTransaction ? run() : db.transaction(run).deferred())),
    setImporting(value) {
      importing = value;
    },
  };
}

/** Throws `too-large` unless the text has at most `limit` characters. */
export function checkLength(what: string, text: string, limit: number): void {
  if (text.length > limit) {
    throw new TimmyError("too-large", `${what} holds at most ${limit} characters.`);
  }
}

/** A whole copy of the file, its owner's alone, on disk when it returns. */
export function copyFile(context: StoreContext, path: string): void {
  telling(() => {
    // SQLite fills an empty file; it neither sets its rights nor syncs it.
    const file = openSync(path, "wx", 0o600);
    try {
      context.db.prepare("VACUUM INTO ?").run(path);
      fsyncSync(file);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    syncFolder(path);
  });
}
