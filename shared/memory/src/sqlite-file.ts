import { chmodSync, closeSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import Database from "better-sqlite3";
import { busyTimeoutMs } from "./limits.ts";

export type SqliteFile = Database.Database;

function codeOf(sqlite: string): ErrorCode {
  if (sqlite === "SQLITE_FULL") return "disk-full";
  if (sqlite.startsWith("SQLITE_IOERR")) return "disk-error";
  if (sqlite.startsWith("SQLITE_CORRUPT")) return "memory-broken";
  if (sqlite.startsWith("SQLITE_BUSY")) return "memory-busy";
  if (sqlite.startsWith("SQLITE_READONLY")) return "memory-read-only";
  // A record with an id or a name that is there already.
  if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(sqlite)) return "bad-payload";
  if (sqlite.startsWith("SQLITE_CANTOPEN") || sqlite === "SQLITE_NOTADB") return "bad-file";
  return "internal";
}

/** SQLite's errors in our codes; ours stay what they are. */
export function toTimmyError(cause: unknown): TimmyError {
  if (cause instanceof TimmyError) return cause;
  if (cause instanceof Database.SqliteError) {
    return new TimmyError(codeOf(cause.code), `${cause.message} (${cause.code}).`, { cause });
  }
  return new TimmyError("internal", cause instanceof Error ? cause.message : "", { cause });
}

/** What `run` answers; its errors are ours. */
export function telling<R>(run: () => R): R {
  try {
    return run();
  } catch (cause) {
    throw toTimmyError(cause);
  }
}

/** A name that was made or renamed in a folder is on disk only when the folder is. */
export function syncFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function createFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  syncFolder(path);
}

/**
 * WAL loses acknowledged commits at a power cut unless every commit is synced, and better-sqlite3 is
 * built with NORMAL for WAL. So FULL is set on every open, and looked at again after a read.
 */
function makeDurable(db: SqliteFile): void {
  if (!db.readonly) db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  // What was forgotten is not left in free pages of the file.
  db.pragma("secure_delete = ON");
  db.prepare("SELECT count(*) FROM sqlite_schema").get();
  const asked = (name: string) => String(db.pragma(name, { simple: true }));
  if (asked("synchronous") !== "2" || asked("journal_mode") !== (db.memory ? "memory" : "wal")) {
    throw new TimmyError("internal", "The memory is not open in WAL mode with synchronous FULL.");
  }
}

/** Opens a file that is its owner's alone; `path` may be ":memory:". Throws `bad-file` and others. */
export function openSqlite(path: string, mode: "write" | "read"): SqliteFile {
  const readonly = mode === "read";
  let db: SqliteFile;
  try {
    if (path !== ":memory:" && !readonly) createFile(path);
    db = new Database(path, { timeout: busyTimeoutMs, readonly, fileMustExist: readonly });
  } catch (cause) {
    throw new TimmyError("bad-file", `The memory "${path}" cannot be opened.`, { cause });
  }
  try {
    makeDurable(db);
    return db;
  } catch (cause) {
    db.close();
    throw toTimmyError(cause);
  }
}
