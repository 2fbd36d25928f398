import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BooksOptions, openBooks } from "./books.ts";
import { deposit, entryOf, openTestBooks } from "./books-fixture.ts";
import { waitingLimit } from "./limits.ts";
import { booksMigrations } from "./migrations.ts";
import type { Migration } from "./port.ts";
import { assertDurable } from "./sqlite-file.ts";
import { ledgerTables } from "./tables.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-books-"));
  path = join(folder, "books.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true }));
const hash = "0".repeat(64);
const clock = { wallMs: () => 1 };
const open = (over: Partial<BooksOptions> = {}) => openBooks({ path, clock, space: null, ...over });
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof TimmyError ? error.code : String(error);
  }
  return "nothing thrown";
};

describe("opening the books", () => {
  it("keeps what was written, and files that only their owner reads", () => {
    const first = open();
    deposit(first, "owner", 7n);
    for (const end of ["", "-wal", "-shm"]) expect(statSync(path + end).mode & 0o777).toBe(0o600);
    first.close();
    first.close();
    const second = open();
    expect(second.ledger.balance("party:owner").postedMsat).toBe(7n);
    second.close();
  });
  it("syncs every commit, in WAL mode", () => {
    const db = new Database(path);
    db.defaultSafeIntegers(true);
    expect(() => assertDurable(db)).toThrow("synchronous FULL");
    db.pragma("journal_mode = WAL");
    db.pragma("foreign_keys = ON");
    db.pragma("synchronous = NORMAL");
    expect(() => assertDurable(db)).toThrow("synchronous FULL");
    db.pragma("synchronous = FULL");
    assertDurable(db);
    db.close();
    const books = open();
    expect(books.sql.get("PRAGMA synchronous")).toEqual({ synchronous: 2n });
    expect(books.sql.get("PRAGMA journal_mode")).toEqual({ journal_mode: "wal" });
    books.close();
  });
  it("leaves books of a newer version as they are", () => {
    const newer: Migration = { name: "future-1", text: "CREATE TABLE future (x INTEGER) STRICT" };
    open({ migrations: [...ledgerTables, newer] }).close();
    const before = readFileSync(path);
    expect(codeOf(() => open())).toBe("books-newer");
    expect(codeOf(() => open({ mode: "read" }))).toBe("books-newer");
    expect(readFileSync(path).equals(before)).toBe(true);
  });
  it("brings older books to this version without losing anything", () => {
    const old = open({ migrations: ledgerTables });
    deposit(old, "owner", 7n);
    old.close();
    const more: Migration = { name: "more-1", text: "CREATE TABLE more (x INTEGER) STRICT" };
    const migrations = [...ledgerTables, more];
    expect(codeOf(() => open({ migrations, mode: "read" }))).toBe("bad-file");
    const books = open({ migrations });
    expect(books.sql.all("SELECT * FROM more")).toEqual([]);
    expect(books.ledger.verify()).toEqual([]);
    expect(books.ledger.balance("party:owner").postedMsat).toBe(7n);
    books.close();
  });
  it("applies a migration wholly or not at all", () => {
    const broken: Migration = { name: "b", text: "CREATE TABLE b (x INTEGER) STRICT; NONSENSE" };
    open({ migrations: ledgerTables }).close();
    expect(codeOf(() => open({ migrations: [...ledgerTables, broken] }))).toBe("internal");
    const books = open({ migrations: ledgerTables });
    expect(books.ledger.verify()).toEqual([]);
    books.close();
  });
  it("names every migration differently", () => {
    const names = booksMigrations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
  it("refuses a file that is something else, and does not touch it", () => {
    const other = new Database(path);
    other.exec("CREATE TABLE x (y)");
    other.close();
    const before = readFileSync(path);
    expect(codeOf(() => open())).toBe("bad-file");
    expect(readFileSync(path).equals(before)).toBe(true);
    writeFileSync(path, "this is a diary, not a database; ".repeat(40));
    expect(codeOf(() => open())).toBe("bad-file");
    expect(codeOf(() => open({ path: join(folder, "no", "where.sqlite") }))).toBe("bad-file");
    expect(codeOf(() => open({ path: join(folder, "none"), mode: "read" }))).toBe("bad-file");
  });
  it("lets a reader look at books that are being written, and write nothing", () => {
    const writer = open();
    deposit(writer, "owner", 7n);
    const reader = open({ mode: "read" });
    expect(reader.ledger.verify()).toEqual([]);
    deposit(writer, "owner", 1n, "more");
    expect(reader.ledger.balance("party:owner").postedMsat).toBe(8n);
    expect(() => deposit(reader, "owner", 1n, "x")).toThrow("for reading only");
    reader.close();
    writer.close();
  });
});

describe("a transaction", () => {
  it("is undone by what throws in it, all of it", () => {
    const books = openTestBooks();
    const fail = () =>
      books.write(() => {
        deposit(books, "owner", 7n);
        throw new RangeError("no");
      });
    expect(codeOf(fail)).toBe("internal");
    expect(books.ledger.head().seq).toBe(0);
  });
  it("inside another is undone alone", () => {
    const books = openTestBooks();
    books.write(() => {
      deposit(books, "owner", 7n);
      expect(() =>
        books.write(() => {
          deposit(books, "owner", 8n, "other");
          throw new RangeError("no");
        }),
      ).toThrow("no");
    });
    expect(books.ledger.balance("party:owner").postedMsat).toBe(7n);
    expect(books.ledger.verify()).toEqual([]);
  });
  it("cannot wait for a promise", () => {
    const books = openTestBooks();
    const late = () => Promise.resolve(deposit(books, "owner", 7n));
    expect(() => books.write(late)).toThrow("cannot wait");
    expect(books.ledger.head().seq).toBe(0);
  });
  it("may throw any error of ours, and the next one is written", () => {
    const books = openTestBooks();
    for (const code of ["books-broken", "disk-full", "disk-error", "lnd-away"] as const) {
      const fail = () => {
        throw new TimmyError(code);
      };
      expect(codeOf(() => books.write(fail))).toBe(code);
    }
    deposit(books, "owner", 7n);
    expect(books.health()).toEqual({ ok: true });
  });
  it("of the modules has whole numbers as bigint, and errors of ours", () => {
    const books = openTestBooks();
    expect(books.sql.get("SELECT 9007199254740993 AS n")).toEqual({ n: 9007199254740993n });
    expect(books.sql.get("SELECT 1 WHERE 0")).toBeNull();
    expect(codeOf(() => books.sql.run("NONSENSE"))).toBe("internal");
    expect(codeOf(() => books.sql.run("DELETE FROM journals WHERE x"))).toBe("internal");
  });
});

describe("a group commit", () => {
  it("undoes those that fail and keeps the others", async () => {
    const books = open();
    const entry = (k: number) =>
      entryOf(`k${k}`, [
        ["asset:cold", 1n],
        ["suspense", -1n],
      ]);
    const results = await Promise.allSettled(
      Array.from({ length: 600 }, (_, k) =>
        books.commit(() => {
          const result = books.ledger.post(entry(k));
          if (k % 3 === 0) throw new RangeError("no");
          return result.ok;
        }),
      ),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(400);
    expect(books.ledger.head().seq).toBe(400);
    expect(books.ledger.journal("k0")).toBeNull();
    expect(books.ledger.verify()).toEqual([]);
    books.close();
  });
  it("is on disk when a promise settles, and not told before", async () => {
    const books = open();
    const other = open({ mode: "read" });
    const seen: number[] = [];
    const write = (k: number) =>
      books
        .commit(() => deposit(books, "owner", 1n, `k${k}`))
        .then(() => seen.push(other.ledger.head().seq));
    await Promise.all([write(1), write(2), write(3)]);
    // All three in one transaction: the first who hears of it finds all of them.
    expect(seen).toEqual([3, 3, 3]);
    other.close();
    books.close();
  });
  it("tells nobody of success when the transaction cannot be committed", async () => {
    const books = openTestBooks();
    const good = books.commit(() => deposit(books, "owner", 1n));
    const unbalanced = books.commit(() => {
      const head = books.ledger.head().seq + 1;
      books.sql.run(
        `INSERT INTO journals VALUES (${head}, 'x', 1, '', '', '', '', '', '', ?)`,
        hash,
      );
      books.sql.run(`INSERT INTO postings VALUES (${head}, 0, 'asset:ln-hot', 7)`);
    });
    const results = await Promise.allSettled([good, unbalanced]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(books.ledger.head().seq).toBe(0);
  });
  it("lets ten of a hundred send at once when the balance is for ten", async () => {
    const books = openTestBooks();
    deposit(books, "agent:a", 1000n);
    const sends = Array.from({ length: 100 }, (_, k) =>
      books.commit(() =>
        books.ledger.hold({
          ...{ id: `h${k}`, party: "agent:a", amountMsat: 100n },
          ...{ purpose: "payment", reference: "" },
        }),
      ),
    );
    const held = (await Promise.all(sends)).filter(({ ok }) => ok);
    expect(held).toHaveLength(10);
    expect(books.ledger.balance("party:agent:a").availableMsat).toBe(0n);
    expect(books.ledger.verify()).toEqual([]);
  });
  it("refuses more than may wait", async () => {
    const books = openTestBooks();
    const all = Array.from({ length: waitingLimit + 1 }, () => books.commit(() => 1));
    await expect(all.at(-1)).rejects.toMatchObject({ code: "rate-limited" });
    expect((await Promise.allSettled(all)).at(-2)).toEqual({ status: "fulfilled", value: 1 });
  });
  it("rejects everybody who waited when the books are closed", async () => {
    const books = openTestBooks();
    const late = books.commit(() => 1);
    books.close();
    await expect(late).rejects.toThrow("closed");
  });
});

describe("a file that turns out to be broken", () => {
  it("is written to no more, until it is opened again", async () => {
    const books = open();
    deposit(books, "owner", 7n);
    books.close();
    const shell = new Database(path);
    const root = shell.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'postings'");
    const page = Number(root.pluck().get());
    shell.close();
    // The page of the postings is noise now; everything else can be read.
    writeFileSync(path, readFileSync(path).fill(0xff, (page - 1) * 4096, page * 4096));
    const broken = open();
    const post = () => deposit(broken, "owner", 1n, "more");
    await expect(broken.commit(post)).rejects.toMatchObject({ code: "books-broken" });
    expect(codeOf(() => broken.write(() => 1))).toBe("disk-error");
    expect(broken.health()).toMatchObject({ ok: false, code: "disk-error" });
    broken.close();
  });
});

describe("the space on the disk", () => {
  const huge = 2 ** 60;
  it("is kept by a ballast, given up when nothing else is left", () => {
    open({ space: { ballast: 100_000, low: 0, release: 0 } }).close();
    expect(statSync(`${path}.ballast`).size).toBe(100_000);
    const books = open({ space: { ballast: 100_000, low: huge, release: huge } });
    expect(existsSync(`${path}.ballast`)).toBe(false);
    expect(books.health()).toMatchObject({ ok: false, code: "disk-full" });
    deposit(books, "owner", 1n);
    books.close();
  });
  it("stops new business before the ballast goes", () => {
    const books = open({ space: { ballast: 100_000, low: 0, release: 0 } });
    expect(books.health()).toEqual({ ok: true });
    books.close();
    const low = open({ space: { ballast: 100_000, low: huge, release: 0 } });
    expect(low.health()).toMatchObject({ ok: false, code: "disk-full" });
    expect(existsSync(`${path}.ballast`)).toBe(true);
    low.close();
  });
});
