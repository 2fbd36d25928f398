import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBooks } from "./books.ts";
import { deposit, entryOf } from "./books-fixture.ts";
import { genesisHash, hashJournal } from "./canonical.ts";

let folder = "";
let path = "";
const open = () => openBooks({ path, clock: { wallMs: () => 1 }, space: null });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-verify-"));
  path = join(folder, "books.sqlite");
  const books = open();
  deposit(books, "agent:a", 1000n);
  deposit(books, "owner", 500n);
  const request = {
    party: "agent:a",
    amountMsat: 600n,
    purpose: "payment",
    reference: "",
  } as const;
  books.write(() => books.ledger.hold({ id: "h", ...request }));
  books.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Changes the file with every rule switched off, and puts the triggers back. */
function tamper(sql: string): void {
  const shell = new Database(path);
  const triggers = shell
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
    )
    .all();
  for (const { name } of triggers) shell.exec(`DROP TRIGGER ${name}`);
  shell.pragma("foreign_keys = OFF");
  shell.pragma("ignore_check_constraints = ON");
  shell.exec(sql);
  for (const trigger of triggers) shell.exec(trigger.sql);
  shell.close();
}
function faults(): string[] {
  const books = open();
  const found = books.ledger.verify();
  books.close();
  expect(found.every(({ sentence }) => sentence.length > 10)).toBe(true);
  return [...new Set(found.map(({ kind }) => kind))].sort();
}

describe("verify", () => {
  it("finds nothing in books that nobody touched", () => {
    expect(faults()).toEqual([]);
    tamper("");
    expect(faults()).toEqual([]);
  });
  it.each([
    ["an amount", "UPDATE postings SET amount = amount * 2 WHERE seq = 1", ["chain", "posted"]],
    ["a note", "UPDATE journals SET note = 'x' WHERE seq = 1", ["chain"]],
    ["a time", "UPDATE journals SET at_ms = 2 WHERE seq = 2", ["chain"]],
    ["who paid", "UPDATE postings SET account = 'party:owner' WHERE seq = 1", ["chain", "posted"]],
    ["a balance", "UPDATE accounts SET posted = posted + 1", ["posted"]],
    ["what is held", "UPDATE accounts SET held = 0", ["held"]],
    ["a hold", "UPDATE holds SET purpose = 'bond'", ["hold"]],
    ["that a hold was released", "UPDATE holds SET state = 'released'", ["held"]],
    ["a floor", "UPDATE accounts SET floor = NULL WHERE name = 'party:owner'", ["account"]],
    ["one line", "UPDATE postings SET amount = 7 WHERE seq = 2 AND line = 0", ["unbalanced"]],
    ["the first journal away", "DELETE FROM journals WHERE seq = 1", ["gap", "stray"]],
    ["the last journal away", "DELETE FROM journals WHERE seq = 2", ["stray", "foreign-key"]],
    ["an account away", "DELETE FROM accounts WHERE name = 'party:owner'", ["account"]],
    ["a sum", "UPDATE journal_sums SET sum = 1 WHERE seq = 1", ["unbalanced", "foreign-key"]],
    [
      "a trigger away",
      "CREATE TRIGGER extra AFTER INSERT ON holds BEGIN SELECT 1; END",
      ["schema"],
    ],
  ])("finds %s changed", (_what, sql, kinds) => {
    tamper(sql);
    expect(faults()).toEqual(expect.arrayContaining(kinds));
  });
  it("finds a journal that was taken out with all that belongs to it", () => {
    tamper(`DELETE FROM postings WHERE seq = 2; DELETE FROM journal_sums WHERE seq = 2;
      DELETE FROM journals WHERE seq = 2;`);
    expect(faults()).toEqual(["posted"]);
  });
  it("finds a journal that was written anew with a hash of its own", () => {
    const books = open();
    const [first] = [...books.ledger.eachJournal()];
    books.close();
    if (first === undefined) throw new RangeError("no journal");
    const hash = hashJournal({ ...first, note: "x" }, genesisHash);
    tamper(`UPDATE journals SET note = 'x', hash = '${hash}' WHERE seq = 1`);
    const again = open();
    const found = again.ledger.verify();
    again.close();
    expect(found).toMatchObject([
      { kind: "chain", sentence: expect.stringContaining("Journal 2") },
    ]);
  });
  it("finds a trigger that is gone", () => {
    const shell = new Database(path);
    shell.exec("DROP TRIGGER postings_delete");
    shell.close();
    expect(faults()).toEqual(["schema"]);
  });
  it("finds a party below zero", () => {
    tamper("UPDATE accounts SET posted = 100 WHERE name = 'party:agent:a'");
    expect(faults()).toEqual(["posted", "sqlite"]);
    tamper("UPDATE holds SET amount = 2000; UPDATE accounts SET held = 2000 WHERE held > 0");
    expect(faults()).toContain("below-floor");
  });
  it("names at most two hundred faults and counts the rest", () => {
    const books = open();
    books.write(() => {
      for (let k = 0; k < 300; k++) {
        const lines = [
          ["asset:cold", 1n],
          ["suspense", -1n],
        ] as const;
        books.ledger.post(entryOf(`k${k}`, lines));
      }
    });
    books.close();
    tamper("UPDATE journals SET note = 'x'");
    const again = open();
    const found = again.ledger.verify();
    again.close();
    expect(found).toHaveLength(201);
    expect(found.at(-1)).toEqual({ kind: "more", sentence: "And 102 more." });
  });
});
