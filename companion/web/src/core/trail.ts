import { jumpM, keptTrailPoints, trailStepM } from "../limits.ts";

/** A point of the driven way; a gap says that nothing is known of the way to it. */
export interface TrailPoint {
  readonly xM: number;
  readonly yM: number;
  readonly gap: boolean;
}
export type Trail = readonly TrailPoint[];

/** The way after one more pose. `broken` = the page was away in between. */
export function extendTrail(trail: Trail, xM: number, yM: number, broken: boolean): Trail {
  const last = trail.at(-1);
  if (last === undefined) return [{ xM, yM, gap: true }];
  const stepM = Math.hypot(xM - last.xM, yM - last.yM);
  if (stepM < trailStepM) return trail;
  const next = [...trail, { xM, yM, gap: broken || stepM > jumpM }];
  return next.length > keptTrailPoints ? next.slice(-keptTrailPoints) : next;
}
