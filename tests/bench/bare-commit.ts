import Database from "better-sqlite3";

/** A row in WAL mode with synchronous FULL: what any durable write costs on this disk. */
export function createBareCommit(path: string) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE bare (k INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
  const insert = db.prepare("INSERT INTO bare (text) VALUES (?)");
  return { commit: () => void insert.run("a transfer of nothing"), close: () => db.close() };
}
