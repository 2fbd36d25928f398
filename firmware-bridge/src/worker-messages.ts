import type { LogFields, LogLevel } from "@timmy/shared/ports/logger";
import type { CoreState, LinkOutcome, StopEvent, StopReport } from "./core-link.ts";

/** What crosses between the robot's main thread and the thread that owns the link. */
export type ToWorker =
  | { readonly kind: "start" }
  | { readonly kind: "stop"; readonly ask: number }
  | { readonly kind: "arm"; readonly ask: number }
  | { readonly kind: "disarm" }
  | {
      readonly kind: "set-point";
      readonly linearMps: number;
      readonly angularRadps: number;
      readonly ttlMs: number;
      /** When it was wished, on the clock that both threads share. */
      readonly atMs: number;
    }
  | {
      readonly kind: "halt";
      readonly ask: number;
      readonly how: "stop" | "estop";
      readonly reason: string;
    }
  | { readonly kind: "reset"; readonly ask: number; readonly generation: number }
  /** From the owner of a process, again and again: a frozen one says nothing. */
  | { readonly kind: "alive" };

export type FromWorker =
  | {
      readonly kind: "state";
      readonly state: CoreState;
      readonly atMs: number;
      readonly errors: number;
    }
  | { readonly kind: "stop-event"; readonly event: StopEvent }
  | { readonly kind: "link"; readonly up: boolean }
  | { readonly kind: "answer"; readonly ask: number; readonly outcome: LinkOutcome }
  | { readonly kind: "report"; readonly ask: number; readonly report: StopReport }
  | { readonly kind: "ended"; readonly ask: number }
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: LogFields;
    };

/** Where the core is: behind a unix socket, or on a cable named by a path or a pattern. */
export type CorePlace = { readonly socketPath: string } | { readonly serialPath: string };

export interface WorkerSetup {
  readonly core: CorePlace;
  readonly session: number;
}

/** Milliseconds on the machine's monotonic clock, which all threads of a process share. */
export function sharedNowMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** What is left of a wish's life when it arrives: waiting for the other thread used some up. */
export function remainingMs(
  wish: { readonly ttlMs: number; readonly atMs: number },
  nowMs: number,
): number {
  return Math.max(0, wish.ttlMs - Math.max(0, nowMs - wish.atMs));
}
