import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { openBooks } from "../ledger/books.ts";
import { type Books, type Party, partyAccount } from "../ledger/port.ts";
import type { WorkOutcome } from "./auction-steps.ts";
import { houseBid } from "./house-bid.ts";
import { createMarket, type Execute } from "./market.ts";
import { houseAgents } from "./personas.ts";

const task = "Write a Python function";

/** A market on books in memory, where everybody has 1,000 sat. */
function setUp(execute: Execute | null = null, houseBids = false) {
  const time = createVirtualTime();
  const books = openBooks({ path: ":memory:", clock: time.clock });
  const makeId = createIds(time.clock, createRandom(7));
  const logger = createMemoryLogger();
  const fund = (party: Party, amountMsat: bigint) =>
    books.write(() =>
      books.ledger.post({
        key: `fund:${party}`,
        kind: "deposit",
        actor: "person:test",
        note: "",
        reference: "",
        party,
        service: "",
        postings: [
          { account: "asset:ln-hot", amountMsat },
          { account: partyAccount(party), amountMsat: -amountMsat },
        ],
      }),
    );
  fund("owner", 1_000_000n);
  for (const { id } of houseAgents) fund(`agent:${id}`, 1_000_000n);
  const open = () =>
    createMarket({ books, time, makeId, logger, agents: houseAgents, execute, houseBids });
  const market = open();
  market.start();
  const post = (key = "k1") => market.post({ key, task, poster: "owner", budgetMsat: 200_000n });
  const idOf = (result: ReturnType<typeof post>) => (result.ok ? result.auction.id : "");
  const balance = (party: Party) => books.ledger.balance(partyAccount(party));
  return { time, books, market, open, post, idOf, balance };
}

/** As on a full disk: every write is refused until the answer is called. */
function refuseWrites(books: Books): () => void {
  const { write } = books;
  const refused = () => {
    throw new TimmyError("disk-full");
  };
  Object.assign(books, { write: refused });
  return () => void Object.assign(books, { write });
}

describe("an auction whose step cannot be written", () => {
  it("waits for the disk instead of ending the process from a timer", () => {
    const { time, books, market, post, idOf } = setUp();
    const id = idOf(post());
    market.bid(id, "forge-001", 100_000n, 50_000n);
    const mend = refuseWrites(books);
    time.advanceTo(60_000);
    expect(market.get(id)?.state).toBe("bidding");
    mend();
    time.advanceTo(70_000);
    expect(market.get(id)).toMatchObject({ state: "executing", winner: "forge-001" });
  });
  it("does not keep the house from starting", () => {
    const { time, books, market, open, post, idOf } = setUp();
    const id = idOf(post());
    market.bid(id, "forge-001", 100_000n, 50_000n);
    market.stop();
    market.close(id);
    expect(market.get(id)?.state).toBe("awarded");
    const mend = refuseWrites(books);
    const again = open();
    again.start();
    mend();
    time.advanceTo(10_000);
    expect(again.get(id)?.state).toBe("executing");
    time.advanceTo(700_000);
    expect(again.get(id)).toMatchObject({ state: "failed", outcome: "not done in time" });
  });
});

describe("an auction", () => {
  it("holds the poster's budget, and the winner's bond at award", () => {
    const { market, post, idOf, balance, time } = setUp();
    const id = idOf(post());
    expect(balance("owner").heldMsat).toBe(200_000n);
    market.bid(id, "forge-001", 100_000n, 50_000n);
    market.bid(id, "quill-001", 90_000n, 10_000n);
    expect(balance("agent:forge-001").heldMsat).toBe(0n);
    time.advanceTo(14_999);
    expect(market.get(id)?.state).toBe("bidding");
    time.advanceTo(15_000);
    expect(market.get(id)).toMatchObject({ state: "executing", winner: "forge-001" });
    expect(balance("agent:forge-001").heldMsat).toBe(50_000n);
  });
  it("closes early when every agent has bid", () => {
    const { market, post, idOf } = setUp();
    const id = idOf(post());
    for (const agent of houseAgents) market.bid(id, agent.id, 100_000n, 1000n);
    expect(market.get(id)?.state).toBe("executing");
  });
  it("pays the winner and gives the bond back when the work is done", () => {
    const { market, post, idOf, balance, books } = setUp();
    const id = idOf(post());
    market.bid(id, "forge-001", 100_000n, 50_000n);
    market.close(id);
    expect(market.complete(id, { ok: true, result: "def f(): ..." }).ok).toBe(true);
    expect(balance("agent:forge-001")).toMatchObject({ postedMsat: 1_100_000n, heldMsat: 0n });
    expect(balance("owner")).toMatchObject({ postedMsat: 900_000n, heldMsat: 0n });
    expect(market.complete(id, { ok: true, result: "again" })).toMatchObject({
      ok: false,
      code: "auction-closed",
    });
    expect(books.ledger.verify()).toEqual([]);
  });
  it("forfeits the bond to the poster when the work fails or takes too long", () => {
    const { market, post, idOf, balance, time, books } = setUp();
    const id = idOf(post());
    market.bid(id, "forge-001", 100_000n, 50_000n);
    market.close(id);
    time.advanceTo(600_000);
    expect(market.get(id)).toMatchObject({ state: "failed", outcome: "not done in time" });
    expect(balance("agent:forge-001").postedMsat).toBe(950_000n);
    expect(balance("owner")).toMatchObject({ postedMsat: 1_050_000n, heldMsat: 0n });
    expect(books.ledger.verify()).toEqual([]);
  });
  it("gives the budget back when nobody bids, or when it is cancelled", () => {
    const { market, post, idOf, balance, time } = setUp();
    const first = idOf(post("a"));
    const second = idOf(post("b"));
    expect(market.cancel(second, "changed my mind").ok).toBe(true);
    time.advanceTo(15_000);
    expect(market.get(first)?.state).toBe("no-bidder");
    expect(balance("owner").heldMsat).toBe(0n);
  });
  it("answers the same auction to the same key, and refuses the key for another task", () => {
    const { market, post, balance } = setUp();
    const first = post();
    expect(post()).toMatchObject({ ok: true, fresh: false });
    expect(balance("owner").heldMsat).toBe(200_000n);
    const other = market.post({ key: "k1", task: "Dance", poster: "owner", budgetMsat: 200_000n });
    expect(other).toMatchObject({ ok: false, code: "duplicate-key" });
    expect(first.ok).toBe(true);
  });
  it("refuses amounts and tasks that are none", () => {
    const { market, post, idOf } = setUp();
    const id = idOf(post());
    for (const bad of [-1, 0, Number.NaN, 0.5, 2 ** 53, "x", null]) {
      const asked = market.post({ key: "bad", task, poster: "owner", budgetMsat: bad });
      expect(asked).toMatchObject({ ok: false, code: "bad-amount" });
      expect(market.bid(id, "forge-001", bad, 5)).toMatchObject({ ok: false, code: "bad-bid" });
      expect(market.bid(id, "forge-001", 5, bad)).toMatchObject({ ok: false, code: "bad-bid" });
    }
    expect(market.post({ key: "e", task: " ", poster: "owner", budgetMsat: 1 }).ok).toBe(false);
    expect(market.post({ key: "p", task, poster: "owner", budgetMsat: 10n ** 9n })).toMatchObject({
      code: "balance-too-low",
    });
  });
  it("leaves a bidder out whose bond went into another auction meanwhile", () => {
    const { market, post, idOf, balance } = setUp();
    const [a, b] = [idOf(post("a")), idOf(post("b"))];
    for (const id of [a, b]) market.bid(id, "forge-001", 100_000n, 800_000n);
    market.bid(b, "quill-001", 100_000n, 1000n);
    market.close(a);
    market.close(b);
    expect(market.get(a)?.winner).toBe("forge-001");
    expect(market.get(b)?.winner).toBe("quill-001");
    expect(market.get(b)?.decision[1]).toMatchObject({ leftOut: "balance-too-low" });
    expect(balance("agent:forge-001").heldMsat).toBe(800_000n);
  });
  it("learns from what came of it, within its bounds", () => {
    const { market, post, idOf } = setUp();
    const won = (key: string, outcome: WorkOutcome) => {
      const id = idOf(post(key));
      market.bid(id, "forge-001", 1000n, 1000n);
      market.close(id);
      const fit = market.get(id)?.decision[0]?.capability ?? 0;
      market.complete(id, outcome);
      return fit;
    };
    const fresh = won("1", { ok: false, result: "" });
    const burnt = won("2", { ok: false, result: "" });
    expect(burnt).toBeLessThan(fresh);
    for (let i = 0; i < 20; i++) won(`f${i}`, { ok: false, result: "" });
    expect(won("last", { ok: true, result: "" })).toBeGreaterThan(fresh / 2 - 0.01);
  });
});

describe("a market after a restart", () => {
  it("goes on from each state, and does the work of an awarded auction", async () => {
    const asked: string[] = [];
    const done = Promise.withResolvers<void>();
    const execute: Execute = async ({ id, agent }) => {
      asked.push(`${id} ${agent.id}`);
      done.resolve();
      return { ok: true, result: "done" };
    };
    const { market, open, post, idOf, time } = setUp(null);
    const id = idOf(post());
    market.bid(id, "forge-001", 1000n, 1000n);
    market.stop();
    const second = open();
    second.start();
    time.advanceTo(15_000);
    expect(second.get(id)?.state).toBe("executing");
    second.stop();
    const { books, ...rest } = setUp(execute);
    expect(books.ledger.verify()).toEqual([]);
    const again = rest.idOf(rest.post());
    rest.market.bid(again, "forge-001", 1000n, 1000n);
    rest.market.stop();
    const third = rest.open();
    third.start();
    rest.time.advanceTo(15_000);
    await done.promise;
    await new Promise(setImmediate);
    expect(asked).toEqual([`${again} forge-001`]);
    expect(third.get(again)?.state).toBe("completed");
  });
});

describe("ten thousand random auctions", () => {
  it("give the work, the bond and the pay to whom the decision names", { timeout: 120_000 }, () => {
    const seed = 20_261_122;
    const random = createRandom(seed);
    const { market, books, time } = setUp();
    const upTo = (n: number) => BigInt(Math.floor(random.uniform() * n));
    let awarded = 0;
    let atMs = 0;
    for (let i = 0; i < 10_000; i++) {
      const budgetMsat = 1n + upTo(500);
      const posted = market.post({ key: `r${i}`, task, poster: "owner", budgetMsat });
      if (!posted.ok) throw new Error(`seed ${seed}, auction ${i}: ${posted.code}`);
      const { id } = posted.auction;
      for (const agent of houseAgents) {
        if (random.uniform() < 0.4) market.bid(id, agent.id, 1n + upTo(600), 1n + upTo(2000));
      }
      market.close(id);
      const { state, winner, bondMsat, priceMsat, decision = [] } = market.get(id) ?? {};
      if (state === "no-bidder") continue;
      awarded++;
      const before = books.ledger.balance(`party:agent:${winner}`);
      expect(decision[0], `seed ${seed}, auction ${i}`).toMatchObject({
        bidder: winner,
        leftOut: null,
      });
      expect(books.ledger.getHold(`auction:${id}:bond`)?.party).toBe(`agent:${winner}`);
      const ok = random.uniform() < 0.9;
      market.complete(id, { ok, result: "" });
      const after = books.ledger.balance(`party:agent:${winner}`);
      const moved = ok ? (priceMsat ?? 0n) : -(bondMsat ?? 0n);
      expect(after.postedMsat - before.postedMsat, `seed ${seed}, auction ${i}`).toBe(moved);
      atMs += 10;
      time.advanceTo(atMs);
    }
    expect(awarded).toBeGreaterThan(5000);
    expect(books.ledger.openHolds()).toEqual([]);
    expect(books.ledger.verify()).toEqual([]);
  });
});

describe("what a house's agent bids by itself", () => {
  it("stands as soon as the task is posted, so that somebody gets it", () => {
    const { time, market, post, idOf, balance } = setUp(null, true);
    const id = idOf(post());
    time.advanceTo(15_000);
    const auction = market.get(id);
    expect(auction).toMatchObject({ state: "executing", winner: "forge-001" });
    expect(auction?.decision.map(({ bidder }) => bidder)).toContain("quill-001");
    expect(balance("agent:forge-001").heldMsat).toBe(auction?.bondMsat);
  });
  const record = { succeeded: 0, failed: 0 };
  const now = { record, queueDepth: 0, availableMsat: 10_000n, costFloorMsat: 1n };
  const forge = houseAgents.find(({ id }) => id === "forge-001");
  if (forge === undefined) throw new Error("there is no forge");
  it("is its rate, and a bond as large as it is sure, within what it has", () => {
    const bid = houseBid(forge, task, now);
    expect(bid).toEqual({ priceMsat: 18_000n, bondMsat: 10_000n });
  });
  it("is nothing for a task that is not its own, or with nothing to stake", () => {
    expect(houseBid(forge, "Bake a cake", now)).toBeNull();
    expect(houseBid(forge, task, { ...now, availableMsat: 0n })).toBeNull();
  });
});
