import type { Board } from "./board.ts";

/** Numbers of the core's parameters; the same as in realtime/core/params.h. */
export const coreParams = {
  wheelRadiusM: 0,
  trackM: 1,
  countsPerRev: 2,
  linearMps: 3,
  angularRadps: 4,
  accelMps2: 5,
  angularAccelRadps2: 6,
  noLoadRadps: 7,
  motorTauS: 8,
  nominalMv: 9,
  emptyMv: 10,
  derateMv: 11,
  sonars: 12,
  sonarsAhead: 13,
  stopDistanceM: 14,
  reactionS: 15,
  kp: 16,
  ki: 17,
  kd: 18,
  dTauS: 19,
  ks: 20,
  kvScale: 21,
  slewPerS: 22,
  wheelRatio: 23,
  trackRatio: 24,
} as const;

export type CoreParam = keyof typeof coreParams;

/** A sonar that looks further aside than this says nothing about the way ahead. */
const aheadWithinDeg = 60;
const sonarBits = { front: 1, left: 2, right: 4 } as const;

/** What a board tells the core at power-up. */
export function boardParams(board: Board): Partial<Record<CoreParam, number>> {
  let sonars = 0;
  let ahead = 0;
  for (const sonar of board.sonars) {
    sonars |= sonarBits[sonar.name];
    if (Math.abs(sonar.heading_deg) <= aheadWithinDeg) ahead |= sonarBits[sonar.name];
  }
  return {
    wheelRadiusM: board.wheel_radius_m,
    trackM: board.track_m,
    countsPerRev: board.counts_per_rev,
    linearMps: board.limits.linear_mps,
    angularRadps: board.limits.angular_radps,
    accelMps2: board.limits.accel_mps2,
    angularAccelRadps2: board.limits.angular_accel_radps2,
    noLoadRadps: board.motor.no_load_radps,
    motorTauS: board.motor.time_constant_s,
    nominalMv: board.motor.nominal_v * 1000,
    emptyMv: board.battery.empty_mv,
    derateMv: board.battery.derate_mv,
    sonars,
    sonarsAhead: ahead,
  };
}
