import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBooks } from "./books.ts";
import { deposit } from "./books-fixture.ts";
import { ledgerTables } from "./tables.ts";

/** A hand with a SQLite shell on the file of the books: no code of ours stands in its way. */
let folder = "";
let shell: Database.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-triggers-"));
  const path = join(folder, "books.sqlite");
  const books = openBooks({ path, clock: { wallMs: () => 1 }, space: null });
  deposit(books, "agent:a", 1000n);
  deposit(books, "owner", 1000n);
  const request = {
    party: "agent:a",
    amountMsat: 600n,
    purpose: "payment",
    reference: "",
  } as const;
  books.write(() => books.ledger.hold({ id: "h", ...request }));
  books.close();
  shell = new Database(path);
});
afterEach(() => {
  shell.close();
  rmSync(folder, { recursive: true });
});

const hash = "'".padEnd(65, "0").concat("'");
const journal = (seq: number, key = `k${seq}`) =>
  `INSERT INTO journals VALUES (${seq}, '${key}', 1, 'k', 'a', '', '', '', '', ${hash})`;
/** Each rule of the tables, what breaks it, and a word of what SQLite answers. */
const cases: readonly [rule: string, sql: string, answer: string][] = [
  ["journals_next", journal(5), "written once, at the end"],
  ["journals_next", journal(2), "written once, at the end"],
  ["journals_next", journal(3, "in-owner"), "written once, at the end"],
  ["journals_next", journal(1).replace("INSERT", "INSERT OR REPLACE"), "written once, at the end"],
  ["journals_update", "UPDATE journals SET note = 'x' WHERE seq = 1", "never changed"],
  ["journals_delete", "DELETE FROM journals WHERE seq = 2", "never deleted"],
  ["postings_next", "INSERT INTO postings VALUES (1, 2, 'asset:ln-hot', 1)", "with their journal"],
  ["postings_next", "REPLACE INTO postings VALUES (2, 0, 'asset:ln-hot', 1)", "with their journal"],
  ["postings_update", "UPDATE postings SET amount = amount * 2", "a posting is never changed"],
  ["postings_delete", "DELETE FROM postings", "a posting is never deleted"],
  ["journal_sums_insert", "INSERT INTO journal_sums VALUES (3, 1)", "begins at zero"],
  ["journal_sums_insert", "REPLACE INTO journal_sums VALUES (1, 0)", "begins at zero"],
  ["journal_sums_update", "UPDATE journal_sums SET sum = 1", "that of its postings"],
  ["journal_sums_delete", "DELETE FROM journal_sums", "a sum is never deleted"],
  ["accounts_begin", "INSERT INTO accounts VALUES ('suspense', 1, NULL, 5, 0)", "begins at zero"],
  ["accounts_begin", "REPLACE INTO accounts VALUES ('suspense', 1, NULL, 0, 5)", "begins at zero"],
  ["accounts_fixed", "UPDATE accounts SET floor = NULL", "stays what it is"],
  ["accounts_delete", "DELETE FROM accounts", "an account is never deleted"],
  ["holds_begin", "REPLACE INTO holds SELECT * FROM holds", "begins once"],
  ["holds_fixed", "UPDATE holds SET amount = 1", "only released, once"],
  ["holds_fixed", "UPDATE holds SET state = 'released', amount = 1", "only released, once"],
  ["holds_delete", "DELETE FROM holds", "a hold is never deleted"],
];

describe("the tables, for a hand with a SQLite shell", () => {
  it.each(cases)("hold to %s against: %s", (rule, sql, answer) => {
    expect(() => shell.exec(sql)).toThrow(answer);
    // Seen red: without the rule the same words do no longer stop it.
    shell.exec(`DROP TRIGGER ${rule}`);
    let told = "";
    try {
      shell.exec(sql);
    } catch (error) {
      told = String(error);
    }
    expect(told).not.toContain(answer);
  });
  it("have a test for each trigger that refuses something", () => {
    const made = ledgerTables.flatMap(({ text }) =>
      [...text.matchAll(/CREATE TRIGGER (\w+)[^;]*?SELECT RAISE/g)].map(([, name]) => name),
    );
    expect(new Set(made)).toEqual(new Set(cases.map(([rule]) => rule)));
  });
  it("refuse to commit a journal that does not sum to zero", () => {
    shell.exec("BEGIN");
    shell.exec(journal(3));
    shell.exec("INSERT INTO postings VALUES (3, 0, 'asset:ln-hot', 7)");
    expect(() => shell.exec("COMMIT")).toThrow("FOREIGN KEY");
    shell.exec("INSERT INTO postings VALUES (3, 1, 'party:owner', -7)");
    shell.exec("COMMIT");
    const posted = shell.prepare("SELECT posted FROM accounts WHERE name = 'party:owner'").pluck();
    expect(posted.get()).toBe(1007);
  });
  it("let no party fall below zero or below what is held", () => {
    shell.exec("BEGIN");
    shell.exec(journal(3));
    shell.exec("INSERT INTO postings VALUES (3, 0, 'asset:ln-hot', -401)");
    const spend = "INSERT INTO postings VALUES (3, 1, 'party:agent:a', 401)";
    expect(() => shell.exec(spend)).toThrow("CHECK constraint");
    expect(() => shell.exec("UPDATE accounts SET held = 1001 WHERE name LIKE 'party:%'")).toThrow(
      "CHECK constraint",
    );
    expect(() => shell.exec("INSERT INTO accounts VALUES ('party:x', -1, NULL, 0, 0)")).toThrow(
      "CHECK constraint",
    );
  });
  it("take no fractions, no texts and nothing beyond all bitcoin", () => {
    shell.exec("BEGIN");
    shell.exec(journal(3));
    for (const amount of ["1.5", "'x'", "0", "9000000000000000000", "NULL"]) {
      const sql = `INSERT INTO postings VALUES (3, 0, 'asset:ln-hot', ${amount})`;
      expect(() => shell.exec(sql)).toThrow(/constraint|cannot store/);
    }
  });
});
