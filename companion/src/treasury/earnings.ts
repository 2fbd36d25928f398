import type { EarningsView } from "@timmy/shared/money/views";
import type { Journal, Ledger, Party } from "../ledger/port.ts";
import { dayMs, maxReportDays, maxReportJournals } from "./limits.ts";

const pageRows = 500;
const costKinds = ["payment-fee", "chain-fee", "rebalance"] as const;
type CostKind = (typeof costKinds)[number];
const incomeOf = "income:service:";

export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
const dayStart = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs;

/**
 * Journals since a moment, newest first, as many as a report may read. A clock that stood wrong for
 * a while leaves journals of another time between them: only a whole page of older ones is the end.
 */
function* journalsSince(ledger: Ledger, fromMs: number, afterSeq = 0): Generator<Journal> {
  let beforeSeq = 0;
  for (let read = 0; read < maxReportJournals; read += pageRows) {
    const page = ledger.journals({ beforeSeq, limit: pageRows });
    let found = false;
    for (const journal of page) {
      if (journal.seq <= afterSeq) return;
      if (journal.atMs < fromMs) continue;
      found = true;
      yield journal;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows || !found) return;
    beforeSeq = last.seq;
  }
}

interface Day {
  readonly earned: Map<string, { party: string; service: string; amountMsat: bigint }>;
  readonly costs: Map<CostKind, bigint>;
}

function addTo(day: Day, journal: Journal): bigint {
  let routingMsat = 0n;
  for (const { account, amountMsat } of journal.postings) {
    if (account.startsWith(incomeOf)) {
      const service = account.slice(incomeOf.length);
      const key = `${journal.party}|${service}`;
      const before = day.earned.get(key)?.amountMsat ?? 0n;
      const sum = { party: journal.party, service, amountMsat: before - amountMsat };
      day.earned.set(key, sum);
    }
    const cost = costKinds.find((kind) => account === `expense:${kind}`);
    if (cost !== undefined) day.costs.set(cost, (day.costs.get(cost) ?? 0n) + amountMsat);
    if (account === "income:routing") routingMsat -= amountMsat;
  }
  return routingMsat;
}

/** Earnings by agent, day and service, and what it cost; `days` back from now, UTC. */
export function earningsOf(ledger: Ledger, nowMs: number, days: number): EarningsView {
  const count = Math.min(Math.max(1, Math.floor(days)), maxReportDays);
  const fromMs = dayStart(nowMs) - (count - 1) * dayMs;
  const byDay = new Map<string, Day>();
  const totals = { earned: 0n, routing: 0n, "payment-fee": 0n, "chain-fee": 0n, rebalance: 0n };
  for (const journal of journalsSince(ledger, fromMs)) {
    const name = dayOf(journal.atMs);
    const day = byDay.get(name) ?? { earned: new Map(), costs: new Map() };
    byDay.set(name, day);
    totals.routing += addTo(day, journal);
  }
  for (const day of byDay.values()) {
    for (const { amountMsat } of day.earned.values()) totals.earned += amountMsat;
    for (const [kind, amountMsat] of day.costs) totals[kind] += amountMsat;
  }
  return {
    days: Array.from({ length: count }, (_, k) => dayOf(fromMs + k * dayMs)).map((name) => {
      const day = byDay.get(name);
      return {
        day: name,
        earned: [...(day?.earned.values() ?? [])].map(({ party, service, amountMsat }) => ({
          party,
          service,
          amount_msat: `${amountMsat}`,
        })),
        costs: [...(day?.costs ?? [])].map(([kind, amount]) => ({
          kind,
          amount_msat: `${amount}`,
        })),
      };
    }),
    totals: {
      earned_msat: `${totals.earned}`,
      payment_fees_msat: `${totals["payment-fee"]}`,
      chain_fees_msat: `${totals["chain-fee"]}`,
      rebalance_msat: `${totals.rebalance}`,
      routing_earned_msat: `${totals.routing}`,
    },
  };
}

/** What each party earned today, read on from where it was read before. */
export function createTodaysEarnings(
  ledger: Ledger,
): (nowMs: number) => ReadonlyMap<Party, bigint> {
  let day = -1;
  let seenSeq = 0;
  let sums = new Map<Party, bigint>();
  return (nowMs) => {
    const today = dayStart(nowMs);
    if (today !== day) {
      day = today;
      seenSeq = 0;
      sums = new Map();
    }
    const head = ledger.head().seq;
    if (head === seenSeq) return sums;
    for (const { party, postings } of journalsSince(ledger, today, seenSeq)) {
      for (const { account, amountMsat } of postings) {
        if (party === "" || !account.startsWith(incomeOf)) continue;
        sums.set(party, (sums.get(party) ?? 0n) - amountMsat);
      }
    }
    seenSeq = head;
    return sums;
  };
}
