/**
 * The way of a request. `requested` lasts no longer than the transaction that writes it; the
 * database holds the same table as a trigger, so that no other code can make another step.
 */
export type RequestState =
  | "requested"
  | "auto"
  | "pending"
  | "approved"
  | "rejected"
  | "expired"
  | "executing"
  | "sent"
  | "confirmed"
  | "failed";

export type RequestInput =
  /** Judged when it was made. */
  | "let-through"
  | "wait"
  | "approve"
  | "deny"
  | "expire"
  /** It cannot be carried out: the row is not the one that was approved. */
  | "void"
  | "execute"
  | "send"
  | "confirm"
  | "fail";

const steps: Readonly<Record<RequestState, Partial<Record<RequestInput, RequestState>>>> = {
  requested: { "let-through": "auto", wait: "pending" },
  auto: { execute: "executing", expire: "expired", void: "failed" },
  pending: { approve: "approved", deny: "rejected", expire: "expired" },
  approved: { execute: "executing", expire: "expired", void: "failed" },
  executing: { send: "sent", fail: "failed", void: "failed" },
  sent: { confirm: "confirmed", fail: "failed" },
  rejected: {},
  expired: {},
  confirmed: {},
  failed: {},
};

/** The state after an input, or null when there is no such step. */
export const stepRequest = (state: RequestState, input: RequestInput): RequestState | null =>
  steps[state][input] ?? null;
