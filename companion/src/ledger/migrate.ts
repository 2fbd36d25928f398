import { TimmyError } from "@timmy/shared/errors";
import type { Migration } from "./port.ts";
import type { SqliteFile } from "./sqlite-file.ts";

/** "Timy" in ASCII: tells our files from any other SQLite file. */
const applicationId = 0x54696d79;

const pragma = (db: SqliteFile, name: string) => Number(db.pragma(name, { simple: true }));

/** Names of what was applied; nothing of the file is changed. */
function readApplied(db: SqliteFile, known: readonly Migration[]): ReadonlySet<string> {
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get();
  if (tables === 0n) return new Set();
  if (pragma(db, "application_id") !== applicationId) {
    throw new TimmyError("bad-file", "The file is a SQLite file, but not Timmy's books.");
  }
  const applied = db.prepare<[], { name: string }>("SELECT name FROM migrations").all();
  const strangers = applied.filter(({ name }) => !known.some((one) => one.name === name));
  if (strangers.length > 0 || pragma(db, "user_version") > known.length) {
    const names = strangers.map(({ name }) => name).join(", ");
    throw new TimmyError("books-newer", `This version does not know ${names}.`);
  }
  return new Set(applied.map(({ name }) => name));
}

/**
 * How many migrations the file lacks; changes nothing. Throws `books-newer` or `bad-file` for a file
 * that is not ours to write.
 */
export const checkVersion = (db: SqliteFile, known: readonly Migration[]): number =>
  known.length - readApplied(db, known).size;

/** Brings the file to this version in one transaction; `user_version` counts what was applied. */
export function migrate(db: SqliteFile, known: readonly Migration[]): void {
  const apply = db.transaction(() => {
    const applied = readApplied(db, known);
    const missing = known.filter(({ name }) => !applied.has(name));
    if (missing.length === 0) return;
    db.exec("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID");
    for (const { name, text } of missing) {
      db.exec(text);
      db.prepare("INSERT INTO migrations VALUES (?)").run(name);
    }
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${known.length}`);
  });
  apply.immediate();
}
