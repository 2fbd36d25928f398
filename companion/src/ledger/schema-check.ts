import Database from "better-sqlite3";
import { migrate } from "./migrate.ts";
import type { Migration } from "./port.ts";
import type { SqliteFile } from "./sqlite-file.ts";

interface Entry {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** Tables, indexes and triggers, each as one text. SQLite's own statistics are nobody's matter. */
export const readSchema = (db: SqliteFile): readonly string[] =>
  db
    .prepare<[], Entry>(
      "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'",
    )
    .all()
    .map(({ type, name, sql }) => `${type} ${name}: ${sql ?? ""}`);

/** What these migrations make of an empty file: a trigger that is gone guards nothing. */
export function expectSchema(migrations: readonly Migration[]): readonly string[] {
  const db = new Database(":memory:");
  try {
    db.defaultSafeIntegers(true);
    migrate(db, migrations);
    return readSchema(db);
  } finally {
    db.close();
  }
}
