import type { Clock } from "@timmy/shared/ports/time";
import type { Books, Party } from "../ledger/port.ts";
import type { Spend, SpendingGate, SpendVerdict } from "../payments/port.ts";
import { checkRebalance, checkWithdrawal } from "./bound-record.ts";
import { type BudgetStore, createBudgetStore } from "./budget-store.ts";
import { createElapsedTime, type ElapsedTime } from "./elapsed-time.ts";
import type { KeyRing } from "./key-file.ts";
import { windowMs } from "./limits.ts";
import { checkAmounts, judgeCaps, type PolicyFacts } from "./policy.ts";
import { createPolicyStore, type PolicyStore } from "./policy-store.ts";
import { provenanceOf, type RecordChecks } from "./provenance.ts";
import { createSpendBook } from "./spend-book.ts";

export interface GatePorts {
  readonly books: Books;
  readonly clock: Clock;
  readonly keys: KeyRing;
}
export interface GateOptions {
  /** Records of other rooms (auctions, orders) by the word before the colon. */
  readonly records?: RecordChecks;
}
/** The gate, and what the treasury needs of it beside. */
export interface TreasuryGate extends SpendingGate {
  readonly elapsed: ElapsedTime;
  readonly store: PolicyStore & BudgetStore;
  /** Judges a withdrawal of nobody's approval by the caps, and counts it; inside a transaction. */
  reserve(spend: Spend): SpendVerdict;
  /** What left since a moment of elapsed time, of one party or of all. */
  spentSince(fromElapsedMs: number, party?: Party): bigint;
}

export function createSpendingGate(ports: GatePorts, options: GateOptions = {}): TreasuryGate {
  const { books, clock, keys } = ports;
  const elapsed = createElapsedTime(books, clock);
  const store = { ...createPolicyStore(ports), ...createBudgetStore({ ...ports, elapsed }) };
  const book = createSpendBook({ books, clock, elapsed });
  const { spentSince } = book;
  /** These two are bound to one spend and were judged when they came about: caps do not apply. */
  const ownRecords: RecordChecks = {
    withdrawal: (spend, id) => checkWithdrawal({ books, keys }, spend, id),
    rebalance: (spend, id) => checkRebalance(books, spend, id),
  };

  function factsOf(party: Party): PolicyFacts | null {
    const limits = store.policy();
    const budget = store.budget(party);
    if (limits === null || budget === "broken") return null;
    const now = elapsed.nowMs();
    return {
      limits,
      killed: store.killed(),
      hourMsat: spentSince(now - windowMs.hour),
      dayMsat: spentSince(now - windowMs.day),
      partyDayMsat: spentSince(now - windowMs.day, party),
      budget: budget && { ...budget, spentMsat: spentSince(budget.periodStartMs - 1, party) },
    };
  }
  function admit(spend: Spend, reserving: boolean): SpendVerdict {
    const amounts = checkAmounts(spend);
    if (!amounts.ok) return amounts;
    const facts = factsOf(spend.party);
    if (facts === null) {
      return { ok: false, code: "books-broken", details: "The policy was changed by nobody." };
    }
    if (facts.killed) return { ok: false, code: "kill-switch", details: "" };
    const before = book.known(spend);
    if (before === "same") return { ok: true };
    if (before === "other") return { ok: false, code: "duplicate-key", details: "" };
    const from = reserving
      ? ({ verdict: { ok: true }, bound: false } as const)
      : provenanceOf(spend, ownRecords, options.records ?? {});
    if (!from.verdict.ok) return from.verdict;
    if (!from.bound) {
      const caps = judgeCaps(spend, facts);
      if (!caps.ok) return caps;
    }
    book.count(spend, !from.bound);
    return { ok: true };
  }
  return {
    elapsed,
    store,
    spentSince,
    judge: (spend) => books.write(() => book.keepVerdict(spend, admit(spend, false))),
    reserve: (spend) => books.write(() => book.keepVerdict(spend, admit(spend, true))),
    undo: book.undo,
    paused: () => store.killed() || store.policy() === null,
  };
}
