import { TimmyError } from "@timmy/shared/errors";
import type { Timers } from "@timmy/shared/ports/time";
import { nodeCallMs } from "./limits.ts";

/** Calls the node with a signal that ends with the treasury, or when the node says nothing. */
export type NodeCall = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

export function createNodeCall(timers: Timers, ended: AbortSignal): NodeCall {
  return async (call) => {
    const late = new AbortController();
    const timer = timers.after("treasury-node-call", nodeCallMs, () =>
      late.abort(new TimmyError("lnd-away", "It said nothing in time.")),
    );
    try {
      return await call(AbortSignal.any([ended, late.signal]));
    } finally {
      timer.cancel();
    }
  };
}

const passing: ReadonlySet<string> = new Set([
  "lnd-away",
  "lnd-locked",
  "lnd-starting",
  "vault-locked",
  "not-connected",
  "macaroon-refused",
  "bad-certificate",
  "lnd-identity",
  "rate-limited",
  "disk-full",
  "disk-error",
  // Another process wrote to the books for longer than a write waits.
  "folder-in-use",
  "kill-switch",
]);

/** Whether the same may be tried again later: nothing was decided, and nothing left. */
export const isPassing = (code: string): boolean => passing.has(code);
