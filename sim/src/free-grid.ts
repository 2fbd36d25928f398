import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import { createRayCaster } from "./ray-caster.ts";

/** Where a disc fits on a plan, as a grid; for checks of worlds, not for driving. */
export interface FreeGrid {
  /** Whether a disc can be moved from the start to that place. */
  reaches(xM: number, yM: number): boolean;
  /** The share of all cells that it can be moved to. */
  share(): number;
}

const cellM = 0.05;

/** Flood fill with 4 neighbours from a start, over cells with at least that clearance. */
export function floodFrom(
  plan: FloorPlan,
  clearanceM: number,
  start: readonly [x: number, y: number],
): FreeGrid {
  const columns = Math.ceil(plan.width_m / cellM);
  const rows = Math.ceil(plan.height_m / cellM);
  const rays = createRayCaster(plan.solids);
  const cellOf = (x: number, y: number): number => {
    const column = Math.floor(x / cellM);
    const row = Math.floor(y / cellM);
    const inside = column >= 0 && column < columns && row >= 0 && row < rows;
    return inside ? row * columns + column : -1;
  };
  const isFree = (cell: number): boolean => {
    const x = ((cell % columns) + 0.5) * cellM;
    const y = (Math.floor(cell / columns) + 0.5) * cellM;
    return rays.clearanceM(x, y) >= clearanceM;
  };
  const reached = new Uint8Array(columns * rows);
  const queue: number[] = [];
  const visit = (cell: number) => {
    if (cell < 0 || cell >= reached.length || reached[cell] === 1 || !isFree(cell)) return;
    reached[cell] = 1;
    queue.push(cell);
  };
  visit(cellOf(start[0], start[1]));
  for (let cell = queue.pop(); cell !== undefined; cell = queue.pop()) {
    if (cell % columns > 0) visit(cell - 1);
    if (cell % columns < columns - 1) visit(cell + 1);
    visit(cell - columns);
    visit(cell + columns);
  }
  return {
    reaches: (x, y) => reached[cellOf(x, y)] === 1,
    share: () => reached.reduce((sum, value) => sum + value, 0) / reached.length,
  };
}
