import type { FloorPlan } from "@timmy/shared/map/floor-plan";

export type Point = readonly [xM: number, yM: number];

const cellM = 0.1;
const clearanceM = 0.22;

/** Whether a disc of the fake robot's size hits nothing there. */
export function isFree(plan: FloorPlan, x: number, y: number, clearance = clearanceM): boolean {
  return plan.solids.every((solid) => {
    const cos = Math.cos(solid.heading_rad);
    const sin = Math.sin(solid.heading_rad);
    const dx = x - solid.x_m;
    const dy = y - solid.y_m;
    const alongX = Math.abs(dx * cos + dy * sin) - solid.size_x_m / 2;
    const alongY = Math.abs(-dx * sin + dy * cos) - solid.size_y_m / 2;
    return Math.hypot(Math.max(0, alongX), Math.max(0, alongY)) >= clearance;
  });
}

/** Metres to the first solid along a ray, at most 4 (the sonar's reach). */
export function castRay(plan: FloorPlan, x: number, y: number, headingRad: number): number {
  for (let distance = 0; distance < 4; distance += 0.02) {
    const atX = x + Math.cos(headingRad) * distance;
    const atY = y + Math.sin(headingRad) * distance;
    if (!isFree(plan, atX, atY, 0.001)) return distance;
  }
  return 4;
}

function isStraightFree(plan: FloorPlan, from: Point, to: Point): boolean {
  const steps = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 0.05);
  for (let at = 0; at <= steps; at++) {
    const share = steps === 0 ? 0 : at / steps;
    const x = from[0] + (to[0] - from[0]) * share;
    const y = from[1] + (to[1] - from[1]) * share;
    if (!isFree(plan, x, y, clearanceM - 0.03)) return false;
  }
  return true;
}

/** A free way over a grid (breadth first, then corners cut), or null. Good enough for a fake. */
export function findWay(plan: FloorPlan, from: Point, to: Point): readonly Point[] | null {
  const columns = Math.ceil(plan.width_m / cellM);
  const rows = Math.ceil(plan.height_m / cellM);
  const cellOf = ([x, y]: Point): number => Math.floor(y / cellM) * columns + Math.floor(x / cellM);
  const middleOf = (cell: number): Point => [
    ((cell % columns) + 0.5) * cellM,
    (Math.floor(cell / columns) + 0.5) * cellM,
  ];
  const cameFrom = new Map<number, number>([[cellOf(to), -1]]);
  const queue = [cellOf(to)];
  const start = cellOf(from);
  for (let head = 0; head < queue.length && !cameFrom.has(start); head++) {
    const cell = queue[head] ?? 0;
    for (const step of [1, -1, columns, -columns]) {
      const next = cell + step;
      if (next < 0 || next >= columns * rows || cameFrom.has(next)) continue;
      if (next !== start && !isFree(plan, ...middleOf(next))) continue;
      cameFrom.set(next, cell);
      queue.push(next);
    }
  }
  if (!cameFrom.has(start)) return null;
  const cells: Point[] = [];
  for (let cell = start; cell !== -1; cell = cameFrom.get(cell) ?? -1) cells.push(middleOf(cell));
  const way: Point[] = [from];
  for (let at = 0; at < cells.length - 1; ) {
    let next = at + 1;
    while (
      next + 1 < cells.length &&
      isStraightFree(plan, way.at(-1) ?? from, cells[next + 1] ?? to)
    ) {
      next++;
    }
    way.push(cells[next] ?? to);
    at = next;
  }
  return [...way, to];
}
