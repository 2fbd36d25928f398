import type { FloorPlan, Solid } from "@timmy/shared/map/floor-plan";

/** A map of the known house in square cells, with the distance of each to the nearest solid. */
export interface OccupancyGrid {
  readonly cellM: number;
  readonly columns: number;
  readonly rows: number;
  /** Metres from the middle of each cell to the nearest solid; 0 inside one. */
  readonly clearanceM: Float32Array;
}

export interface Obstacle {
  readonly xM: number;
  readonly yM: number;
  readonly radiusM: number;
}

function covers(solid: Solid, xM: number, yM: number, marginM: number): boolean {
  const cos = Math.cos(solid.heading_rad);
  const sin = Math.sin(solid.heading_rad);
  const dx = xM - solid.x_m;
  const dy = yM - solid.y_m;
  const along = Math.abs(cos * dx + sin * dy);
  const across = Math.abs(-sin * dx + cos * dy);
  return along <= solid.size_x_m / 2 + marginM && across <= solid.size_y_m / 2 + marginM;
}

/** Spreads distances over the cells in two passes (chamfer 3-4, error under 8 %). */
function spread(clearance: Float32Array, columns: number, rows: number, cellM: number): void {
  const straight = cellM;
  const slant = cellM * Math.SQRT2;
  const relax = (i: number, j: number, di: number, dj: number, cost: number) => {
    const [ni, nj] = [i + di, j + dj];
    if (ni < 0 || nj < 0 || ni >= columns || nj >= rows) return;
    const via = (clearance[nj * columns + ni] ?? 0) + cost;
    const at = j * columns + i;
    if (via < (clearance[at] ?? 0)) clearance[at] = via;
  };
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      relax(i, j, -1, 0, straight);
      relax(i, j, 0, -1, straight);
      relax(i, j, -1, -1, slant);
      relax(i, j, 1, -1, slant);
    }
  }
  for (let j = rows - 1; j >= 0; j--) {
    for (let i = columns - 1; i >= 0; i--) {
      relax(i, j, 1, 0, straight);
      relax(i, j, 0, 1, straight);
      relax(i, j, 1, 1, slant);
      relax(i, j, -1, 1, slant);
    }
  }
}

/** Builds the grid from the plan and from obstacles that were seen since; cells of 5 cm. */
export function buildGrid(
  plan: FloorPlan,
  obstacles: readonly Obstacle[] = [],
  cellM = 0.05,
): OccupancyGrid {
  const columns = Math.max(1, Math.ceil(plan.width_m / cellM));
  const rows = Math.max(1, Math.ceil(plan.height_m / cellM));
  const clearanceM = new Float32Array(columns * rows).fill(1e6);
  const mark = (
    xM: number,
    yM: number,
    reachM: number,
    inside: (x: number, y: number) => boolean,
  ) => {
    const i0 = Math.max(0, Math.floor((xM - reachM) / cellM));
    const i1 = Math.min(columns - 1, Math.ceil((xM + reachM) / cellM));
    const j0 = Math.max(0, Math.floor((yM - reachM) / cellM));
    const j1 = Math.min(rows - 1, Math.ceil((yM + reachM) / cellM));
    for (let j = j0; j <= j1; j++) {
      for (let i = i0; i <= i1; i++) {
        if (inside((i + 0.5) * cellM, (j + 0.5) * cellM)) clearanceM[j * columns + i] = 0;
      }
    }
  };
  // A margin of half a cell: a wall thinner than a cell still leaves a closed line of cells.
  const margin = cellM / 2;
  for (const solid of plan.solids) {
    const reach = Math.hypot(solid.size_x_m, solid.size_y_m) / 2 + margin;
    mark(solid.x_m, solid.y_m, reach, (x, y) => covers(solid, x, y, margin));
  }
  for (const o of obstacles) {
    mark(o.xM, o.yM, o.radiusM, (x, y) => Math.hypot(x - o.xM, y - o.yM) <= o.radiusM);
  }
  spread(clearanceM, columns, rows, cellM);
  return { cellM, columns, rows, clearanceM };
}

/** Metres from a point to the nearest solid; 0 outside of the house. */
export function clearanceAt(grid: OccupancyGrid, xM: number, yM: number): number {
  const i = Math.floor(xM / grid.cellM);
  const j = Math.floor(yM / grid.cellM);
  if (i < 0 || j < 0 || i >= grid.columns || j >= grid.rows) return 0;
  return grid.clearanceM[j * grid.columns + i] ?? 0;
}

/** The least clearance along a straight line, metres. */
export function lineClearance(
  grid: OccupancyGrid,
  from: readonly [number, number],
  to: readonly [number, number],
): number {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const steps = Math.max(1, Math.ceil((2 * length) / grid.cellM));
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k <= steps; k++) {
    const t = k / steps;
    const x = from[0] + t * (to[0] - from[0]);
    const y = from[1] + t * (to[1] - from[1]);
    least = Math.min(least, clearanceAt(grid, x, y));
  }
  return least;
}
