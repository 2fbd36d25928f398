import { readFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";

/** What the robot is made of, from `boards/*.json`; metres, degrees, millivolts as the keys say. */
export interface Board {
  readonly name: string;
  readonly model: string;
  readonly wheel_radius_m: number;
  readonly track_m: number;
  readonly counts_per_rev: number;
  readonly body_radius_m: number;
  readonly body_height_m: number;
  readonly mass_kg: number;
  readonly motor: {
    readonly nominal_v: number;
    readonly stall_nm: number;
    readonly no_load_radps: number;
    readonly time_constant_s: number;
  };
  readonly sonars: readonly {
    readonly name: "front" | "left" | "right";
    readonly x_m: number;
    readonly y_m: number;
    readonly heading_deg: number;
  }[];
  readonly camera: {
    readonly x_m: number;
    readonly z_m: number;
    readonly hfov_deg: number;
    readonly tag_range_m: number;
    readonly tag_angle_deg: number;
  };
  readonly battery: {
    readonly cells: number;
    readonly full_mv: number;
    readonly empty_mv: number;
    readonly derate_mv: number;
    readonly capacity_mah: number;
  };
  readonly limits: {
    readonly linear_mps: number;
    readonly angular_radps: number;
    readonly accel_mps2: number;
    readonly angular_accel_radps2: number;
  };
}

/** Reads a board that comes with Timmy, by name. Throws `bad-board`. */
export function loadBoard(name = "mk1"): Board {
  const url = new URL(`../boards/${encodeURIComponent(name)}.json`, import.meta.url);
  try {
    return JSON.parse(readFileSync(url, "utf8")) as Board;
  } catch (cause) {
    throw new TimmyError("bad-board", `There is no board "${name}".`, { cause });
  }
}
