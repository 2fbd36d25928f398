/** Sensor inputs of one tick; a reset e-stop is closed, a cut wire is open. */
export interface HilInputs {
  readonly leftCounts: number;
  readonly rightCounts: number;
  readonly gyroRadps: number;
  /** Microseconds; 0 = none ended in this tick, -1 = no echo came back. */
  readonly frontUs: number;
  readonly leftUs: number;
  readonly rightUs: number;
  readonly bumperLeft: boolean;
  readonly bumperRight: boolean;
  readonly estopOpen: boolean;
  readonly batteryMv: number;
}

/** One tick: bytes that reach the core's link before it, and what its sensors say. */
export interface HilTick {
  readonly inputs: HilInputs;
  readonly bytes: Uint8Array;
}

/** What the core did in one tick; fields as in the `stepped` frame. */
export interface HilOutputs {
  readonly tick: number;
  readonly leftDuty: number;
  readonly rightDuty: number;
  readonly enable: boolean;
  /** 0 = none, 1 = front, 2 = left, 3 = right. */
  readonly trigger: number;
  readonly mode: number;
  readonly reasons: number;
  readonly servoUs: number;
  readonly ledLevel: number;
  /** The core's hash over everything since power-up. */
  readonly trace: number;
  /** What the core's own link said in this tick. */
  readonly bytes: Uint8Array;
}

/** The tier that a script plays, as numbered in core.h. */
export const tiers = { hard: 0, firm: 1, soft: 2, simulated: 3 } as const;

/**
 * A core that ticks when told to. Power-up: default parameters, a tick to start at, a tier.
 * Hosts over a wire come from `createFrameHost` (frame-host.ts), which needs only the wire.
 */
export interface HilHost {
  readonly name: string;
  /** Powers the core up anew; the next `run` starts there, and its first tick carries no bytes. */
  reset(startTick: number, tier: number): void;
  /** Carries out ticks in order; answers one output each. */
  run(ticks: readonly HilTick[]): Promise<readonly HilOutputs[]>;
  close(): Promise<void>;
}
