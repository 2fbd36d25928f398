import type { JournalsView, PaymentsView, TreasuryView } from "@timmy/shared/money/views";
import type { Clock } from "@timmy/shared/ports/time";
import type { Books, Ledger, Party } from "../ledger/port.ts";
import type { Channel } from "../lightning/backend.ts";
import { createAlarms } from "../payments/alarms.ts";
import type { Payment, Payments, Reconciliation, Sale, Sales } from "../payments/port.ts";
import type { AlarmBook } from "./alarm-book.ts";
import type { ColdStorage } from "./cold-storage.ts";
import { createTodaysEarnings } from "./earnings.ts";
import { defaultPolicy, keptAlarms, maxPage, windowMs } from "./limits.ts";
import type { NodeSnapshot } from "./node-snapshot.ts";
import { isHigh, isLow } from "./rebalance-plan.ts";
import type { RequestStore } from "./request-store.ts";
import type { SecondFactor } from "./second-factor.ts";
import type { TreasuryGate } from "./spending-gate.ts";

export interface ViewPorts {
  readonly books: Books;
  readonly clock: Clock;
  readonly gate: TreasuryGate;
  readonly factor: SecondFactor;
  readonly requests: RequestStore;
  readonly cold: ColdStorage;
  readonly alarms: AlarmBook;
  readonly node: NodeSnapshot;
  readonly proof: () => Reconciliation | null;
  /** What rebalancing last said. */
  readonly rebalancing: () => string;
}

const text = (amount: bigint): string => `${amount}`;
const partyOf = (account: string): Party | null =>
  account.startsWith("party:") ? (account.slice("party:".length) as Party) : null;

export function proofViewOf(proof: Reconciliation | null): TreasuryView["proof"] {
  if (proof === null) return null;
  return {
    at_ms: proof.atMs,
    ok: proof.ok,
    differences: proof.differences.map((difference) => ({
      kind: difference.kind,
      account: difference.account,
      ledger_msat: text(difference.ledgerMsat),
      node_msat: text(difference.nodeMsat),
      sentence: difference.sentence,
    })),
  };
}

/** One channel as a bar, and why it is moved or not. */
function channelViewOf(channel: Channel, rebalancing: string): TreasuryView["channels"][number] {
  const balanced = !isHigh(channel) && !isLow(channel);
  return {
    id: channel.id,
    peer_alias: channel.peerAlias,
    peer_pubkey: channel.peerPubkey,
    capacity_msat: text(channel.capacityMsat),
    local_msat: text(channel.localMsat),
    remote_msat: text(channel.remoteMsat),
    reserve_msat: text(channel.localReserveMsat),
    active: channel.active,
    note: balanced ? "balanced" : rebalancing === "" ? "out of balance" : rebalancing,
  };
}

/** Each account of a party, with what it earned today and what is left of its budget. */
function createPartyViews({ books, clock, gate }: ViewPorts): () => TreasuryView["parties"] {
  const { ledger } = books;
  const today = createTodaysEarnings(ledger);
  function budgetOf(party: Party): TreasuryView["parties"][number]["budget"] {
    const budget = gate.store.budget(party);
    if (budget === null || budget === "broken") return null;
    const { limitMsat, periodMs, periodStartMs } = budget;
    return {
      limit_msat: text(limitMsat),
      spent_msat: text(gate.spentSince(periodStartMs - 1, party)),
      period_ms: periodMs,
      renews_in_ms: Math.ceil(periodStartMs + periodMs - gate.elapsed.nowMs()),
    };
  }
  return () => {
    const earned = today(clock.wallMs());
    return ledger.balances().flatMap((balance) => {
      const party = partyOf(balance.account);
      if (party === null) return [];
      return {
        party,
        name: party === "owner" ? "owner" : party.slice("agent:".length),
        posted_msat: text(balance.postedMsat),
        held_msat: text(balance.heldMsat),
        available_msat: text(balance.availableMsat),
        earned_day_msat: text(earned.get(party) ?? 0n),
        budget: budgetOf(party),
      };
    });
  };
}

export function createView(ports: ViewPorts): () => TreasuryView {
  const { books, clock, gate, factor, requests, cold, alarms, node } = ports;
  const { ledger } = books;
  const parties = createPartyViews(ports);
  const moneyAlarms = createAlarms({ books, clock, logger: silent });
  const posted = (account: string) => ledger.balance(account).postedMsat;

  function tiers(): TreasuryView["tiers"] {
    const policy = gate.store.policy() ?? defaultPolicy;
    const balance = node.balance();
    return {
      hot: {
        balance_msat: text(posted("asset:ln-hot")),
        inflight_msat: text(posted("asset:ln-inflight")),
        reserved_msat: text(posted("asset:ln-reserved")),
        day_cap_msat: text(policy.perDayMsat),
        day_spent_msat: text(gate.spentSince(gate.elapsed.nowMs() - windowMs.day)),
      },
      warm: {
        confirmed_msat: text(balance?.onchainConfirmedMsat ?? posted("asset:onchain-warm")),
        unconfirmed_msat: text(balance?.onchainUnconfirmedMsat ?? posted("asset:onchain-pending")),
        reserve_msat: text(balance?.anchorReserveMsat ?? 0n),
        sweep_at_msat: text(policy.sweepAtMsat),
        sweep_to_msat: text(policy.sweepToMsat),
      },
      cold: { balance_msat: text(posted("asset:cold")), ...cold.state() },
    };
  }
  function allAlarms(): TreasuryView["alarms"] {
    const ofPayments = moneyAlarms.newest(keptAlarms).map(({ atMs, code, sentence }) => ({
      ...{ at_ms: atMs, code, sentence },
    }));
    return [...alarms.newest(), ...ofPayments]
      .toSorted((a, b) => b.at_ms - a.at_ms)
      .slice(0, keptAlarms);
  }
  return () => {
    const policy = gate.store.policy() ?? defaultPolicy;
    return {
      backend: node.backend(),
      tiers: tiers(),
      parties: parties(),
      channels: node.channels().map((channel) => channelViewOf(channel, ports.rebalancing())),
      approvals_waiting: requests.inState("pending").length,
      approver_enrolled: factor.approvers().length > 0,
      kill_switch: gate.paused(),
      alarms: allAlarms(),
      proof: proofViewOf(ports.proof()),
      policy: {
        per_payment_msat: text(policy.perPaymentMsat),
        per_hour_msat: text(policy.perHourMsat),
        per_day_msat: text(policy.perDayMsat),
        per_party_day_msat: text(policy.perPartyDayMsat),
        fee_base_msat: text(policy.feeBaseMsat),
        fee_ppm: policy.feePpm,
        allow: [...policy.allow],
      },
    };
  };
}

const nothing = () => {};
/** Alarms of the payments are only read here. */
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A page of the ledger; `next` is where the following one begins, 0 after the last. */
export function journalsViewOf(ledger: Ledger, before: number, limit: number): JournalsView {
  const rows = Math.min(Math.max(1, Math.floor(limit)), maxPage);
  const page = ledger.journals({ beforeSeq: Math.max(0, before), limit: rows });
  return {
    journals: page.map((journal) => ({
      seq: journal.seq,
      at_ms: journal.atMs,
      kind: journal.kind,
      actor: journal.actor,
      note: journal.note,
      reference: journal.reference,
      party: journal.party,
      service: journal.service,
      hash: journal.hash,
      postings: journal.postings.map(({ account, amountMsat }) => ({
        account,
        amount_msat: text(amountMsat),
      })),
    })),
    next: page.length < rows ? 0 : (page.at(-1)?.seq ?? 0),
  };
}

const outgoing = (payment: Payment): PaymentsView["payments"][number] => ({
  id: payment.id,
  at_ms: payment.createdMs,
  direction: "out",
  state: payment.state,
  amount_msat: text(payment.amountMsat),
  fee_msat: payment.feeMsat === null ? null : text(payment.feeMsat),
  max_fee_msat: text(payment.maxFeeMsat),
  party: payment.party,
  purpose: payment.purpose,
  note: payment.note,
  counterparty: payment.payee,
  reason: payment.reason,
});
const incoming = (sale: Sale): PaymentsView["payments"][number] => ({
  id: sale.orderId,
  at_ms: sale.paidMs ?? sale.createdMs,
  direction: "in",
  state: sale.state,
  amount_msat: text(sale.state === "paid" ? sale.paidMsat : sale.amountMsat),
  fee_msat: null,
  max_fee_msat: null,
  party: sale.party,
  purpose: sale.service,
  note: sale.memo,
  counterparty: "",
  reason: "",
});

export function paymentsViewOf(payments: Payments, sales: Sales, wanted: number): PaymentsView {
  const limit = Math.min(Math.max(1, Math.floor(wanted)), maxPage);
  const all = [...payments.list({ limit }).map(outgoing), ...sales.list({ limit }).map(incoming)];
  return { payments: all.toSorted((a, b) => b.at_ms - a.at_ms).slice(0, limit) };
}
