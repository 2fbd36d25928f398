import type { StatusName } from "./refusal.ts";

export type FailureReason =
  | "FAILURE_REASON_TIMEOUT"
  | "FAILURE_REASON_NO_ROUTE"
  | "FAILURE_REASON_ERROR"
  | "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS"
  | "FAILURE_REASON_INSUFFICIENT_BALANCE";
export type PaymentStatus = "INITIATED" | "IN_FLIGHT" | "SUCCEEDED" | "FAILED";

/** What one call does instead of going well; each part works alone. */
export interface Fault {
  /** Answered at once, and nothing happens. */
  readonly refuse?: readonly [StatusName, string];
  /** The connection is cut: before anything happened, or when the work is done. */
  readonly kill?: "before" | "after";
  /** The work is done, the answer is UNAVAILABLE. */
  readonly drop?: boolean;
  /** The work is done and never answered. */
  readonly silent?: boolean;
  /** The work begins so much later. */
  readonly slowMs?: number;
  /** Payments: somebody sent it before, and it is so far. */
  readonly exists?: PaymentStatus;
  /** Payments: unknown for so many look-ups or so long, whichever ends first; then it runs. */
  readonly late?: { readonly lookups: number; readonly ms: number };
  /** Payments: how it ends; without one it succeeds. */
  readonly fails?: FailureReason;
  readonly settleAfterMs?: number;
  /** Payments: the fee is above the limit that was set by so much. */
  readonly overCapMsat?: bigint;
  /** Streams of payments: the last status that is told, and what the stream does then. */
  readonly toldUntil?: "INITIATED" | "IN_FLIGHT";
  readonly thenStream?: "drop" | "kill" | "silence";
  /** Streams of payments: a success comes with another preimage. */
  readonly wrongPreimage?: boolean;
  /** Streams of invoices: each event comes twice, or the stream ends instead of the next one. */
  readonly events?: "twice" | "drop";
}

/** Words of lnd 0.21.2: rpcperms/interceptor.go, payments/db/errors.go, rpcserver.go. */
export const words = {
  locked: "wallet locked, unlock it to enable full RPC access",
  starting: "the RPC server is in the process of starting up, but not yet ready to accept calls",
  waiting: "waiting to start, RPC services not available",
  noWallet: "wallet not created, create one to enable full RPC access",
  exists: "payment already exists",
  inTransition: "payment is in transition",
  alreadyPaid: "invoice is already paid",
  notInitiated: "payment isn't initiated",
  noInvoice: "unable to locate invoice",
  duplicateInvoice: "invoice with payment hash already exists",
  invoiceSettled: "invoice already settled",
  selfPayment: "self-payments not allowed",
} as const;

const minuteMs = 60_000;
export const dayMs = 86_400_000;
/** How far an HTLC of the fake needs when nothing is said. */
const shortMs = 2000;

export const faults = {
  "dropped-then-succeeded": {
    toldUntil: "IN_FLIGHT",
    thenStream: "drop",
    settleAfterMs: shortMs,
  },
  "dropped-then-failed": {
    toldUntil: "IN_FLIGHT",
    thenStream: "drop",
    settleAfterMs: shortMs,
    fails: "FAILURE_REASON_NO_ROUTE",
  },
  "initiated-then-silence": {
    toldUntil: "INITIATED",
    thenStream: "silence",
    settleAfterMs: shortMs,
  },
  "inflight-then-silence": {
    toldUntil: "IN_FLIGHT",
    thenStream: "silence",
    settleAfterMs: 20 * minuteMs,
    fails: "FAILURE_REASON_TIMEOUT",
  },
  "not-found-then-inflight": {
    kill: "after",
    late: { lookups: 2, ms: 3 * minuteMs },
    settleAfterMs: shortMs,
  },
  "exists-initiated": { exists: "INITIATED", settleAfterMs: shortMs },
  "exists-inflight": { exists: "IN_FLIGHT", settleAfterMs: shortMs },
  "exists-paid": { exists: "SUCCEEDED" },
  "exists-then-failed": {
    exists: "IN_FLIGHT",
    settleAfterMs: shortMs,
    fails: "FAILURE_REASON_NO_ROUTE",
  },
  "fee-over-cap": { overCapMsat: 2500n },
  "wrong-preimage": { wrongPreimage: true },
  "no-route": { fails: "FAILURE_REASON_NO_ROUTE" },
  "no-balance": { fails: "FAILURE_REASON_INSUFFICIENT_BALANCE" },
  "timed-out": { fails: "FAILURE_REASON_TIMEOUT", settleAfterMs: minuteMs },
  "wrong-details": { fails: "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS" },
  "stuck-for-days": { settleAfterMs: 3 * dayMs },
  "stuck-then-failed": { settleAfterMs: 5 * dayMs, fails: "FAILURE_REASON_TIMEOUT" },
  "killed-before": { kill: "before" },
  "killed-after": { kill: "after", settleAfterMs: shortMs },
  "dropped-answer": { drop: true },
  unavailable: { refuse: ["UNAVAILABLE", "transport is closing"] },
  silent: { silent: true },
  slow: { slowMs: 20_000 },
  locked: { refuse: ["UNKNOWN", words.locked] },
  starting: { refuse: ["UNKNOWN", words.starting] },
  "no-rights": { refuse: ["UNKNOWN", "permission denied"] },
  "not-found": { refuse: ["NOT_FOUND", words.notInitiated] },
  "internal-error": { refuse: ["INTERNAL", "fake: an error that nobody foresaw"] },
  "events-twice": { events: "twice" },
  "events-dropped": { events: "drop" },
} as const satisfies Readonly<Record<string, Fault>>;
export type FaultName = keyof typeof faults;

/** Faults by method and by the number of the call, the first call being 1. */
export class FaultScript {
  readonly #planned = new Map<string, FaultName>();
  readonly #calls = new Map<string, number>();
  #every = new Map<string, FaultName>();
  readonly #met = new Map<FaultName, number>();

  /** From now on: the first of `names` is for the next call, and so on; null goes well. */
  plan(method: string, ...names: readonly (FaultName | null)[]): void {
    const made = this.calls(method);
    for (const [k, name] of names.entries()) {
      if (name !== null) this.#planned.set(`${method} ${made + 1 + k}`, name);
    }
  }

  /** Each call of the method that is not planned otherwise; null: they go well again. */
  planEvery(method: string, name: FaultName | null): void {
    if (name === null) this.#every.delete(method);
    else this.#every.set(method, name);
  }

  clear(): void {
    this.#planned.clear();
    this.#every = new Map();
  }

  /** Counts a call and answers its fault; an empty one goes well. */
  next(method: string): Fault {
    const number = this.calls(method) + 1;
    this.#calls.set(method, number);
    const name = this.#planned.get(`${method} ${number}`) ?? this.#every.get(method);
    if (name === undefined) return {};
    this.#met.set(name, (this.#met.get(name) ?? 0) + 1);
    return faults[name];
  }

  /** How often a call met each fault. */
  met(): ReadonlyMap<FaultName, number> {
    return this.#met;
  }

  calls(method: string): number {
    return this.#calls.get(method) ?? 0;
  }
}
