import { makeDurable, openFile } from "@timmy/companion/ledger/sqlite-file";

/** A row in WAL mode with synchronous FULL: what any durable write costs on this disk. */
export function createBareCommit(path: string) {
  const db = openFile(path, "write");
  makeDurable(db);
  db.exec("CREATE TABLE bare (k INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
  const insert = db.prepare("INSERT INTO bare (text) VALUES (?)");
  return { commit: () => void insert.run("a transfer of nothing"), close: () => void db.close() };
}
