import type { CoreState } from "@timmy/firmware-bridge/core-link";

/** A core at rest, armed, 8 V, nothing near; with what a test wants otherwise. */
export function coreState(over: Partial<CoreState> = {}): CoreState {
  return {
    tick: 0,
    mode: "armed",
    generation: 1,
    stopReasons: [],
    leftMps: 0,
    rightMps: 0,
    xM: 0,
    yM: 0,
    headingRad: 0,
    gyroRadps: 0,
    rangeFrontM: 3,
    rangeFrontAgeMs: 20,
    rangeFrontValid: true,
    leftDuty: 0,
    rightDuty: 0,
    batteryV: 8,
    bumperLeft: false,
    bumperRight: false,
    estopOpen: false,
    ceilingMps: 0.5,
    badFrames: 0,
    ...over,
  };
}
