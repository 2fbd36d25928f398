import type { Pose } from "@timmy/shared/map/floor-plan";
import { clamp, wrapAngle } from "@timmy/shared/units";
import type { Point } from "./path-planner.ts";

export interface FollowLimits {
  readonly linearMps: number;
  readonly angularRadps: number;
  readonly accelMps2: number;
}

export interface Velocity {
  readonly linearMps: number;
  readonly angularRadps: number;
}

export const standstill: Velocity = { linearMps: 0, angularRadps: 0 };

/** Metres ahead on the path that are steered for. */
const lookaheadM = 0.3;
/** A heading error above this turns on the spot; under half of it the drive goes on. */
const turnInPlaceRad = 0.7;

export interface PathFollower {
  /** The next velocity and the way that is left, metres; `offM` is the distance to the path. */
  step(pose: Pose): { velocity: Velocity; remainingM: number; offM: number };
}

function nearestOn(a: Point, b: Point, x: number, y: number): { t: number; distance: number } {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : clamp(((x - a[0]) * dx + (y - a[1]) * dy) / length2, 0, 1);
  return { t, distance: Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy) };
}

/** Regulated pure pursuit: slower in curves, slower before the end, turns on the spot when far off. */
export function createPathFollower(path: readonly Point[], limits: FollowLimits): PathFollower {
  const points = path.length === 1 ? [...path, ...path] : path;
  let segment = 0;
  let turning = false;

  function project(pose: Pose): { offM: number; target: Point; remainingM: number } {
    let best = { index: segment, t: 0, distance: Number.POSITIVE_INFINITY };
    for (let k = segment; k < Math.min(points.length - 1, segment + 3); k++) {
      const [a, b] = [points[k], points[k + 1]];
      if (a === undefined || b === undefined) continue;
      const near = nearestOn(a, b, pose.xM, pose.yM);
      if (near.distance < best.distance - 1e-9) best = { index: k, ...near };
    }
    segment = best.index;
    let ahead = lookaheadM;
    let remainingM = 0;
    let target: Point | null = null;
    for (let k = best.index; k < points.length - 1; k++) {
      const [a, b] = [points[k], points[k + 1]];
      if (a === undefined || b === undefined) continue;
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
      const from = k === best.index ? best.t : 0;
      const left = length * (1 - from);
      if (target === null && left >= ahead && length > 0) {
        const t = from + ahead / length;
        target = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
      }
      ahead -= left;
      remainingM += left;
    }
    const end = points[points.length - 1] ?? [pose.xM, pose.yM];
    return { offM: best.distance, target: target ?? end, remainingM };
  }
  return {
    step(pose) {
      const { offM, target, remainingM } = project(pose);
      const dx = target[0] - pose.xM;
      const dy = target[1] - pose.yM;
      const distance = Math.hypot(dx, dy);
      const error = distance < 0.03 ? 0 : wrapAngle(Math.atan2(dy, dx) - pose.headingRad);
      if (Math.abs(error) > turnInPlaceRad) turning = true;
      else if (Math.abs(error) < turnInPlaceRad / 4) turning = false;
      if (turning) {
        const turn = clamp(2.5 * error, -limits.angularRadps, limits.angularRadps);
        return { velocity: { linearMps: 0, angularRadps: turn }, remainingM, offM };
      }
      const curvature = distance < 0.03 ? 0 : (2 * Math.sin(error)) / distance;
      const inCurve = limits.angularRadps / Math.max(1e-6, Math.abs(curvature));
      // Half of the core's own deceleration: the core never has to cut the end short.
      const beforeEnd = Math.sqrt(limits.accelMps2 * Math.max(0, remainingM));
      const linear = Math.min(limits.linearMps, 0.8 * inCurve, Math.max(0.06, beforeEnd));
      const angular = clamp(linear * curvature, -limits.angularRadps, limits.angularRadps);
      return { velocity: { linearMps: linear, angularRadps: angular }, remainingM, offM };
    },
  };
}
