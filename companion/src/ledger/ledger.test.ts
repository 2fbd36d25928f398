import { TimmyError } from "@timmy/shared/errors";
import { maxAmountMsat } from "@timmy/shared/money/amount";
import { beforeEach, describe, expect, it } from "vitest";
import { deposit, entryOf, openTestBooks } from "./books-fixture.ts";
import type { Books, HoldRequest, JournalEntry } from "./port.ts";

let books: Books;
beforeEach(() => {
  books = openTestBooks();
});
const post = (entry: JournalEntry) => books.write(() => books.ledger.post(entry));
const hold = (over: Partial<HoldRequest> = {}) =>
  books.write(() =>
    books.ledger.hold({
      ...{ id: "h", party: "agent:a", amountMsat: 600n, purpose: "payment", reference: "p" },
      ...over,
    }),
  );
const pay = (key: string, amountMsat: bigint) =>
  entryOf(key, [
    ["party:agent:a", amountMsat],
    ["asset:ln-hot", -amountMsat],
  ]);

describe("posting", () => {
  it("moves money between accounts in their natural sign", () => {
    deposit(books, "agent:a", 1000n);
    expect(books.ledger.balances()).toEqual([
      { account: "asset:ln-hot", postedMsat: 1000n, heldMsat: 0n, availableMsat: 1000n },
      { account: "party:agent:a", postedMsat: 1000n, heldMsat: 0n, availableMsat: 1000n },
    ]);
  });
  it("answers the first journal when the same key comes again, and moves nothing", () => {
    deposit(books, "agent:a", 1000n);
    const first = post(pay("p", 10n));
    const again = post(pay("p", 10n));
    expect(again).toEqual({ ...first, fresh: false });
    expect(books.ledger.balance("party:agent:a").postedMsat).toBe(990n);
  });
  it("refuses a key that was used for something else", () => {
    deposit(books, "agent:a", 1000n);
    post(pay("p", 10n));
    expect(post(pay("p", 11n))).toMatchObject({ ok: false, reason: "duplicate-key" });
    expect(post({ ...pay("p", 10n), note: "x" })).toMatchObject({ reason: "duplicate-key" });
    expect(books.ledger.head().seq).toBe(2);
  });
  it("lets a party spend all it has and not one millisatoshi more", () => {
    deposit(books, "agent:a", 1000n);
    expect(post(pay("a", 1001n))).toMatchObject({ ok: false, reason: "balance-too-low" });
    expect(post(pay("b", 1000n))).toMatchObject({ ok: true });
    expect(post(pay("c", 1n))).toMatchObject({ ok: false, reason: "balance-too-low" });
    expect(books.ledger.verify()).toEqual([]);
  });
  it("looks at the whole journal, not at the order of its lines", () => {
    const entry = entryOf("x", [
      ["party:agent:a", 10n],
      ["asset:ln-hot", 5n],
      ["party:agent:a", -15n],
    ]);
    expect(post(entry)).toMatchObject({ ok: true });
    expect(books.ledger.journal("x")?.postings).toEqual(entry.postings);
  });
  it("does not let go of what is held", () => {
    deposit(books, "agent:a", 1000n);
    hold();
    expect(post(pay("a", 401n))).toMatchObject({ ok: false, reason: "balance-too-low" });
    expect(post(pay("b", 400n))).toMatchObject({ ok: true });
  });
  it("refuses amounts beyond all bitcoin", () => {
    expect(post(pay("a", maxAmountMsat + 1n))).toMatchObject({ ok: false, reason: "bad-amount" });
    const lines = (key: string) =>
      entryOf(key, [
        ["asset:ln-hot", maxAmountMsat],
        ["suspense", -maxAmountMsat],
      ]);
    expect([post(lines("b")), post(lines("c"))]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(post(lines("d"))).toMatchObject({ ok: false, reason: "bad-amount" });
  });
  const two = (debit: string, amountMsat: bigint, other = -amountMsat, key = "x") =>
    entryOf(key, [
      [debit, amountMsat],
      ["suspense", other],
    ]);
  it.each([
    ["off balance", two("asset:cold", 1n, -2n), "off balance by -1 msat"],
    ["with a line of nothing", two("asset:cold", 0n), "moves nothing"],
    ["with one line", entryOf("x", [["asset:cold", 1n]]), "1 postings"],
    ["with an account that nobody knows", two("asset:hot", 1n), 'No account is called "asset:hot"'],
    ["without a key", two("asset:cold", 1n, -1n, ""), "The key has 0"],
    ["with an endless note", { ...two("asset:cold", 1n), note: "x".repeat(2000) }, "note is too"],
  ])("throws for an entry %s: our own code is wrong", (_what, entry, sentence) => {
    const run = () => post(entry);
    expect(run).toThrow(TimmyError);
    expect(run).toThrow(sentence);
    expect(books.ledger.head().seq).toBe(0);
  });
  it("keeps what strangers wrote as it can be stored", () => {
    const note = "a\0b\ud800c";
    const first = post({ ...two("asset:cold", 1n), note });
    const again = post({ ...two("asset:cold", 1n), note });
    expect([first, again]).toMatchObject([{ fresh: true }, { ok: true, fresh: false }]);
    expect(books.ledger.journal("x")?.note).toBe("a\ufffdb\ufffdc");
    expect(books.ledger.verify()).toEqual([]);
  });
  it("happens inside a transaction only", () => {
    expect(() => books.ledger.post(pay("x", 1n))).toThrow("transaction");
    expect(() => books.ledger.release("x")).toThrow("transaction");
  });
});

describe("holding", () => {
  beforeEach(() => deposit(books, "agent:a", 1000n));

  it("takes from what is available and gives it back once", () => {
    expect(hold()).toMatchObject({ ok: true, fresh: true, hold: { state: "open" } });
    expect(books.ledger.balance("party:agent:a")).toMatchObject({
      heldMsat: 600n,
      availableMsat: 400n,
    });
    expect(books.write(() => books.ledger.release("h"))).toBe(true);
    expect(books.write(() => books.ledger.release("h"))).toBe(false);
    expect(books.ledger.balance("party:agent:a").availableMsat).toBe(1000n);
    expect(books.ledger.getHold("h")?.state).toBe("released");
  });
  it("refuses what is not there, and says what is", () => {
    hold();
    expect(hold({ id: "i", amountMsat: 401n })).toMatchObject({
      ok: false,
      reason: "balance-too-low",
      availableMsat: 400n,
    });
    expect(hold({ id: "i", amountMsat: 400n })).toMatchObject({ ok: true });
    expect(books.ledger.openHolds().map(({ id }) => id)).toEqual(["h", "i"]);
  });
  it("answers the same hold again, and refuses another of that name", () => {
    hold();
    expect(hold()).toMatchObject({ ok: true, fresh: false });
    expect(hold({ amountMsat: 1n })).toMatchObject({ ok: false, reason: "duplicate-key" });
    expect(books.ledger.balance("party:agent:a").heldMsat).toBe(600n);
  });
  it.each([0n, -1n, maxAmountMsat + 1n])("refuses to hold %d", (amountMsat) => {
    expect(hold({ amountMsat })).toMatchObject({ ok: false, reason: "bad-amount" });
  });
  it("throws for a hold that never was", () => {
    expect(() => books.write(() => books.ledger.release("no"))).toThrow("no hold");
  });
});

describe("reading", () => {
  it("pages the journals from the newest, of one account or one reference", () => {
    deposit(books, "agent:a", 1000n);
    for (let k = 0; k < 5; k++) post({ ...pay(`p${k}`, 1n), reference: k < 2 ? "r" : "" });
    const { journals } = books.ledger;
    const seqs = (page: Parameters<typeof journals>[0]) => journals(page).map(({ seq }) => seq);
    expect(seqs({ beforeSeq: 0, limit: 2 })).toEqual([6, 5]);
    expect(seqs({ beforeSeq: 5, limit: 10 })).toEqual([4, 3, 2, 1]);
    expect(seqs({ beforeSeq: 0, limit: 9, reference: "r" })).toEqual([3, 2]);
    expect(seqs({ beforeSeq: 3, limit: 1, account: "asset:ln-hot" })).toEqual([2]);
    expect(seqs({ beforeSeq: 0, limit: 9, account: "suspense" })).toEqual([]);
    expect(seqs({ beforeSeq: 0, limit: 9, account: "asset:ln-hot", reference: "r" })).toEqual([
      3, 2,
    ]);
  });
  it("walks through more journals than it reads at once", () => {
    deposit(books, "agent:a", 10_000n);
    books.write(() => {
      for (let k = 0; k < 2100; k++) books.ledger.post(pay(`p${k}`, 1n));
    });
    const all = [...books.ledger.eachJournal()];
    expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 2101 }, (_, k) => k + 1));
    expect(all.every(({ postings }) => postings.length === 2)).toBe(true);
    expect(all.at(-1)?.hash).toBe(books.ledger.head().hash);
  });
});
