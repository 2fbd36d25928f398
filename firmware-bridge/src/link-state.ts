import type { CoreState, LinkOutcome, StopEvent, StopReport } from "./core-link.ts";
import type { Frame, FrameOf } from "./frame-codec.ts";
import { firstBackoffMs } from "./limits.ts";
import type { FrameType, Payload } from "./payloads.ts";

/** What happens to the link. Timeouts are inputs too: `pulse` looks at every deadline. */
export type LinkInput =
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | { readonly kind: "frame"; readonly frame: Frame }
  | { readonly kind: "pulse" }
  | { readonly kind: "arm"; readonly ask: number }
  | { readonly kind: "disarm" }
  | {
      readonly kind: "set-point";
      readonly linearMps: number;
      readonly angularRadps: number;
      readonly ttlMs: number;
    }
  | {
      readonly kind: "halt";
      readonly ask: number;
      readonly how: "stop" | "estop";
      readonly reason: string;
    }
  | { readonly kind: "reset"; readonly ask: number; readonly generation: number };

export type LinkEffect =
  | { readonly kind: "open" }
  | { readonly kind: "close" }
  | { readonly kind: "send"; readonly frame: Frame }
  | { readonly kind: "answer"; readonly ask: number; readonly outcome: LinkOutcome }
  | { readonly kind: "report"; readonly ask: number; readonly report: StopReport }
  | { readonly kind: "state"; readonly state: CoreState }
  | { readonly kind: "stop-event"; readonly event: StopEvent }
  | { readonly kind: "link"; readonly up: boolean };

/** A frame that is repeated until it is answered or given up. */
export interface Ask {
  readonly ask: number;
  readonly untilMs: number;
  readonly sentAtMs: number;
  readonly firstSeq: number;
}
/** Arming is two exchanges: hello brings the nonce, arm echoes it. */
export interface ArmAsk extends Ask {
  readonly step: "hello" | "arm";
}
export interface ResetAsk extends Ask {
  readonly generation: number;
}
export interface HaltAsk extends Ask {
  readonly how: "stop" | "estop";
  readonly reason: string;
  readonly acked: boolean;
}

/** The newest wish to move; it dies at `untilMs` however alive the link is. */
export interface Intent {
  readonly linearMps: number;
  readonly angularRadps: number;
  readonly untilMs: number;
  readonly sentAtMs: number;
}

export interface LinkState {
  readonly session: number;
  readonly wanted: boolean;
  readonly line: "closed" | "opening" | "open";
  readonly lineSinceMs: number;
  readonly retryAtMs: number;
  readonly backoffMs: number;
  /** The core answered our hello on this line, and is heard. */
  readonly up: boolean;
  readonly heardAtMs: number;
  readonly helloAtMs: number;
  readonly heartbeatAtMs: number;
  /** The sequence number of the next frame to the core. */
  readonly seq: number;
  readonly coreSeq: number | null;
  readonly coreTick: number;
  /** The generation we armed in; null while we are not armed. */
  readonly armedIn: number | null;
  readonly intent: Intent | null;
  readonly arm: ArmAsk | null;
  readonly disarm: Ask | null;
  readonly reset: ResetAsk | null;
  readonly halts: readonly HaltAsk[];
  readonly latest: CoreState | null;
  /** Frames that were repeated or out of order. */
  readonly dropped: number;
}

/** `session` is the token that tells this master from others; not 0. */
export function createLinkState(session: number): LinkState {
  return {
    session,
    wanted: false,
    line: "closed",
    lineSinceMs: 0,
    retryAtMs: 0,
    backoffMs: firstBackoffMs,
    up: false,
    heardAtMs: 0,
    helloAtMs: 0,
    heartbeatAtMs: 0,
    seq: 1,
    coreSeq: null,
    coreTick: 0,
    armedIn: null,
    intent: null,
    arm: null,
    disarm: null,
    reset: null,
    halts: [],
    latest: null,
    dropped: 0,
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One step under way: a copy of the state to change, and the effects so far. */
export interface Turn {
  readonly nowMs: number;
  readonly next: Writable<LinkState>;
  readonly effects: LinkEffect[];
}

/** Numbers a frame and sends it, when there is a line to send it on. Answers its number. */
export function send<T extends FrameType>(
  turn: Turn,
  type: T,
  payload: Omit<Payload<T>, "session">,
): number {
  const { next } = turn;
  const seq = next.seq;
  if (next.line !== "open") return seq;
  next.seq = (seq + 1) & 0xffff;
  const whole = { ...payload, session: next.session } as unknown as FrameOf<T>["payload"];
  const frame = { type, seq, tick: next.coreTick, payload: whole } as Frame;
  turn.effects.push({ kind: "send", frame });
  return seq;
}

export function sayHello(turn: Turn): number {
  turn.next.helloAtMs = turn.nowMs;
  return send(turn, "hello", {});
}
