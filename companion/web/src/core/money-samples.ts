import type { ApprovalView, JournalsView, TreasuryView } from "@timmy/shared/money/views";

/** Views for tests; each test changes only what it is about. */
export const sampleTreasury = (fields: Partial<TreasuryView> = {}): TreasuryView => ({
  backend: {
    kind: "mock",
    state: "active",
    sentence: "",
    alias: "",
    pubkey: "",
    network: "regtest",
    version: "",
    since_ms: 1_000_000,
  },
  tiers: {
    hot: {
      balance_msat: "1000",
      inflight_msat: "200",
      reserved_msat: "0",
      day_cap_msat: "5000",
      day_spent_msat: "0",
    },
    warm: {
      confirmed_msat: "30",
      unconfirmed_msat: "7777",
      reserve_msat: "0",
      sweep_at_msat: "0",
      sweep_to_msat: "0",
    },
    cold: { balance_msat: "4", descriptor: true, confirmed: true },
  },
  parties: [],
  channels: [],
  approvals_waiting: 0,
  approver_enrolled: true,
  kill_switch: false,
  alarms: [],
  proof: null,
  policy: {
    per_payment_msat: "1",
    per_hour_msat: "1",
    per_day_msat: "1",
    per_party_day_msat: "1",
    fee_base_msat: "1",
    fee_ppm: 1,
    allow: [],
  },
  ...fields,
});

export const sampleBackend = (
  fields: Partial<TreasuryView["backend"]>,
): Pick<TreasuryView, "backend"> => ({ backend: { ...sampleTreasury().backend, ...fields } });

/** Entries from `first` down to `last`. */
export const sampleJournals = (first: number, last: number, next = last): JournalsView => ({
  journals: Array.from({ length: first - last + 1 }, (_, at) => ({
    seq: first - at,
    at_ms: 1,
    kind: "sale",
    actor: "timmy",
    note: "",
    reference: "",
    party: "",
    service: "",
    hash: "",
    postings: [],
  })),
  next,
});

export const sampleApproval = (fields: Partial<ApprovalView> = {}): ApprovalView => ({
  id: "w1",
  kind: "withdrawal",
  state: "pending",
  requested_by: "agent:timmy",
  why: "a wheel",
  amount_msat: "50000000",
  fee_cap_msat: "265000",
  destination: "bcrt1qxyz",
  destination_kind: "address",
  destination_new: true,
  digest: "ab".repeat(32),
  requested_ms: 1,
  expires_ms: 2,
  decided_ms: null,
  decided_by: "",
  outcome: "",
  ...fields,
});
