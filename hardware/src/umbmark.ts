/** True end position minus the odometry's, metres, in the frame of the start; x is ahead. */
export interface ReturnError {
  readonly xM: number;
  readonly yM: number;
}

export interface UmbmarkRuns {
  /** Length of a side of the square, metres. */
  readonly sideM: number;
  /** The track that the odometry used, metres. */
  readonly trackM: number;
  /** Squares driven clockwise (turning right), and counter-clockwise; four or five each. */
  readonly clockwise: readonly ReturnError[];
  readonly counterClockwise: readonly ReturnError[];
}

export interface UmbmarkResult {
  /** Right wheel's diameter over the left one's: the core's parameter `wheelRatio`. */
  readonly wheelRatio: number;
  /** Effective track over the measured one: the core's parameter `trackRatio`. */
  readonly trackRatio: number;
  /** The larger of the two clusters' distances from the origin, metres. */
  readonly worstM: number;
}

function centreOf(errors: readonly ReturnError[]): ReturnError {
  const sum = errors.reduce((a, b) => ({ xM: a.xM + b.xM, yM: a.yM + b.yM }), { xM: 0, yM: 0 });
  return { xM: sum.xM / errors.length, yM: sum.yM / errors.length };
}

/** Where a square along x ends whose sides bend by beta and whose turns are too large by alpha. */
function endX(sideM: number, direction: 1 | -1, alpha: number, beta: number): number {
  const chordM = beta === 0 ? sideM : (sideM * Math.sin(beta / 2)) / (beta / 2);
  let headingRad = 0;
  let xM = 0;
  for (let side = 0; side < 4; side++) {
    xM += chordM * Math.cos(headingRad + beta / 2);
    headingRad += beta + direction * (Math.PI / 2 + alpha);
  }
  return xM;
}

/** Each round takes most of the rest of an error; the first alone is the paper's formula. */
const rounds = 30;

/**
 * Systematic odometry errors from squares driven both ways (Borenstein and Feng 1996, "Measurement
 * and Correction of Systematic Odometry Errors in Mobile Robots", section 4): alpha is what a wrong
 * track adds to each turn, beta how far unequal wheels bend each side. Both kinds of squares begin
 * along x; what differs between runs of one cluster is chance, and averages out.
 */
export function calibrateUmbmark(runs: UmbmarkRuns): UmbmarkResult {
  const cw = centreOf(runs.clockwise);
  const ccw = centreOf(runs.counterClockwise);
  const { sideM, trackM } = runs;
  let alpha = 0;
  let beta = 0;
  for (let round = 0; round < rounds; round++) {
    const restCw = cw.xM - endX(sideM, -1, alpha, beta);
    const restCcw = ccw.xM - endX(sideM, 1, alpha, beta);
    alpha += (restCw + restCcw) / (4 * sideM);
    beta += (restCcw - restCw) / (4 * sideM);
  }
  // A side is an arc of radius R = (L / beta); the wheels' ways are as R + b/2 to R - b/2.
  const half = (trackM * beta) / (2 * sideM);
  const wheelRatio = (1 + half) / (1 - half);
  const trackRatio = Math.PI / 2 / (Math.PI / 2 + alpha);
  const worstM = Math.max(Math.hypot(cw.xM, cw.yM), Math.hypot(ccw.xM, ccw.yM));
  return { wheelRatio, trackRatio, worstM };
}
