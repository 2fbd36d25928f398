import type { Pose } from "@timmy/shared/map/floor-plan";
import { wrapAngle } from "@timmy/shared/units";
import { poseHistory } from "./limits.ts";
import type { TagSighting } from "./tag-sensor.ts";

/** Where a tag hangs, and where the camera sits ahead of the wheel axis. */
export interface TagPlace {
  readonly id: number;
  readonly x_m: number;
  readonly y_m: number;
}

/** A pose with its covariance (row-major 3x3: x, y, heading), metres and radians. */
export interface PoseBelief {
  readonly pose: Pose;
  readonly covariance: readonly number[];
}

export interface Motion {
  /** Distance along the arc, metres. */
  readonly distanceM: number;
  readonly turnRad: number;
}

export function beliefAt(pose: Pose, sigmaM: number, sigmaRad: number): PoseBelief {
  const p = sigmaM * sigmaM;
  return { pose, covariance: [p, 0, 0, 0, p, 0, 0, 0, sigmaRad * sigmaRad] };
}

/** One standard deviation of the position along its worst axis, metres. */
export function positionSigma(belief: PoseBelief): number {
  const [a = 0, b = 0, , , d = 0] = belief.covariance;
  return Math.sqrt(Math.max(0, (a + d) / 2 + Math.hypot((a - d) / 2, b)));
}
export function headingSigma(belief: PoseBelief): number {
  return Math.sqrt(Math.max(0, belief.covariance[8] ?? 0));
}

/** A pose further along by `motion`, which is an arc of constant curvature. */
export function advance(pose: Pose, motion: Motion): Pose {
  const middle = pose.headingRad + motion.turnRad / 2;
  return {
    xM: pose.xM + motion.distanceM * Math.cos(middle),
    yM: pose.yM + motion.distanceM * Math.sin(middle),
    headingRad: wrapAngle(pose.headingRad + motion.turnRad),
  };
}

/** The filter's prediction: wheels slip by some per cent, turns by a little more. */
export function predict(belief: PoseBelief, motion: Motion): PoseBelief {
  const { pose, covariance: c } = belief;
  const middle = pose.headingRad + motion.turnRad / 2;
  const fx = -motion.distanceM * Math.sin(middle);
  const fy = motion.distanceM * Math.cos(middle);
  const at = (i: number) => c[i] ?? 0;
  // F P F' for F = [[1,0,fx],[0,1,fy],[0,0,1]], written out.
  const p02 = at(2) + fx * at(8);
  const p12 = at(5) + fy * at(8);
  const p00 = at(0) + fx * at(2) + fx * p02;
  const p01 = at(1) + fx * at(5) + fy * p02;
  const p11 = at(4) + fy * at(5) + fy * p12;
  const along = 0.03 * Math.abs(motion.distanceM);
  const turn = 0.02 * Math.abs(motion.turnRad) + 0.03 * Math.abs(motion.distanceM);
  const q = along * along * 4;
  const moved = Math.abs(motion.distanceM) + Math.abs(motion.turnRad) > 1e-5;
  const qt = turn * turn * 4 + (moved ? 1e-7 : 0);
  return {
    pose: advance(pose, motion),
    covariance: [p00 + q, p01, p02, p01, p11 + q, p12, p02, p12, at(8) + qt],
  };
}

interface Measurement {
  readonly jacobian: readonly [number, number, number];
  readonly innovation: number;
  readonly variance: number;
}

function expected(pose: Pose, tag: TagPlace, cameraM: number, sight: TagSighting): Measurement[] {
  const cos = Math.cos(pose.headingRad);
  const sin = Math.sin(pose.headingRad);
  const dx = tag.x_m - pose.xM - cameraM * cos;
  const dy = tag.y_m - pose.yM - cameraM * sin;
  const r2 = Math.max(1e-4, dx * dx + dy * dy);
  const r = Math.sqrt(r2);
  const sigmaR = 0.02 + 0.03 * r;
  const sigmaB = 0.025;
  return [
    {
      jacobian: [-dx / r, -dy / r, (cameraM * (dx * sin - dy * cos)) / r],
      innovation: sight.rangeM - r,
      variance: sigmaR * sigmaR,
    },
    {
      jacobian: [dy / r2, -dx / r2, -1 - (cameraM * (dy * sin + dx * cos)) / r2],
      innovation: wrapAngle(sight.bearingRad - (Math.atan2(dy, dx) - pose.headingRad)),
      variance: sigmaB * sigmaB,
    },
  ];
}

function innovationVariance(c: readonly number[], m: Measurement): number {
  let s = m.variance;
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++)
      s += (m.jacobian[i] ?? 0) * (c[3 * i + j] ?? 0) * (m.jacobian[j] ?? 0);
  }
  return s;
}

/** A scalar Kalman update. */
function correct(belief: PoseBelief, m: Measurement): PoseBelief {
  const { pose, covariance: c } = belief;
  const s = innovationVariance(c, m);
  const ph = [0, 1, 2].map((i) =>
    [0, 1, 2].reduce((sum, j) => sum + (c[3 * i + j] ?? 0) * (m.jacobian[j] ?? 0), 0),
  );
  const gain = ph.map((value) => value / s);
  const covariance = c.map((value, k) => value - (gain[Math.floor(k / 3)] ?? 0) * (ph[k % 3] ?? 0));
  const [gx = 0, gy = 0, gt = 0] = gain;
  return {
    pose: {
      xM: pose.xM + gx * m.innovation,
      yM: pose.yM + gy * m.innovation,
      headingRad: wrapAngle(pose.headingRad + gt * m.innovation),
    },
    covariance,
  };
}

/** Four deviations: beyond them the sighting contradicts the belief. */
const gate = 16;

/** Corrects the belief by one sighting; `accepted` false when it contradicts the belief. */
export function sightTag(
  belief: PoseBelief,
  tag: TagPlace,
  cameraM: number,
  sight: TagSighting,
): { readonly belief: PoseBelief; readonly accepted: boolean } {
  const both = expected(belief.pose, tag, cameraM, sight);
  const accepted = both.every(
    (m) => (m.innovation * m.innovation) / innovationVariance(belief.covariance, m) < gate,
  );
  if (!accepted) return { belief, accepted };
  const [range, bearing] = both;
  let next = belief;
  if (range !== undefined) next = correct(next, range);
  if (bearing !== undefined) {
    const again = expected(next.pose, tag, cameraM, sight)[1];
    next = correct(next, again ?? bearing);
  }
  return { belief: next, accepted };
}

/** Remembers the odometry's poses, to say how the body moved since a sighting was exposed. */
export function createOdometryHistory() {
  const poses: { atMs: number; pose: Pose }[] = [];
  return {
    add(atMs: number, pose: Pose): void {
      if (poses.length === poseHistory) poses.shift();
      poses.push({ atMs, pose });
    },
    /** The odometry's pose at a time; the nearest that is known, or null when none is. */
    at(atMs: number): Pose | null {
      let best: { atMs: number; pose: Pose } | null = null;
      for (const entry of poses) {
        if (best === null || Math.abs(entry.atMs - atMs) < Math.abs(best.atMs - atMs)) best = entry;
      }
      return best?.pose ?? null;
    },
  };
}

/** `b` seen from `a`: x ahead, y to the left. */
export function relativePose(a: Pose, b: Pose): Pose {
  const dx = b.xM - a.xM;
  const dy = b.yM - a.yM;
  const cos = Math.cos(a.headingRad);
  const sin = Math.sin(a.headingRad);
  return {
    xM: cos * dx + sin * dy,
    yM: -sin * dx + cos * dy,
    headingRad: wrapAngle(b.headingRad - a.headingRad),
  };
}

/** `relative`, seen from `a`, in the frame in which `a` is given. */
export function composePose(a: Pose, relative: Pose): Pose {
  const cos = Math.cos(a.headingRad);
  const sin = Math.sin(a.headingRad);
  return {
    xM: a.xM + cos * relative.xM - sin * relative.yM,
    yM: a.yM + sin * relative.xM + cos * relative.yM,
    headingRad: wrapAngle(a.headingRad + relative.headingRad),
  };
}
