import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import { roundTo } from "@timmy/shared/units";

/** The one line that `--once --json` prints. */
export interface OnceResult {
  readonly status: string;
  readonly room: string | null;
  readonly contacts: number;
  /** What the robot measured when it ended; null when nothing was measured. */
  readonly measured: {
    readonly x_m: number;
    readonly y_m: number;
    readonly speed_mps: number;
  } | null;
  readonly reason: string | null;
  readonly sentence: string;
  /** The rooms that exist, when the instruction named one that does not. */
  readonly rooms?: readonly string[];
  /** Where the simulated body truly was: only a simulator can say. */
  readonly truth: { readonly x_m: number; readonly y_m: number; readonly speed_mps: number };
  readonly sim_s: number;
  readonly wall_s: number;
  /** Hash of the whole run; null on real processes, where no two runs are equal. */
  readonly trace: string | null;
}

export interface OnceEnd {
  readonly ended: EventPayload<"task"> | null;
  /** A refusal that came without a task, for example when the robot is away. */
  readonly reason: string | null;
  readonly sentence: string;
}

export interface WorldFacts {
  readonly contacts: number;
  readonly xM: number;
  readonly yM: number;
  readonly speedMps: number;
  readonly simMs: number;
  readonly wallMs: number;
  readonly trace: string | null;
  readonly rooms: readonly string[];
}

export function toOnceResult({ ended, reason, sentence }: OnceEnd, world: WorldFacts): OnceResult {
  const why = ended?.reason ?? reason;
  const measured =
    ended === null || ended.x_m === null || ended.y_m === null
      ? null
      : { x_m: ended.x_m, y_m: ended.y_m, speed_mps: ended.speed_mps ?? 0 };
  return {
    status: ended?.outcome ?? "refused",
    room: ended?.room ?? null,
    contacts: world.contacts,
    measured,
    reason: why,
    sentence: ended?.sentence ?? sentence,
    ...(why === "unknown-room" ? { rooms: world.rooms } : {}),
    truth: {
      x_m: roundTo(world.xM, 3),
      y_m: roundTo(world.yM, 3),
      speed_mps: roundTo(world.speedMps, 3),
    },
    sim_s: roundTo(world.simMs / 1000, 1),
    wall_s: roundTo(world.wallMs / 1000, 1),
    trace: world.trace,
  };
}

/** The same for a person. */
export function describeOnce(result: OnceResult): string {
  const speed = (result.sim_s / Math.max(0.1, result.wall_s)).toFixed(0);
  const lines = [
    `${result.status}: ${result.sentence}`,
    `${result.sim_s} s in the house, ${result.wall_s} s here (${speed} times real time), ${result.contacts} contacts`,
  ];
  return `${lines.join("\n")}\n`;
}
