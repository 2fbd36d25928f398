import type { Clock } from "@timmy/shared/ports/time";
import type { Books, Party } from "../ledger/port.ts";
import type { Spend, SpendingGate, SpendVerdict } from "../payments/port.ts";
import { checkRebalance, checkWithdrawal } from "./bound-record.ts";
import { createElapsedTime, type ElapsedTime } from "./elapsed-time.ts";
import type { KeyRing } from "./key-file.ts";
import { windowMs } from "./limits.ts";
import { checkAmounts, judgeCaps, type PolicyFacts } from "./policy.ts";
import { createPolicyStore, type PolicyStore } from "./policy-store.ts";
import { createSpendBook } from "./spend-book.ts";

/**
 * Whether a record that this house wrote binds the spend: payee, amount and party. Asked with the
 * text after `NAME:` of the origin's record.
 */
export type RecordCheck = (spend: Spend, id: string) => SpendVerdict;

export interface GatePorts {
  readonly books: Books;
  readonly clock: Clock;
  readonly keys: KeyRing;
}
export interface GateOptions {
  /** Records of other rooms (auctions, orders) by the word before the colon. */
  readonly records?: Readonly<Record<string, RecordCheck>>;
}
/** The gate, and what the treasury needs of it beside. */
export interface TreasuryGate extends SpendingGate {
  readonly elapsed: ElapsedTime;
  readonly store: PolicyStore;
  /** Judges a withdrawal of nobody's approval by the caps, and counts it; inside a transaction. */
  reserve(spend: Spend): SpendVerdict;
  /** What left since a moment of elapsed time, of one party or of all. */
  spentSince(fromElapsedMs: number, party?: Party): bigint;
}

export function createSpendingGate(ports: GatePorts, options: GateOptions = {}): TreasuryGate {
  const { books, clock, keys } = ports;
  const elapsed = createElapsedTime(books, clock);
  const store = createPolicyStore({ ...ports, elapsed });
  const book = createSpendBook({ books, clock, elapsed });
  const { spentSince } = book;
  /** These two are bound to one spend and were judged when they came about: caps do not apply. */
  const ownRecords: Readonly<Record<string, RecordCheck>> = {
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
      budget:
        budget === null
          ? null
          : {
              limitMsat: budget.limitMsat,
              spentMsat: spentSince(budget.periodStartMs - 1, party),
            },
    };
  }
  /** Whether payee and amount come from where they may come from; `bound` skips the caps. */
  function provenance(spend: Spend): { verdict: SpendVerdict; bound: boolean } {
    const { origin } = spend;
    const refused = (details: string) => ({
      verdict: { ok: false, code: "provenance-refused", details } as const,
      bound: false,
    });
    if (origin.from === "person") {
      return origin.who === ""
        ? refused("Nobody is named.")
        : { verdict: { ok: true }, bound: false };
    }
    if (origin.from !== "record") return refused(`It came from ${origin.from}.`);
    const cut = origin.record.indexOf(":");
    const [name, id] = [origin.record.slice(0, cut), origin.record.slice(cut + 1)];
    const own = Object.hasOwn(ownRecords, name) ? ownRecords[name] : undefined;
    if (own !== undefined) return { verdict: own(spend, id), bound: true };
    const others = options.records ?? {};
    const check = Object.hasOwn(others, name) ? others[name] : undefined;
    if (cut < 1 || check === undefined) return refused("There is no such record.");
    return { verdict: check(spend, id), bound: false };
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
    const from = reserving ? { verdict: { ok: true } as const, bound: false } : provenance(spend);
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
