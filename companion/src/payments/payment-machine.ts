import { createHash } from "node:crypto";
import type { ErrorCode } from "@timmy/shared/errors";
import type { PaymentOutcome } from "../lightning/backend.ts";
import { voidGraceMs } from "./limits.ts";
import type { PaymentState } from "./port.ts";

/** `internal`: an invoice of our own, moved inside. `circular`: our own, paid through the network. */
export type PaymentKind = "lightning" | "internal" | "circular";

/** What the next step of a payment depends on; everything else in its row is for people. */
export interface PaymentFacts {
  readonly kind: PaymentKind;
  readonly state: PaymentState;
  readonly paymentHash: string;
  readonly maxFeeMsat: bigint;
  readonly expiresMs: number;
  readonly feeMsat: bigint | null;
  readonly preimage: string | null;
  readonly reason: string;
  /** Requests to pay that went out, or may have, since the payment last stood still. */
  readonly calls: number;
  /** Amount and fee cap stand in flight and no longer in hot. */
  readonly moved: boolean;
  /** A payment of the same hash failed before, and the node may be speaking of that one. */
  readonly hashSeen: boolean;
}

export type PaymentInput =
  /** Begin, go on after a restart, or ask again. */
  | { readonly on: "go"; readonly node: "ready" | "away" }
  | { readonly on: "inflight" }
  | { readonly on: "outcome"; readonly call: "pay" | "track"; readonly outcome: PaymentOutcome }
  /** Our patience with one call has ended. */
  | { readonly on: "timeout" }
  /** An answer that came after the call was given up. */
  | { readonly on: "late"; readonly outcome: PaymentOutcome }
  /** For an invoice of our own: whether the node could make it unpayable. */
  | { readonly on: "cancelled"; readonly could: boolean };

export interface Surroundings {
  readonly nowMs: number;
  /** The kill switch: nothing new may leave. */
  readonly paused: boolean;
}

/**
 * What is written to the ledger together with the state: `intent` hot to in flight, `back` the
 * reverse, `settle` and `inside` the end of a success, `refund` the end of a failure.
 */
export type BookEffect = "intent" | "back" | "settle" | "inside" | "refund";
export type NextCall = "pay" | "track" | "cancel" | "retry";
export interface StepAlarm {
  readonly code: "late-success" | "wrong-preimage" | "fee-over-cap" | "bad-fee";
  readonly sentence: string;
}
export interface PaymentStep {
  readonly facts: PaymentFacts;
  readonly book: BookEffect | null;
  /** What happens once this is on disk. */
  readonly next: NextCall | null;
  readonly alarm: StepAlarm | null;
}

/** The node refused because of itself, not because of the payment: the payment waits for it. */
const nodeCodes: readonly ErrorCode[] = [
  "lnd-away",
  "lnd-locked",
  "lnd-starting",
  "lnd-too-old",
  "lnd-identity",
  "bad-certificate",
  "vault-locked",
  "not-connected",
];

export const isFinal = (state: PaymentState): boolean =>
  state === "succeeded" || state === "failed";

const stay = (facts: PaymentFacts): PaymentStep => ({ facts, book: null, next: null, alarm: null });
const become = (
  facts: PaymentFacts,
  change: Partial<PaymentFacts>,
  rest: Partial<Omit<PaymentStep, "facts">> = {},
): PaymentStep => ({ ...stay({ ...facts, ...change }), ...rest });

/** Not known, and for the same reason as before: then there is nothing to write. */
const doubt = (
  facts: PaymentFacts,
  reason: string,
  next: NextCall | null = "retry",
): PaymentStep =>
  facts.state === "unknown" && facts.reason === reason
    ? { ...stay(facts), next }
    : become(facts, { state: "unknown", reason }, { next });
const fail = (facts: PaymentFacts, reason: string): PaymentStep =>
  become(facts, { state: "failed", reason, moved: false }, { book: "refund" });

/**
 * One step of a payment. A time-out, a drop and a crash lead to `unknown`, and from there only
 * evidence leads on: the clock alone never gives money back.
 */
export function stepPayment(
  facts: PaymentFacts,
  input: PaymentInput,
  around: Surroundings,
): PaymentStep {
  switch (input.on) {
    case "go":
      return go(facts, input.node, around);
    case "inflight":
      return isFinal(facts.state) || facts.state === "inflight" || facts.calls === 0
        ? stay(facts)
        : become(facts, { state: "inflight", reason: "" });
    case "timeout":
      return isFinal(facts.state) || facts.calls === 0 ? stay(facts) : doubt(facts, "timeout");
    case "late":
      // A failure that comes late may be that of a call before the one that runs now.
      return input.outcome.state === "succeeded" ? succeed(facts, input.outcome) : stay(facts);
    case "cancelled":
      return inside(facts, input.could);
    case "outcome":
      return facts.kind === "internal"
        ? insideUnknown(facts, input.outcome, around)
        : outcome(facts, input.call, input.outcome, around);
  }
}

function go(facts: PaymentFacts, node: "ready" | "away", around: Surroundings): PaymentStep {
  if (isFinal(facts.state)) return stay(facts);
  const resting = facts.state === "draft" || facts.state === "held";
  if (!resting) {
    const ask = facts.kind === "internal" ? "cancel" : "track";
    const next = node === "ready" ? ask : null;
    return facts.state === "unknown"
      ? { ...stay(facts), next }
      : doubt(facts, "the call was cut off", next);
  }
  if (around.nowMs >= facts.expiresMs) return fail(facts, "invoice-expired");
  const waits = node === "away" ? "lnd-away" : around.paused ? "kill-switch" : null;
  if (waits !== null) {
    const same = facts.state === "draft" && facts.reason === waits;
    return {
      ...(same ? stay(facts) : become(facts, { state: "draft", reason: waits })),
      next: "retry",
    };
  }
  const sending = { state: "sending", reason: "", calls: 1 } as const;
  return facts.kind === "internal"
    ? become(facts, sending, { next: "cancel" })
    : become(facts, { ...sending, moved: true }, { book: "intent", next: "pay" });
}

function outcome(
  facts: PaymentFacts,
  call: "pay" | "track",
  came: PaymentOutcome,
  around: Surroundings,
): PaymentStep {
  if (came.state === "succeeded") return succeed(facts, came);
  if (isFinal(facts.state) || facts.calls === 0) return stay(facts);
  switch (came.state) {
    case "failed":
      return failed(facts, call, came.reason, around);
    case "exists":
      return become(facts, { state: "inflight", reason: "" }, { next: "track" });
    case "not-found":
      return call === "track" ? again(facts, "not-found", around) : doubt(facts, "not-found");
    case "refused":
      return refused(facts, call, came.code);
    case "unknown":
      return doubt(facts, came.why.slice(0, 200));
  }
}

function succeed(
  facts: PaymentFacts,
  came: { readonly preimage: string; readonly feeMsat: bigint },
): PaymentStep {
  if (facts.state === "succeeded" || facts.kind === "internal") return stay(facts);
  const final = facts.state === "failed";
  const keep = (alarm: StepAlarm): PaymentStep =>
    final ? { ...stay(facts), alarm } : { ...doubt(facts, alarm.code), alarm };
  if (!preimageFits(came.preimage, facts.paymentHash)) {
    return keep({
      code: "wrong-preimage",
      sentence: "The node says that it paid, but its preimage does not belong to the payment.",
    });
  }
  if (came.feeMsat < 0n) {
    return keep({ code: "bad-fee", sentence: "The node says that it paid a fee below zero." });
  }
  let alarm: StepAlarm | null = null;
  if (came.feeMsat > facts.maxFeeMsat) {
    alarm = {
      code: "fee-over-cap",
      sentence: `The node paid a fee of ${came.feeMsat} msat; ${facts.maxFeeMsat} were allowed.`,
    };
  }
  if (final) {
    alarm = {
      code: "late-success",
      sentence: "A payment that had failed was paid after all; the books were put right.",
    };
  }
  const { preimage, feeMsat } = came;
  const change = { state: "succeeded", reason: "", preimage, feeMsat, moved: false } as const;
  return become(facts, change, { book: "settle", alarm });
}

export function preimageFits(preimage: string, paymentHash: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(preimage)) return false;
  return createHash("sha256").update(Buffer.from(preimage, "hex")).digest("hex") === paymentHash;
}

/**
 * A failure is proof when it can only be that of our last request: the answer to the request itself,
 * or the only one that there ever was, or one that was seen in flight since.
 */
function failed(
  facts: PaymentFacts,
  call: "pay" | "track",
  reason: string,
  around: Surroundings,
): PaymentStep {
  const alone = facts.calls === 1 && !facts.hashSeen;
  const graceOver = around.nowMs >= facts.expiresMs + voidGraceMs;
  if (call === "pay" || alone || facts.state === "inflight" || graceOver)
    return fail(facts, reason);
  return again(facts, reason, around);
}

/** The node knows nothing, or nothing new: the same invoice again, which it takes only once. */
function again(facts: PaymentFacts, why: string, around: Surroundings): PaymentStep {
  if (around.nowMs >= facts.expiresMs + voidGraceMs) return fail(facts, "void");
  if (around.nowMs >= facts.expiresMs || around.paused) return doubt(facts, why);
  return become(facts, { state: "unknown", reason: why, calls: facts.calls + 1 }, { next: "pay" });
}

function refused(facts: PaymentFacts, call: "pay" | "track", code: ErrorCode): PaymentStep {
  // Of a second request only itself is known to be refused, not what became of the first.
  if (call === "track" || facts.calls > 1) return doubt(facts, code);
  if (!nodeCodes.includes(code)) return fail(facts, code);
  return become(
    facts,
    { state: "draft", reason: code, calls: 0, moved: false },
    { book: "back", next: "retry" },
  );
}

function inside(facts: PaymentFacts, could: boolean): PaymentStep {
  if (isFinal(facts.state) || facts.kind !== "internal" || facts.calls === 0) return stay(facts);
  if (!could) return fail(facts, "already-paid");
  return become(facts, { state: "succeeded", reason: "", feeMsat: 0n }, { book: "inside" });
}

/** Nothing moves before the invoice is cancelled, so giving up is safe once it has expired. */
function insideUnknown(
  facts: PaymentFacts,
  came: PaymentOutcome,
  around: Surroundings,
): PaymentStep {
  if (isFinal(facts.state) || facts.calls === 0) return stay(facts);
  const reason = came.state === "refused" ? came.code : "the node did not answer";
  if (around.nowMs >= facts.expiresMs + voidGraceMs) return fail(facts, "invoice-expired");
  return doubt(facts, reason);
}
