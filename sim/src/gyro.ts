import type { ReplayRandom } from "./replay-random.ts";

/** A calibrated MPU-6050 class part: what stays of the bias, and noise at 1 kHz, rad/s. */
const biasSigmaRadps = 0.002;
const noiseSigmaRadps = 0.004;

export interface Gyro {
  read(turnRadps: number): number;
  readonly biasRadps: number;
}

export function createGyro(random: ReplayRandom): Gyro {
  const biasRadps = biasSigmaRadps * random.normal();
  return { biasRadps, read: (turn) => turn + biasRadps + noiseSigmaRadps * random.normal() };
}
