import type { ErrorCode } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import type { Books, Party } from "../ledger/port.ts";
import type { LightningBackend } from "../lightning/backend.ts";

/**
 * What this folder's parts are built on: `createPayments(ports & {gate, makeId, random?})`,
 * `createSales(ports & {payments?})`, `createReconciler(ports)`, `createAlarms(ports)`.
 */
export interface MoneyPorts {
  readonly books: Books;
  readonly backend: LightningBackend;
  readonly time: Time;
  readonly logger: Logger;
}

/**
 * draft -> held -> sending -> inflight -> succeeded | failed; and unknown, from which only
 * evidence leads away. `draft` is what waits for a node that is away (a queued send).
 */
export type PaymentState =
  | "draft"
  | "held"
  | "sending"
  | "inflight"
  | "unknown"
  | "succeeded"
  | "failed";

/** Where payee and amount came from; a mind, a peer or the world is never enough. */
export type PaymentOrigin =
  | { readonly from: "person"; readonly who: string }
  /** An approval, an awarded auction, a quote: something that this house wrote and bound. */
  | { readonly from: "record"; readonly record: string }
  | { readonly from: "agent" | "peer" | "world"; readonly who: string };

export interface SendRequest {
  /** Idempotency: the same key with the same request answers the same payment. */
  readonly key: string;
  readonly bolt11: string;
  /** Only for an invoice without an amount. */
  readonly amountMsat?: bigint;
  readonly maxFeeMsat: bigint;
  readonly party: Party;
  /** payment, withdrawal, rebalance, refund. */
  readonly purpose: string;
  readonly note: string;
  readonly origin: PaymentOrigin;
  /** For rebalancing only; the invoice is then our own and is paid through the network. */
  readonly circular?: { readonly outgoingChannelId: string; readonly lastHopPubkey: string };
  /**
   * The hold that covers amount and fee cap already (a withdrawal holds at request), instead of a
   * new one. It is released when the payment is final, whether it succeeded or failed.
   */
  readonly holdId?: string;
}

export interface Payment {
  readonly id: string;
  readonly key: string;
  readonly paymentHash: string;
  readonly bolt11: string;
  readonly payee: string;
  readonly amountMsat: bigint;
  readonly maxFeeMsat: bigint;
  /** Known once it succeeded. */
  readonly feeMsat: bigint | null;
  readonly preimage: string | null;
  readonly party: Party;
  readonly purpose: string;
  readonly note: string;
  readonly state: PaymentState;
  /** Why it failed, or why it is not known. */
  readonly reason: string;
  readonly createdMs: number;
  readonly changedMs: number;
  readonly expiresMs: number;
}

export type SendResult =
  | { readonly ok: true; readonly payment: Payment; readonly fresh: boolean }
  | { readonly ok: false; readonly code: ErrorCode; readonly details: string };

/** What the policy is asked, inside the transaction that holds the money. */
export interface Spend {
  readonly reference: string;
  readonly party: Party;
  readonly purpose: string;
  readonly payee: string;
  /** The invoice or address itself, so that a record binds this one and no other of the payee. */
  readonly destination: string;
  /** Zero for a circular payment: only its fee leaves. */
  readonly amountMsat: bigint;
  readonly maxFeeMsat: bigint;
  readonly origin: PaymentOrigin;
}
export type SpendVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: ErrorCode; readonly details: string };
/** The gate of all money that leaves. `treasury` implements it; nothing sends without it. */
export interface SpendingGate {
  judge(spend: Spend): SpendVerdict;
  /** The spend did not happen after all (failed with proof): windows get it back. */
  undo(reference: string): void;
  /** The kill switch: nothing may leave now, also what was judged before and waits in a queue. */
  paused(): boolean;
}

export interface Payments {
  /** Records the intent and sends; answers when the intent is on disk, not when it is paid. */
  send(request: SendRequest): Promise<SendResult>;
  /** Settles when the payment is final, or rejects when the signal aborts. */
  settled(paymentId: string, signal: AbortSignal): Promise<Payment>;
  get(paymentId: string): Payment | null;
  byHash(paymentHash: string): readonly Payment[];
  /** Newest first. */
  list(page: { readonly limit: number; readonly state?: PaymentState }): readonly Payment[];
  onChange(listen: (payment: Payment) => void): () => void;
  /** Goes on with everything that is not final, now and whenever the node is back. */
  start(): void;
  stop(): Promise<void>;
}

export interface SaleRequest {
  /** The order: also the seed of the preimage, so that a create that crashed can be repeated. */
  readonly orderId: string;
  readonly amountMsat: bigint;
  readonly memo: string;
  readonly party: Party;
  readonly service: string;
  readonly expiryS: number;
}
export interface Sale extends SaleRequest {
  readonly paymentHash: string;
  /** Empty until the node made it. */
  readonly bolt11: string;
  readonly state: "draft" | "open" | "paid" | "cancelled" | "expired";
  readonly paidMsat: bigint;
  readonly createdMs: number;
  readonly paidMs: number | null;
}
export type SaleResult =
  | { readonly ok: true; readonly sale: Sale; readonly fresh: boolean }
  | { readonly ok: false; readonly code: ErrorCode; readonly details: string };

/** Money that comes in: an invoice for each order, one credit for each payment hash. */
export interface Sales {
  create(request: SaleRequest, signal?: AbortSignal): Promise<SaleResult>;
  get(orderId: string): Sale | null;
  list(page: { readonly limit: number }): readonly Sale[];
  onPaid(listen: (sale: Sale) => void): () => void;
  /** Lists what was missed, then listens; again whenever the node is back. */
  start(): void;
  stop(): Promise<void>;
}

export interface Difference {
  /** A word for machines: routing-fees, channel-opened, deposit, commitment-fee, unexplained, ... */
  readonly kind: string;
  readonly account: string;
  readonly ledgerMsat: bigint;
  readonly nodeMsat: bigint;
  readonly sentence: string;
}
export interface Reconciliation {
  readonly atMs: number;
  readonly ok: boolean;
  readonly differences: readonly Difference[];
  /** What was explained by evidence of the node and posted in this run. */
  readonly posted: readonly string[];
}

/** Compares ledger and node, posts what evidence of the node explains, and names the rest. */
export interface Reconciler {
  /** One run. Throws `lnd-away` and its like when the node cannot be asked. */
  run(signal?: AbortSignal): Promise<Reconciliation>;
  /** Newest first; the newest 100 are kept. */
  newest(limit: number): readonly Reconciliation[];
}

/** What a person must look at: money that did not move as the protocol promises. */
export interface MoneyAlarm {
  readonly atMs: number;
  /** fee-over-cap, wrong-preimage, late-success, not-covered, paid-twice, ... */
  readonly code: string;
  readonly sentence: string;
  /** The payment, order or hash that it is about. */
  readonly reference: string;
}
