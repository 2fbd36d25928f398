import type { ReplayRandom } from "./replay-random.ts";

/** Counts of two quadrature encoders; `scale` is how a worn or fat tyre shows in them. */
export interface Encoders {
  /** Wheel angles since power-up, radians, in; whole counts out, signed 32 bits. */
  read(leftRad: number, rightRad: number): readonly [left: number, right: number];
  readonly scale: readonly [left: number, right: number];
}

/** No two tyres are equal: one in a thousand off the board's radius is a well-made pair. */
const tyreSigma = 0.001;

export function createEncoders(countsPerRev: number, random: ReplayRandom): Encoders {
  const scale = [1 + tyreSigma * random.normal(), 1 + tyreSigma * random.normal()] as const;
  const countsPerRad = countsPerRev / (2 * Math.PI);
  const counts: [number, number] = [0, 0];
  return {
    scale,
    read(leftRad, rightRad) {
      counts[0] = Math.floor(leftRad * countsPerRad * scale[0]) | 0;
      counts[1] = Math.floor(rightRad * countsPerRad * scale[1]) | 0;
      return counts;
    },
  };
}
