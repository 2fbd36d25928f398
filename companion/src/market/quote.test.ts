import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { openBooks } from "../ledger/books.ts";
import { type Party, partyAccount } from "../ledger/port.ts";
import { maxTaskChars } from "./limits.ts";
import { createMarket } from "./market.ts";
import { houseAgents, personas } from "./personas.ts";

const task = "Write a Python function";

/** A market in memory, in which these parties have 1,000 sat each. */
function setUp(rich: readonly Party[]) {
  const time = createVirtualTime();
  const books = openBooks({ path: ":memory:", clock: time.clock });
  for (const party of rich) {
    const postings = [
      { account: "asset:ln-hot", amountMsat: 1_000_000n },
      { account: partyAccount(party), amountMsat: -1_000_000n },
    ] as const;
    const entry = { key: `fund:${party}`, kind: "deposit", actor: "person:test" } as const;
    const about = { note: "", reference: "", party, service: "" };
    books.write(() => books.ledger.post({ ...entry, ...about, postings }));
  }
  const makeId = createIds(time.clock, createRandom(7));
  const ports = { books, time, makeId, logger: createMemoryLogger() };
  const market = createMarket({ ...ports, agents: houseAgents, execute: null, houseBids: true });
  market.start();
  const quoted = (words: string) => {
    const result = market.quote(words);
    if (!result.ok) throw new Error(result.code);
    return result;
  };
  const writes = () => books.sql.get<{ n: bigint }>("SELECT total_changes() AS n")?.n;
  return { time, books, market, quoted, writes };
}
const everybody: readonly Party[] = [
  "owner",
  ...houseAgents.map(({ id }) => `agent:${id}` as const),
];

describe("a quote", () => {
  it("names the price that each persona then bids, and who bids at all", () => {
    const { time, market, quoted } = setUp(everybody);
    const { quotes, sentence } = quoted(task);
    expect(quotes.map(({ persona }) => persona)).toEqual(personas.map(({ id }) => id));
    const able = quotes.filter((one) => one.able);
    expect(able.map(({ persona }) => persona).sort()).toEqual(["forge", "quill"]);
    expect(sentence).toBe("The lowest price is Quill's: 10 sat.");
    const posted = market.post({ key: "k", task, poster: "owner", budgetMsat: 200_000n });
    time.advanceTo(15_000);
    const bids = posted.ok ? (market.get(posted.auction.id)?.decision ?? []) : [];
    const prices = bids.map(({ bidder, priceMsat }) => [bidder.replace("-001", ""), priceMsat]);
    expect(new Map(prices as [string, bigint][])).toEqual(
      new Map(able.map(({ persona, priceMsat }) => [persona, priceMsat])),
    );
  });
  it("writes nothing and opens no auction", () => {
    const { books, market, quoted, writes } = setUp(everybody);
    const before = { head: books.ledger.head(), writes: writes() };
    quoted(task);
    expect({ head: books.ledger.head(), writes: writes() }).toEqual(before);
    expect(market.newest(10)).toEqual([]);
  });
  it("says so when nobody has anything to stake, and when it is nobody's work", () => {
    const { quoted } = setUp([]);
    const poor = quoted(task);
    expect(poor.quotes.some(({ able }) => able)).toBe(false);
    expect(poor.sentence).toBe("It would suit Forge, Quill, but there is nothing to stake on it.");
    expect(quoted("Bake a cake").sentence).toContain("Nobody of this house");
  });
  it("refuses no words and too many", () => {
    const { market } = setUp([]);
    expect(market.quote(" \n")).toMatchObject({ ok: false, code: "empty-instruction" });
    const long = "x".repeat(maxTaskChars + 1);
    expect(market.quote(long)).toMatchObject({ ok: false, code: "too-large" });
  });
});
