import type { DriveMode } from "@timmy/shared/agent/world-state";
import type { ErrorCode } from "@timmy/shared/errors";

/** The core's last state frame, as numbers; ages are at the time of the frame. */
export interface CoreState {
  /** Milliseconds of the core's own time. */
  readonly tick: number;
  readonly mode: DriveMode;
  readonly generation: number;
  /** Causes that stand or that latched the stop; empty when it is not stopped. */
  readonly stopReasons: readonly string[];
  readonly leftMps: number;
  readonly rightMps: number;
  /** Odometry since power-up, the core's own frame. */
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  readonly gyroRadps: number;
  readonly rangeFrontM: number;
  readonly rangeFrontAgeMs: number;
  readonly rangeFrontValid: boolean;
  readonly leftDuty: number;
  readonly rightDuty: number;
  readonly batteryV: number;
  readonly bumperLeft: boolean;
  readonly bumperRight: boolean;
  readonly estopOpen: boolean;
  /** The forward speed that the core allows now (range, battery), m/s. */
  readonly ceilingMps: number;
  /** Frames that the core refused or could not read, since power-up. */
  readonly badFrames: number;
}

export type LinkOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ErrorCode; readonly detail: string };

/** How a stop ended: `measured` only when the core measured less than 0.01 m/s. */
export interface StopReport {
  readonly state: "stopped" | "unconfirmed";
  readonly reason: string;
  readonly speedMps: number;
  readonly generation: number;
}

export interface StopEvent {
  readonly state: "stopping" | "stopped" | "unconfirmed";
  readonly reason: string;
  readonly speedMps: number;
  readonly generation: number;
}

/**
 * The robot's end of the link to the core, the same in process, in a worker and over a socket.
 * It owns heartbeats; a set-point lives only for its own time to live.
 */
export interface CoreLink {
  /** Opens the transport and keeps it open; idempotent. */
  start(): void;
  stop(): Promise<void>;
  /** Takes the session and arms: hello, then the nonce the core gave is echoed. */
  arm(): Promise<LinkOutcome>;
  disarm(): void;
  /** m/s, rad/s, and milliseconds to live (at most 250). Carries the generation it was armed in. */
  setPoint(linearMps: number, angularRadps: number, ttlMs: number): void;
  /** A latched stop; answers once standstill was measured, or `unconfirmed` with the last speed. */
  halt(kind: "stop" | "estop", reason: string): Promise<StopReport>;
  /** Clears the stop of that generation; ends disarmed. */
  reset(generation: number): Promise<LinkOutcome>;
  /** The newest state, or null before the first; `ageMs` says how long ago it came. */
  latest(): { readonly state: CoreState; readonly ageMs: number } | null;
  linkUp(): boolean;
  onState(listen: (state: CoreState) => void): () => void;
  onStop(listen: (event: StopEvent) => void): () => void;
  onLink(listen: (up: boolean) => void): () => void;
  /** Frames and bytes that came damaged, since the start. */
  errors(): number;
}
