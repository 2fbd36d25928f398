import type { Pose } from "../map/floor-plan.ts";
import type { Provenance } from "./tim-agent.ts";

/** One measured value: how old it is, and whether it may be used. */
export interface Reading<T> {
  readonly value: T;
  readonly ageMs: number;
  readonly valid: boolean;
}

export type DriveMode = "boot" | "disarmed" | "armed" | "stopping" | "stopped";

/** A text with who said it and how far he is trusted; the three are never parted. */
export interface Heard {
  readonly text: string;
  readonly from: Provenance;
  readonly who: string;
  /** It came in clear, under a name that everybody can use. */
  readonly inClear?: boolean;
}

/** An immutable snapshot of what the agent knows of its world at one moment. */
export interface WorldState {
  readonly atMs: number;
  readonly pose: Reading<Pose>;
  /** One standard deviation of the position, metres. */
  readonly poseSigmaM: number;
  readonly room: string | null;
  readonly rangeFrontM: Reading<number>;
  readonly speedMps: Reading<number>;
  readonly batteryV: Reading<number>;
  readonly mode: DriveMode;
  /** Why the robot is stopped, or null when it is not. */
  readonly stopReason: string | null;
  /** The last thing a person said that no plan has answered, if any. */
  readonly heard: Heard | null;
}
