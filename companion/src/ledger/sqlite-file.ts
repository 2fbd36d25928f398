import { chmodSync, closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import Database from "better-sqlite3";
import { busyTimeoutMs } from "./limits.ts";

export type SqliteFile = Database.Database;

function codeOf(sqlite: string): ErrorCode {
  if (sqlite === "SQLITE_FULL") return "disk-full";
  if (sqlite.startsWith("SQLITE_IOERR")) return "disk-error";
  if (sqlite.startsWith("SQLITE_CORRUPT")) return "books-broken";
  if (sqlite.startsWith("SQLITE_BUSY")) return "folder-in-use";
  if (sqlite.startsWith("SQLITE_CANTOPEN") || sqlite === "SQLITE_NOTADB") return "bad-file";
  return "internal";
}

/** SQLite's errors in our codes; ours stay what they are. */
export function toTimmyError(cause: unknown): TimmyError {
  if (cause instanceof TimmyError) return cause;
  if (cause instanceof Database.SqliteError) {
    return new TimmyError(codeOf(cause.code), `${cause.message} (${cause.code}).`, { cause });
  }
  // Of Node: the look at the free space, the ballast.
  if (cause instanceof Error && "syscall" in cause) {
    const code = "code" in cause && cause.code === "ENOSPC" ? "disk-full" : "disk-error";
    return new TimmyError(code, cause.message, { cause });
  }
  return new TimmyError("internal", cause instanceof Error ? cause.message : "", { cause });
}

/** Whether it was SQLite that met a disk that is full, fails or holds something else. */
export function isOfDisk(error: unknown): boolean {
  const cause = error instanceof TimmyError ? error.cause : error;
  if (!(cause instanceof Database.SqliteError)) return false;
  return ["disk-full", "disk-error", "books-broken"].includes(codeOf(cause.code));
}

/** The same function, but its errors are ours. */
export const telling =
  <A extends readonly unknown[], R>(run: (...values: A) => R) =>
  (...values: A): R => {
    try {
      return run(...values);
    } catch (cause) {
      throw toTimmyError(cause);
    }
  };

/** A new file is its owner's alone, and its name is on disk before anything is promised. */
function createFile(path: string): void {
  if (existsSync(path)) return chmodSync(path, 0o600);
  closeSync(openSync(path, "a", 0o600));
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Opens the file without changing it. SQLite gives its log and index the rights of the file. */
export function openFile(path: string, mode: "write" | "read"): SqliteFile {
  try {
    if (path !== ":memory:" && mode === "write") createFile(path);
    const readonly = mode === "read";
    const db = new Database(path, { timeout: busyTimeoutMs, readonly, fileMustExist: readonly });
    db.defaultSafeIntegers(true);
    return db;
  } catch (cause) {
    throw new TimmyError("bad-file", `The books "${path}" cannot be opened.`, { cause });
  }
}

/**
 * WAL loses acknowledged commits at a power cut unless every commit is synced: better-sqlite3 is
 * built with a default of NORMAL for WAL, which SQLite applies when it first reads the file. So FULL
 * is set on every open, and looked at again after a read.
 */
export function makeDurable(db: SqliteFile): void {
  if (!db.readonly) db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  // REPLACE fires delete triggers only so.
  db.pragma("recursive_triggers = ON");
  db.prepare("SELECT count(*) FROM sqlite_schema").get();
  assertDurable(db);
}

/** Throws `internal` when a commit would not be on disk. */
export function assertDurable(db: SqliteFile): void {
  const asked = (name: string) => String(db.pragma(name, { simple: true }));
  const journal = asked("journal_mode");
  const wanted = db.memory ? "memory" : "wal";
  if (asked("synchronous") !== "2" || asked("foreign_keys") !== "1" || journal !== wanted) {
    throw new TimmyError("internal", "The books are not open in WAL mode with synchronous FULL.");
  }
}
