import type { ErrorCode } from "@timmy/shared/errors";
import type {
  ApprovalsView,
  ApprovalView,
  EarningsView,
  JournalsView,
  PaymentsView,
  TreasuryView,
} from "@timmy/shared/money/views";
import type { Hold, Party } from "../ledger/port.ts";
import type { Reconciliation } from "../payments/port.ts";

export interface Refusal {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly details: string;
}

/**
 * Who asks, as a credential: `agent:ID`, `person:NAME`, `session:ID` (a browser that gave no second
 * factor), or `timmy` itself. An agent asks only for its own account.
 */
export type Requester = "timmy" | `agent:${string}` | `person:${string}` | `session:${string}`;

/** An amount as a stranger gives it; read by `parseMsat`, refused as `bad-amount`. */
export type AskedMsat = bigint | string | number;

export interface WithdrawalAsk {
  /** Idempotency: the same key with the same content answers the same request. */
  readonly key: string;
  /** `payment`: a payment that the policy did not let pass by itself. */
  readonly kind?: "withdrawal" | "payment";
  readonly party: Party;
  /** Must equal what an invoice asks for. Whole satoshi for an address. */
  readonly amountMsat: AskedMsat;
  /** A BOLT11 invoice or an address of this network. */
  readonly destination: string;
  readonly feeCapMsat: AskedMsat;
  readonly why: string;
  readonly requestedBy: Requester;
}
export interface ChannelAsk {
  readonly key: string;
  readonly peerPubkey: string;
  /** host:port, or empty when the peer is connected. */
  readonly peerAddress: string;
  readonly capacityMsat: AskedMsat;
  readonly feeCapMsat: AskedMsat;
  readonly why: string;
  readonly requestedBy: Requester;
}
export type AskResult =
  | { readonly ok: true; readonly approval: ApprovalView; readonly fresh: boolean }
  | Refusal;

/** A person's second factor: the name of an enrolled approver and six digits. */
export interface Factor {
  readonly who: string;
  readonly code: string;
}
export interface Decision extends Factor {
  /** The digest that the person was shown. */
  readonly digest: string;
}
export type Done = { readonly ok: true } | Refusal;

export interface PolicyLimits {
  readonly perPaymentMsat: bigint;
  readonly perHourMsat: bigint;
  /** Below 100,000 sat by default: what leaves in a day without a person. */
  readonly perDayMsat: bigint;
  readonly perPartyDayMsat: bigint;
  readonly feeBaseMsat: bigint;
  readonly feePpm: number;
  /** One withdrawal without a person: at most this, and only to `allow`. */
  readonly autoWithdrawalMsat: bigint;
  /**
   * Public keys of payees and addresses. Empty: payments may go to anybody under the caps, and no
   * withdrawal goes without a person.
   */
  readonly allow: readonly string[];
  readonly sweepAtMsat: bigint;
  readonly sweepToMsat: bigint;
  readonly rebalanceDayMsat: bigint;
}
export type PolicyChange = Partial<PolicyLimits>;

/** Shown once. */
export interface Enrolment {
  readonly otpauthUri: string;
  /** The same as a QR code of half blocks, for a terminal. */
  readonly qrText: string;
  /** Rows of modules, true is dark, for a page. */
  readonly qrModules: readonly (readonly boolean[])[];
}
export type EnrolResult = ({ readonly ok: true } & Enrolment) | Refusal;
export type DescriptorResult =
  | { readonly ok: true; readonly firstAddress: string; readonly confirmed: boolean }
  | Refusal;

export interface HoldAge extends Hold {
  readonly ageMs: number;
}
export interface TreasuryReport {
  readonly earnings: EarningsView;
  readonly tiers: TreasuryView["tiers"];
  readonly holds: readonly HoldAge[];
  readonly approvals: ApprovalsView;
  readonly proof: Reconciliation | null;
  /** What rebalancing last said: done, or why not ("infeasible: no cycle"). */
  readonly rebalancing: string;
}

/** The owner's side of the money: policy, second factor, approvals, sweep, rebalancing, reports. */
export interface Treasury {
  requestWithdrawal(ask: WithdrawalAsk): AskResult;
  requestChannel(ask: ChannelAsk): AskResult;
  /** One decision: whoever comes second gets `approval-closed`. Execution follows by itself. */
  approve(id: string, decision: Decision): AskResult;
  deny(id: string, decision: Decision): AskResult;
  approval(id: string): ApprovalView | null;
  /** Newest first, those that wait before those decided. */
  approvals(): ApprovalsView;

  /** From what the node last said; never asks it. */
  view(): TreasuryView;
  earnings(days: number): EarningsView;
  journals(page: { readonly before: number; readonly limit: number }): JournalsView;
  /** Payments out and sales in, newest first. */
  payments(page: { readonly limit: number }): PaymentsView;
  report(days: number): TreasuryReport;

  /** On needs no factor, off does. */
  setKillSwitch(on: boolean, factor?: Factor): Done;
  /** Version 0 is the default; -1: the books' policy is not ours, and nothing is spent. */
  policy(): PolicyLimits & { readonly version: number };
  setPolicy(change: PolicyChange, factor: Factor): Done;
  /** An allowance that renews; zero limit removes it. */
  setBudget(
    party: Party,
    budget: { readonly limitMsat: AskedMsat; readonly periodMs: number },
    factor: Factor,
  ): Done;
  /** Gives an agent money of the owner's, inside the books. */
  fund(party: Party, amountMsat: AskedMsat, factor: Factor): Done;
  /** Whether this is a person: uses the code up, and does nothing else. */
  prove(factor: Factor): Done;
  /** The second and further approvers need the factor of an enrolled one. */
  enrol(who: string, factor?: Factor): EnrolResult;
  /** The first code makes the enrolment count. */
  confirmEnrolment(who: string, code: string): Done;
  approvers(): readonly string[];
  /** Which approver a code is of, by looking only; the first one for a code that is nobody's. */
  whose(code: string): string;
  /** Watch-only: wpkh(...) with its checksum, or a zpub/vpub of BIP84. */
  setDescriptor(descriptor: string, factor: Factor): DescriptorResult;
  /** A person compared the first address on the signing device. */
  confirmDescriptor(firstAddress: string, factor: Factor): DescriptorResult;

  /** Keeps what a person must see; older ones are dropped. */
  alarm(code: string, sentence: string): void;
  onChange(listen: () => void): () => void;
  /** Asks the node for balances, channels and health. */
  refresh(): Promise<void>;
  /** Expiry, execution, confirmations, sweep, rebalancing: once through. Timers call it. */
  tick(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}
