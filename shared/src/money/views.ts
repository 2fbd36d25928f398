import { z } from "zod";
import { msatString } from "./amount.ts";

/**
 * What the companion's HTTP API says of money: amounts are strings of millisatoshi, times Unix
 * milliseconds. The dashboard uses the types, the API's tests the schemas.
 */
const id = z.string().min(1).max(100);
const text = z.string().max(2000);
const ms = z.number().int();

export const backendView = z.object({
  kind: z.enum(["mock", "lnd", "none"]),
  state: z.enum(["active", "locked", "starting", "away", "refused", "vault-locked"]),
  /** Why it is not active and what to do; empty when active. */
  sentence: text,
  alias: text,
  pubkey: text,
  network: text,
  version: text,
  since_ms: ms,
});
export const tiersView = z.object({
  hot: z.object({
    balance_msat: msatString,
    inflight_msat: msatString,
    /** Ours, but tied up in commitment fees and anchors. */
    reserved_msat: msatString,
    /** What may leave in a day without a person. */
    day_cap_msat: msatString,
    day_spent_msat: msatString,
  }),
  warm: z.object({
    confirmed_msat: msatString,
    unconfirmed_msat: msatString,
    reserve_msat: msatString,
    sweep_at_msat: msatString,
    sweep_to_msat: msatString,
  }),
  cold: z.object({ balance_msat: msatString, descriptor: z.boolean(), confirmed: z.boolean() }),
});
export const partyView = z.object({
  party: id,
  name: text,
  posted_msat: msatString,
  held_msat: msatString,
  available_msat: msatString,
  earned_day_msat: msatString,
  budget: z
    .object({
      limit_msat: msatString,
      spent_msat: msatString,
      period_ms: ms,
      renews_in_ms: ms,
    })
    .nullable(),
});
export const channelView = z.object({
  id,
  peer_alias: text,
  peer_pubkey: text,
  capacity_msat: msatString,
  local_msat: msatString,
  remote_msat: msatString,
  reserve_msat: msatString,
  active: z.boolean(),
  /** balanced, or why it is rebalanced or not. */
  note: text,
});
export const proofView = z.object({
  at_ms: ms,
  ok: z.boolean(),
  differences: z.array(
    z.object({
      kind: text,
      account: text,
      ledger_msat: msatString,
      node_msat: msatString,
      sentence: text,
    }),
  ),
});
export const treasuryView = z.object({
  backend: backendView,
  tiers: tiersView,
  parties: z.array(partyView),
  channels: z.array(channelView),
  approvals_waiting: z.number().int(),
  approver_enrolled: z.boolean(),
  kill_switch: z.boolean(),
  alarms: z.array(z.object({ at_ms: ms, code: id, sentence: text })),
  proof: proofView.nullable(),
  policy: z.object({
    per_payment_msat: msatString,
    per_hour_msat: msatString,
    per_day_msat: msatString,
    per_party_day_msat: msatString,
    fee_base_msat: msatString,
    fee_ppm: z.number().int(),
    allow: z.array(text),
  }),
});
export type TreasuryView = z.infer<typeof treasuryView>;

export const journalView = z.object({
  seq: z.number().int(),
  at_ms: ms,
  kind: text,
  actor: text,
  note: text,
  reference: text,
  party: text,
  service: text,
  hash: text,
  postings: z.array(z.object({ account: text, amount_msat: msatString })),
});
export const journalsView = z.object({ journals: z.array(journalView), next: z.number().int() });
export type JournalsView = z.infer<typeof journalsView>;

export const paymentView = z.object({
  id,
  at_ms: ms,
  direction: z.enum(["in", "out"]),
  state: text,
  amount_msat: msatString,
  fee_msat: msatString.nullable(),
  max_fee_msat: msatString.nullable(),
  party: text,
  /** The service of a sale, the purpose of a payment. */
  purpose: text,
  note: text,
  counterparty: text,
  reason: text,
});
export const paymentsView = z.object({ payments: z.array(paymentView) });
export type PaymentsView = z.infer<typeof paymentsView>;

export const earningsView = z.object({
  days: z.array(
    z.object({
      /** 2026-11-22, UTC. */
      day: text,
      earned: z.array(z.object({ party: text, service: text, amount_msat: msatString })),
      costs: z.array(z.object({ kind: text, amount_msat: msatString })),
    }),
  ),
  totals: z.object({
    earned_msat: msatString,
    payment_fees_msat: msatString,
    chain_fees_msat: msatString,
    rebalance_msat: msatString,
    routing_earned_msat: msatString,
  }),
});
export type EarningsView = z.infer<typeof earningsView>;

export const approvalView = z.object({
  id,
  kind: z.enum(["withdrawal", "sweep", "payment", "channel"]),
  state: z.enum([
    "pending",
    "approved",
    "rejected",
    "expired",
    "executing",
    "sent",
    "confirmed",
    "failed",
    "auto",
  ]),
  requested_by: text,
  why: text,
  amount_msat: msatString,
  fee_cap_msat: msatString,
  destination: text,
  destination_kind: z.enum(["invoice", "address", "node"]),
  /** First use of this destination: compare it on a second device. */
  destination_new: z.boolean(),
  /** What an approval binds: SHA-256 over amount, destination, fee cap, expiry. */
  digest: text,
  requested_ms: ms,
  expires_ms: ms,
  decided_ms: ms.nullable(),
  decided_by: text,
  /** Why it failed or was rejected; the payment or transaction that came of it. */
  outcome: text,
});
export const approvalsView = z.object({ approvals: z.array(approvalView) });
export type ApprovalsView = z.infer<typeof approvalsView>;
export type ApprovalView = z.infer<typeof approvalView>;

/** POST /api/treasury/approvals/ID/approve and .../deny. */
export const decisionBody = z.object({
  digest: z.string().length(64),
  /** Six digits of the owner's authenticator. */
  code: z.string().max(20),
});
/** POST /api/treasury/withdrawals. */
export const withdrawalBody = z.object({
  key: id,
  amount_msat: z.string().max(40),
  destination: z.string().min(1).max(10_000),
  fee_cap_msat: z.string().max(40),
  why: text,
});
/** POST /api/treasury/invoices: what a payer scans. */
export const invoiceBody = z.object({
  key: id,
  amount_msat: z.string().max(40),
  memo: z.string().max(500),
});
export const invoiceView = z.object({
  order_id: id,
  bolt11: text,
  amount_msat: msatString,
  state: text,
  expires_ms: ms,
});
export type InvoiceView = z.infer<typeof invoiceView>;

/** POST /api/treasury/kill-switch: on needs no code, off does. */
export const killSwitchBody = z.object({ on: z.boolean(), code: z.string().max(20).optional() });

/** GET /api/lnd: the connection, never a secret. */
export const lndView = z.object({
  configured: z.boolean(),
  address: text,
  pubkey: text,
  /** SHA-256 of the pinned certificate. */
  fingerprint: text,
  locked: z.boolean(),
  rights: z.array(z.object({ name: text, methods: z.array(text) })),
});
export type LndView = z.infer<typeof lndView>;
/** POST /api/lnd/probe: reads what the certificate says, and asks whoever has it for his state. */
export const probeBody = z.object({ address: z.string().max(300), cert_pem: z.string().max(8000) });
export const probeView = z.object({
  fingerprint: text,
  names: z.array(text),
  valid_until_ms: ms,
  reachable: z.boolean(),
  sentence: text,
});
export type ProbeView = z.infer<typeof probeView>;
/** POST /api/lnd/connect: the admin macaroon is used once to bake three lesser ones, then dropped. */
export const connectBody = z.object({
  address: z.string().max(300),
  cert_pem: z.string().max(8000),
  macaroon_hex: z.string().max(8000),
  passphrase: z.string().max(1000),
  code: z.string().max(20).optional(),
});
/** POST /api/lnd/unlock. */
export const unlockBody = z.object({ passphrase: z.string().max(1000) });

/** GET /api/market: the newest auctions and what was decided. */
export const auctionView = z.object({
  id,
  at_ms: ms,
  task: text,
  state: text,
  winner: text,
  price_msat: msatString,
  bond_msat: msatString,
  outcome: text,
  bids: z.array(
    z.object({
      bidder: text,
      price_msat: msatString,
      bond_msat: msatString,
      score: z.number(),
      /** Empty when it stood; else why it was left out. */
      left_out: text,
    }),
  ),
});
export const marketView = z.object({ auctions: z.array(auctionView) });
export type MarketView = z.infer<typeof marketView>;

/** POST /api/market/tasks. */
export const taskBody = z.object({
  key: id,
  task: z.string().max(10_000),
  budget_msat: z.string().max(40),
});
/** POST /api/market/tasks/ID/complete: what came of the work. */
export const workBody = z.object({ ok: z.boolean(), result: text });
