import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import { parseMsat } from "@timmy/shared/money/amount";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { type Books, type Party, partyAccount } from "../ledger/port.ts";
import { type Auction, createAuctionRows } from "./auction-rows.ts";
import { awardAuction, budgetHold, settleAuction, type WorkOutcome } from "./auction-steps.ts";
import { type Circumstances, houseBid } from "./house-bid.ts";
import { biddingMs, maxBids, maxOpenAuctions, maxTaskChars, retryMs, workMs } from "./limits.ts";
import type { MarketAgent } from "./personas.ts";
import { type Quotes, quoteTask } from "./quote.ts";

/**
 * Does the work of an awarded auction. Asked again with the same id after a restart, so it must not
 * do twice what may be done once.
 */
export type Execute = (
  work: { readonly id: string; readonly task: string; readonly agent: MarketAgent },
  signal: AbortSignal,
) => Promise<WorkOutcome>;

export interface MarketPorts {
  readonly books: Books;
  readonly time: Time;
  readonly makeId: () => string;
  readonly logger: Logger;
  readonly agents: readonly MarketAgent[];
  /** Null: whoever did the work says so with `complete`. */
  readonly execute: Execute | null;
  /** The agents of this house bid by themselves as soon as a task is posted. */
  readonly houseBids?: boolean;
}
export type MarketResult =
  | { readonly ok: true; readonly auction: Auction; readonly fresh: boolean }
  | { readonly ok: false; readonly code: ErrorCode; readonly details: string };

export type QuoteResult =
  | ({ readonly ok: true } & Quotes)
  | { readonly ok: false; readonly code: ErrorCode; readonly details: string };

export interface Market {
  /** Opens an auction; the poster's budget is held until it ends. The same key answers the same. */
  post(ask: {
    readonly key: string;
    readonly task: string;
    readonly poster: Party;
    readonly budgetMsat: unknown;
    readonly biddingMs?: number;
  }): MarketResult;
  /** An agent's newest bid counts. When every agent has bid, the auction closes early. */
  bid(auctionId: string, bidder: string, price: unknown, bond: unknown): MarketResult;
  /** Decides now, with the bids that are there. */
  close(auctionId: string): MarketResult;
  /** Ends an auction that is not yet awarded. */
  cancel(auctionId: string, why: string): MarketResult;
  /** The work is done, or has failed: pays or forfeits. */
  complete(auctionId: string, outcome: WorkOutcome): MarketResult;
  /** What a task would cost with each agent; nothing is written by asking. */
  quote(task: string): QuoteResult;
  get(auctionId: string): Auction | null;
  newest(limit: number): readonly Auction[];
  onChange(listen: (auction: Auction) => void): () => void;
  /** Goes on with everything that is open. */
  start(): void;
  stop(): void;
}

/** Auctions from the task to the paid work, on the books. */
export function createMarket(ports: MarketPorts): Market {
  const { books, time, agents, logger } = ports;
  const { ledger } = books;
  const rows = createAuctionRows(books);
  const listeners = new Set<(auction: Auction) => void>();
  const timers = new Map<string, Timer>();
  const working = new Map<string, AbortController>();
  let running = false;

  const nowMs = () => Math.round(time.clock.wallMs());
  const steps = { ledger, rows, agents, nowMs };
  const refuse = (code: ErrorCode, details = "") => ({ ok: false, code, details }) as const;
  const wordsOf = (task: string) => task.trim().toWellFormed();
  function faultOf(words: string) {
    if (words === "") return refuse("empty-instruction");
    return words.length > maxTaskChars ? refuse("too-large", `${maxTaskChars} characters.`) : null;
  }
  const agentOf = (id: string) => agents.find((agent) => agent.id === id);

  function told(id: string, fresh = true): MarketResult {
    const auction = rows.get(id);
    if (auction === null) return refuse("not-found", "There is no such auction.");
    if (fresh) for (const listen of [...listeners]) listen(auction);
    return { ok: true, auction, fresh };
  }
  /** A step inside one transaction, and what follows from it after the commit. */
  function change(id: string, step: (auction: Auction) => ErrorCode | null): MarketResult {
    const code = books.write(() => {
      const auction = rows.get(id);
      return auction === null ? "not-found" : step(auction);
    });
    if (code !== null) return refuse(code, `Auction ${id}.`);
    const result = told(id);
    attempt(id, "the next step", () => advance(id));
    return result;
  }

  function wait(id: string, what: string, delayMs: number, run: () => void): void {
    timers.get(id)?.cancel();
    const ring = () => attempt(id, what, run);
    timers.set(id, time.timers.after(what, Math.max(0, delayMs), ring));
  }
  /** Runs now; what the books cannot write at this moment (a full disk) is tried again. */
  function attempt(id: string, what: string, run: () => void): void {
    if (!running) return;
    try {
      run();
    } catch (error) {
      const code = error instanceof TimmyError ? error.code : "internal";
      logger.warn("an auction cannot go on yet", { auction: id, what, code });
      wait(id, what, retryMs, run);
    }
  }
  /** What the state of an auction asks for next. */
  function advance(id: string): void {
    if (!running) return;
    const auction = rows.get(id);
    if (auction === null) return;
    if (auction.state === "bidding") {
      wait(id, "bidding", auction.closesMs - nowMs(), () => void api.close(id));
    } else if (auction.state === "awarded" || auction.state === "executing") {
      work(auction);
    } else {
      timers.get(id)?.cancel();
      timers.delete(id);
      working.get(id)?.abort();
      working.delete(id);
    }
  }
  function work(auction: Auction): void {
    const { id, task, winner } = auction;
    if (working.has(id)) return;
    const agent = agentOf(winner);
    const abort = new AbortController();
    if (auction.state === "awarded") {
      books.write(() => rows.end(id, "executing", "", nowMs()));
      told(id);
    }
    working.set(id, abort);
    const finish = (outcome: WorkOutcome) =>
      attempt(id, "the end of an auction", () => {
        if (!abort.signal.aborted) api.complete(id, outcome);
      });
    wait(id, "the work of an auction", workMs, () =>
      finish({ ok: false, result: "not done in time" }),
    );
    if (agent === undefined) finish({ ok: false, result: "this agent is not here any more" });
    else if (ports.execute !== null) {
      ports.execute({ id, task, agent }, abort.signal).then(finish, (error: unknown) => {
        logger.warn("work failed", { auction: id, error: String(error) });
        finish({ ok: false, result: "the work ended with an error" });
      });
    }
  }

  function circumstances(): (agent: MarketAgent) => Circumstances {
    const open = rows.open();
    return (agent) => ({
      record: rows.record(agent.id, agent.persona.service),
      queueDepth: open.filter(({ winner }) => winner === agent.id).length,
      availableMsat: ledger.balance(partyAccount(`agent:${agent.id}`)).availableMsat,
      costFloorMsat: 0n,
    });
  }
  /** Inside the transaction that posts the task, so that no crash leaves it without bids. */
  function bidForHouse(id: string, task: string, atMs: number): void {
    const now = circumstances();
    for (const agent of agents) {
      const bid = houseBid(agent, task, now(agent));
      if (bid !== null) rows.putBid(id, agent.id, bid.priceMsat, bid.bondMsat, atMs);
    }
  }

  const api: Market = {
    post({ key, task, poster, budgetMsat, biddingMs: forMs = biddingMs }) {
      const budget = parseMsat(budgetMsat);
      if (budget === null) return refuse("bad-amount", "The budget.");
      const words = wordsOf(task);
      const wrong = faultOf(words);
      if (wrong !== null) return wrong;
      const id = ports.makeId();
      const outcome = books.write((): MarketResult | null => {
        const before = rows.byKey(key);
        if (before !== null) {
          const same =
            before.task === words && before.budgetMsat === budget && before.poster === poster;
          return same ? { ok: true, auction: before, fresh: false } : refuse("duplicate-key");
        }
        if (rows.open().length >= maxOpenAuctions)
          return refuse("busy", "Too many auctions are open.");
        const held = ledger.hold({
          id: budgetHold(id),
          party: poster,
          amountMsat: budget,
          purpose: "budget",
          reference: id,
        });
        if (!held.ok) return refuse(held.reason, held.details);
        const postedMs = nowMs();
        const closesMs = postedMs + Math.max(0, Math.floor(forMs));
        rows.insert({
          id,
          key,
          task: words,
          poster,
          budgetMsat: budget,
          state: "bidding",
          postedMs,
          closesMs,
        });
        if (ports.houseBids === true) bidForHouse(id, words, postedMs);
        return null;
      });
      if (outcome !== null) return outcome;
      const result = told(id);
      attempt(id, "the next step", () => advance(id));
      return result;
    },
    bid(auctionId, bidder, price, bond) {
      const asked = parseMsat(price);
      const staked = parseMsat(bond);
      if (asked === null || staked === null) return refuse("bad-bid");
      if (agentOf(bidder) === undefined) return refuse("not-found", "There is no such agent.");
      const result = change(auctionId, (auction) => {
        if (auction.state !== "bidding") return "auction-closed";
        if (rows.bids(auctionId).length >= maxBids) return "busy";
        rows.putBid(auctionId, bidder, asked, staked, nowMs());
        return null;
      });
      const all =
        result.ok && agents.every(({ id }) => rows.bids(auctionId).some((b) => b.bidder === id));
      return all ? api.close(auctionId) : result;
    },
    close: (auctionId) => change(auctionId, (auction) => awardAuction(steps, auction)),
    cancel: (auctionId, why) =>
      change(auctionId, (auction) => {
        if (auction.state !== "bidding") return "auction-closed";
        ledger.release(budgetHold(auctionId));
        rows.end(auctionId, "cancelled", why.slice(0, maxTaskChars), nowMs());
        return null;
      }),
    complete: (auctionId, outcome) =>
      change(auctionId, (auction) => settleAuction(steps, auction, outcome)),
    quote(task) {
      const words = wordsOf(task);
      return faultOf(words) ?? { ok: true, ...quoteTask(agents, words, circumstances()) };
    },
    get: (auctionId) => rows.get(auctionId),
    newest: (limit) => rows.newest(limit),
    onChange(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    start() {
      if (running) return;
      running = true;
      for (const { id } of rows.open()) attempt(id, "going on", () => advance(id));
    },
    stop() {
      running = false;
      for (const timer of timers.values()) timer.cancel();
      for (const abort of working.values()) abort.abort();
      timers.clear();
      working.clear();
    },
  };
  return api;
}
