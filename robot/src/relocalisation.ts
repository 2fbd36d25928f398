import type { Pose } from "@timmy/shared/map/floor-plan";
import { wrapAngle } from "@timmy/shared/units";

/** A tag's place as the odometry's frame has it, beside its place on the map; metres. */
export interface TagPair {
  readonly id: number;
  readonly odomXM: number;
  readonly odomYM: number;
  readonly mapXM: number;
  readonly mapYM: number;
}

/**
 * The pose on the map from sightings of two or more different tags: the rigid motion that lays
 * the odometry's tags on the map's with the least squares. Null when the tags are too close to
 * each other to say, or do not fit (worst error over 0.3 m).
 */
export function relocalise(pairs: readonly TagPair[], odometry: Pose): Pose | null {
  const n = pairs.length;
  const ids = new Set(pairs.map((pair) => pair.id));
  if (ids.size < 2) return null;
  const mean = (pick: (pair: TagPair) => number) => pairs.reduce((s, p) => s + pick(p), 0) / n;
  const ox = mean((p) => p.odomXM);
  const oy = mean((p) => p.odomYM);
  const mx = mean((p) => p.mapXM);
  const my = mean((p) => p.mapYM);
  let dot = 0;
  let cross = 0;
  let spread = 0;
  for (const p of pairs) {
    const [ax, ay] = [p.odomXM - ox, p.odomYM - oy];
    const [bx, by] = [p.mapXM - mx, p.mapYM - my];
    dot += ax * bx + ay * by;
    cross += ax * by - ay * bx;
    spread = Math.max(spread, Math.hypot(bx, by));
  }
  if (spread < 0.3) return null;
  const turn = Math.atan2(cross, dot);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const place = (x: number, y: number) =>
    [mx + cos * (x - ox) - sin * (y - oy), my + sin * (x - ox) + cos * (y - oy)] as const;
  for (const p of pairs) {
    const [x, y] = place(p.odomXM, p.odomYM);
    if (Math.hypot(x - p.mapXM, y - p.mapYM) > 0.3) return null;
  }
  const [xM, yM] = place(odometry.xM, odometry.yM);
  return { xM, yM, headingRad: wrapAngle(odometry.headingRad + turn) };
}
