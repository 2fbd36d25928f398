import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();

/** A file as the first version made it. */
function makeOldFile(facts: readonly (readonly [string, string, string, number])[]): void {
  const db = new Database(folder.path());
  db.pragma("journal_mode = WAL");
  db.exec(`CREATE TABLE facts (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, source TEXT NOT NULL, changed_ms INTEGER NOT NULL
  ) STRICT`);
  const insert = db.prepare("INSERT INTO facts VALUES (?, ?, ?, ?)");
  for (const fact of facts) insert.run(...fact);
  db.close();
}

describe("a memory from before there were agents", () => {
  it("is not lost: every fact keeps its value, source and time", () => {
    makeOldFile([
      ["owner's name", "Ada", "owner", 5],
      ["coffee", "Bob likes it black", "world", 7],
      ["odd", "from a source that nobody knows", "oracle", 9],
    ]);
    const store = folder.open();
    expect(store.locked).toBeNull();
    expect(store.recall("owner's name")).toMatchObject({
      value: "Ada",
      from: "owner",
      createdMs: 5,
      changedMs: 5,
    });
    expect(store.recall("coffee")?.from).toBe("world");
    expect(store.recall("odd")?.from).toBe("world");
    expect(store.search("black")[0]?.key).toBe("coffee");
    expect(store.counts().facts).toBe(3);
    store.stop();
    expect(folder.open().facts({ limit: 10 })).toHaveLength(3);
  });
  it("stays as it was when the key file cannot be made", () => {
    makeOldFile([["tea", "green", "owner", 1]]);
    expect(() => folder.open("memory.sqlite", { keyFile: folder.path("no/where.key") })).toThrow(
      "where.key",
    );
    const db = new Database(folder.path());
    expect(db.prepare("SELECT value FROM facts").pluck().get()).toBe("green");
    db.close();
    expect(folder.open().recall("tea")?.value).toBe("green");
  });
});
