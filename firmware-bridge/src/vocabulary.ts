import type { DriveMode } from "@timmy/shared/agent/world-state";
import type { CoreState } from "./core-link.ts";
import type { Payload } from "./payloads.ts";

/** Numbers and bits of the wire, in the core's order (stop.h, report.h, arming/). */
const modes: readonly DriveMode[] = ["boot", "disarmed", "armed", "stopping", "stopped"];

const stopReasons = [
  "stop",
  "estop",
  "estop-input",
  "link-lost",
  "range-lost",
  "stall",
  "runaway",
  "battery",
  "bumper",
  "encoder",
  "internal",
] as const;
export type StopReason = (typeof stopReasons)[number];

export const ackCodes = {
  ok: 0,
  noSession: 1,
  owned: 2,
  badNonce: 3,
  wrongMode: 4,
  checkFailed: 5,
  causeStands: 6,
  wrongGeneration: 7,
  moving: 8,
  badValue: 9,
  stale: 10,
  unsupported: 11,
} as const;

/** Arming checks by id: what a person should do. */
export const armingSentences: Readonly<Record<number, string>> = {
  1: "The e-stop is open: turn the button back out, or look for a cut wire.",
  2: "The battery is empty or not measured: charge it, or check its plug.",
  3: "No range sensor answers: check the wires of the sonar.",
  4: "The wheels turn: hold the robot still.",
  5: "An encoder jumps: check its plug and its cable.",
};

const standstillFlag = 64;
const dutyOne = 32_767;

export const modeOf = (code: number): DriveMode => modes[code] ?? "boot";
export const reasonAt = (bit: number): StopReason => stopReasons[bit] ?? "internal";
export const reasonsOf = (mask: number): StopReason[] =>
  stopReasons.filter((_, bit) => ((mask >> bit) & 1) === 1);

/** Whether the core measured standstill since it stopped. */
export const standstillMeasured = (state: Payload<"state">): boolean =>
  modeOf(state.mode) === "stopped" && (state.flags & standstillFlag) !== 0;

/** The faster wheel, m/s: turning on the spot is motion too. */
export const motionOf = (state: Pick<CoreState, "leftMps" | "rightMps">): number =>
  Math.max(Math.abs(state.leftMps), Math.abs(state.rightMps));

export function toCoreState(tick: number, state: Payload<"state">): CoreState {
  return {
    tick,
    mode: modeOf(state.mode),
    generation: state.generation,
    stopReasons: reasonsOf(state.reasons),
    leftMps: state.leftMps,
    rightMps: state.rightMps,
    xM: state.xM,
    yM: state.yM,
    headingRad: state.headingRad,
    gyroRadps: state.gyroRadps,
    rangeFrontM: state.frontMm / 1000,
    rangeFrontAgeMs: state.frontAgeMs,
    rangeFrontValid: (state.flags & 8) !== 0,
    leftDuty: state.leftDuty / dutyOne,
    rightDuty: state.rightDuty / dutyOne,
    batteryV: state.batteryMv / 1000,
    bumperLeft: (state.flags & 1) !== 0,
    bumperRight: (state.flags & 2) !== 0,
    estopOpen: (state.flags & 4) !== 0,
    ceilingMps: state.ceilingMps,
    badFrames: state.badFrames,
  };
}
