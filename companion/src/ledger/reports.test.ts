import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deposit, entryOf, openTestBooks } from "./books-fixture.ts";
import { journalCsv } from "./journal-csv.ts";
import type { Books } from "./port.ts";
import { canonicalJson, checkStatement, signStatement } from "./statement.ts";
import { trialBalance } from "./trial-balance.ts";

function createSample(): Books {
  const books = openTestBooks();
  deposit(books, "owner", 5000n);
  const sale = entryOf("sale", [
    ["asset:ln-hot", 1000n],
    ["income:service:tea", -1000n],
    ["expense:distributed", 1000n],
    ["party:agent:a", -1000n],
  ]);
  const fee = entryOf("fee", [
    ["expense:payment-fee", 30n],
    ["asset:ln-inflight", -30n],
    ["party:agent:a", 30n],
    ["income:recharged", -30n],
  ]);
  books.write(() => [books.ledger.post(sale), books.ledger.post(fee)]);
  return books;
}

describe("the trial balance", () => {
  it("has as much debit as credit, by group", () => {
    const books = createSample();
    const trial = trialBalance(books);
    expect(trial).toMatchObject({ ok: true, debitMsat: 7030n, creditMsat: 7030n, seq: 3 });
    expect(trial.groups.map(({ name }) => name)).toEqual(["asset", "party", "income", "expense"]);
    expect(trial.groups[0]?.lines).toMatchObject([
      { account: "asset:ln-hot", debitMsat: 6000n, creditMsat: 0n },
      { account: "asset:ln-inflight", postedMsat: -30n, debitMsat: 0n, creditMsat: 30n },
    ]);
    expect(trial.hash).toBe(books.ledger.head().hash);
  });
  it("of empty books is empty", () => {
    expect(trialBalance(openTestBooks())).toMatchObject({ ok: true, groups: [], debitMsat: 0n });
  });
  it("says so when an account does not say what its postings say", () => {
    const books = createSample();
    books.sql.run("UPDATE accounts SET posted = 1 WHERE name = 'asset:ln-hot'");
    expect(trialBalance(books).ok).toBe(false);
  });
});

describe("the journal as CSV", () => {
  it("is what RFC 4180 describes, a line for each posting", () => {
    const books = openTestBooks();
    deposit(books, "owner", 5n);
    const [head, first, second, ...rest] = [...journalCsv(books)];
    expect(head).toMatch(/^seq,time,.*,hash\r\n$/);
    const { hash } = books.ledger.head();
    expect(first).toBe(
      `1,2026-01-01T00:00:00.000Z,test,timmy,owner,,,,in-owner,0,asset:ln-hot,5,,${hash}\r\n`,
    );
    expect(second).toContain(",1,party:owner,,5,");
    expect(rest).toEqual([]);
  });
  it.each([
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    [" +1", "' +1"],
    ["-1", "'-1"],
    ["@x", "'@x"],
    ["\tx", "'\tx"],
    ['say "hi", you', '"say ""hi"", you"'],
    ["two\r\nlines", '"two\r\nlines"'],
    ["=1,2", `"'=1,2"`],
  ])("makes of the note %j a field that no spreadsheet computes", (note, field) => {
    const books = openTestBooks();
    const entry = entryOf(
      "x",
      [
        ["asset:cold", 1n],
        ["suspense", -1n],
      ],
      { note },
    );
    books.write(() => books.ledger.post(entry));
    expect([...journalCsv(books)][1]).toContain(`,,,${field},x,0,`);
  });
});

describe("a signed statement", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const sample = createSample();
  const madeMs = [...sample.ledger.eachJournal()][0]?.atMs ?? 0;
  const signed = signStatement(sample, { fromMs: madeMs, toMs: madeMs + 1 }, privateKey);

  it("says what was earned and spent, without what was only passed on", () => {
    expect(signed.statement).toMatchObject({
      earnings: { "income:service:tea": "1000" },
      costs: { "expense:payment-fee": "30" },
      earned_msat: "1000",
      cost_msat: "30",
      net_msat: "970",
      head_seq: 3,
      head_hash: sample.ledger.head().hash,
    });
  });
  it("holds for its key and for nothing that was changed", () => {
    expect(checkStatement(signed, publicKey)).toBe(true);
    const changed = { ...signed.statement, net_msat: "971" };
    expect(checkStatement({ ...signed, statement: changed }, publicKey)).toBe(false);
    const stranger = generateKeyPairSync("ed25519").publicKey;
    expect(checkStatement(signed, stranger)).toBe(false);
  });
  it("leaves out what was before and after its period", () => {
    const empty = { earned_msat: "0", cost_msat: "0", net_msat: "0", head_seq: 3 };
    const before = signStatement(sample, { fromMs: 0, toMs: madeMs }, privateKey);
    const after = signStatement(sample, { fromMs: madeMs + 1, toMs: madeMs + 9 }, privateKey);
    expect([before.statement, after.statement]).toMatchObject([empty, empty]);
  });
  it("is signed with Ed25519 only", () => {
    const { privateKey: other } = generateKeyPairSync("x25519");
    expect(() => signStatement(sample, { fromMs: 0, toMs: 1 }, other)).toThrow("Ed25519");
  });
  it("has one canonical form, whatever the order of its fields", () => {
    expect(canonicalJson({ b: [1, "x"], a: { d: null, c: true } })).toBe(
      '{"a":{"c":true,"d":null},"b":[1,"x"]}',
    );
    expect(() => canonicalJson(1.5)).toThrow("whole numbers");
  });
});
