import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import { createRandom } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import { openBooks } from "./books.ts";
import { deposit, entryOf } from "./books-fixture.ts";
import { ledgerTables } from "./tables.ts";

const seed = 4;
const flips = 400;

const openAt = (path: string, mode: "read" | "write") =>
  openBooks({ path, clock: { wallMs: () => 1 }, migrations: ledgerTables, mode, space: null });

function createSample(path: string): void {
  const books = openAt(path, "write");
  deposit(books, "agent:a", 100_000n);
  deposit(books, "owner", 100_000n);
  books.write(() => {
    for (let k = 0; k < 60; k++) {
      const amount = BigInt(1 + 37 * k);
      books.ledger.post(
        entryOf(
          `pay-${k}`,
          [
            [k % 2 === 0 ? "party:agent:a" : "party:owner", amount],
            ["asset:ln-hot", -amount],
          ],
          { note: `coffee ${k}`, reference: `order-${k}`, kind: "payment-sent" },
        ),
      );
      if (k % 4 !== 0) continue;
      const request = { amountMsat: amount, purpose: "payment", reference: `order-${k}` };
      books.ledger.hold({ id: `hold-${k}`, party: "owner", ...request });
      if (k % 8 === 0) books.ledger.release(`hold-${k}`);
    }
  });
  books.close();
}
/** All that says who has what. */
function moneyOf(path: string): { readonly money: string; readonly found: boolean } {
  const books = openAt(path, "read");
  try {
    const { ledger } = books;
    const found = ledger.verify().length > 0;
    const all = [ledger.balances(), [...ledger.eachJournal()], ledger.openHolds(), ledger.head()];
    const money = JSON.stringify(all, (_, v) => (typeof v === "bigint" ? `${v}` : v));
    return { money, found };
  } finally {
    books.close();
  }
}

describe("a bit of the file that flips", () => {
  it(`changes no money, or is found (${flips} of them, seed ${seed})`, () => {
    const folder = mkdtempSync(join(tmpdir(), "timmy-flips-"));
    const path = join(folder, "books.sqlite");
    createSample(path);
    const bytes = readFileSync(path);
    const { money } = moneyOf(path);
    const random = createRandom(seed);
    const missed: string[] = [];
    let changed = 0;
    for (let k = 0; k < flips; k++) {
      const at = Math.floor(random.uniform() * bytes.length);
      const bit = Math.floor(random.uniform() * 8);
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      for (const end of ["-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      writeFileSync(path, copy);
      try {
        const after = moneyOf(path);
        if (after.money !== money) changed++;
        if (after.money !== money && !after.found) missed.push(`byte ${at}, bit ${bit}`);
      } catch (error) {
        // A file that cannot be read is found out; anything but our own error is not.
        if (!(error instanceof TimmyError)) missed.push(`byte ${at}, bit ${bit}: ${error}`);
        changed++;
      }
    }
    rmSync(folder, { recursive: true });
    expect(missed).toEqual([]);
    expect(changed).toBeGreaterThan(flips / 20);
  });
});
