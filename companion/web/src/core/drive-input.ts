import { clamp } from "@timmy/shared/units";
import { driveKeyShare, driveTurnRadps } from "../limits.ts";

export type DriveKey = "ahead" | "back" | "left" | "right";

/** What a hand holds now: keys, and the pad's stick (-1..1, up and right positive). */
export interface DriveInput {
  readonly keys: ReadonlySet<DriveKey>;
  readonly stick: { readonly x: number; readonly y: number } | null;
}

export interface DriveCommand {
  readonly linear_mps: number;
  readonly angular_radps: number;
}

export const noDrive: DriveInput = { keys: new Set(), stick: null };
export const standstill: DriveCommand = { linear_mps: 0, angular_radps: 0 };

const keyNames: Readonly<Record<string, DriveKey>> = {
  arrowup: "ahead",
  w: "ahead",
  arrowdown: "back",
  s: "back",
  arrowleft: "left",
  a: "left",
  arrowright: "right",
  d: "right",
};

/** The direction a key stands for, or null. */
export const driveKeyOf = (key: string): DriveKey | null => keyNames[key.toLowerCase()] ?? null;

/** Whether a hand holds anything. */
export const isHeld = (input: DriveInput): boolean => input.stick !== null || input.keys.size > 0;

const round = (value: number): number => Math.round(value * 1000) / 1000 + 0;

/** The set-point for what is held: metres and radians a second, never over the robot's limit. */
export function driveCommand(input: DriveInput, maxSpeedMps: number): DriveCommand {
  const { keys, stick } = input;
  if (stick !== null) {
    return {
      linear_mps: round(clamp(stick.y, -1, 1) * maxSpeedMps),
      angular_radps: round(-clamp(stick.x, -1, 1) * driveTurnRadps),
    };
  }
  const held = (key: DriveKey): number => (keys.has(key) ? 1 : 0);
  return {
    linear_mps: round((held("ahead") - held("back")) * driveKeyShare * maxSpeedMps),
    angular_radps: round((held("left") - held("right")) * driveKeyShare * driveTurnRadps),
  };
}

/** A pointer on the pad as a stick position; a small dead zone in the middle is rest. */
export function stickAt(
  offsetX: number,
  offsetY: number,
  radius: number,
): { x: number; y: number } {
  const distance = Math.hypot(offsetX, offsetY) / radius;
  if (distance < 0.12) return { x: 0, y: 0 };
  const scale = Math.max(1, distance);
  return { x: offsetX / radius / scale, y: -offsetY / radius / scale };
}
