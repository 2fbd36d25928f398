import { clearanceAt, lineClearance, type OccupancyGrid } from "./occupancy-grid.ts";

export type Point = readonly [xM: number, yM: number];

export interface PlannerOptions {
  /** The robot's middle never comes nearer to a solid than this, metres. */
  readonly keepAwayM: number;
  /** Nearer than this costs extra, so that the way keeps to the middle of doors. */
  readonly comfortM: number;
}

/** A binary heap of cells by cost; ties by cell, so that the result is the same everywhere. */
function createQueue() {
  const cells: number[] = [];
  const costs: number[] = [];
  const less = (a: number, b: number) => {
    const [ca = 0, cb = 0] = [costs[a], costs[b]];
    return ca < cb || (ca === cb && (cells[a] ?? 0) < (cells[b] ?? 0));
  };
  const swap = (a: number, b: number) => {
    [cells[a], cells[b]] = [cells[b] ?? 0, cells[a] ?? 0];
    [costs[a], costs[b]] = [costs[b] ?? 0, costs[a] ?? 0];
  };
  return {
    push(cell: number, cost: number): void {
      let at = cells.push(cell) - 1;
      costs.push(cost);
      while (at > 0 && less(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    pop(): number | undefined {
      if (cells.length === 0) return undefined;
      swap(0, cells.length - 1);
      const top = cells.pop();
      costs.pop();
      for (let at = 0; ; ) {
        let small = at;
        for (const child of [2 * at + 1, 2 * at + 2]) {
          if (child < cells.length && less(child, small)) small = child;
        }
        if (small === at) return top;
        swap(at, small);
        at = small;
      }
    },
  };
}

const neighbours = [
  [1, 0, 1],
  [-1, 0, 1],
  [0, 1, 1],
  [0, -1, 1],
  [1, 1, Math.SQRT2],
  [1, -1, Math.SQRT2],
  [-1, 1, Math.SQRT2],
  [-1, -1, Math.SQRT2],
] as const;

/** The nearest cell around a point that keeps away from solids, within 0.5 m; -1 when none. */
function freeCellNear(grid: OccupancyGrid, [x, y]: Point, keepAwayM: number): number {
  const reach = Math.ceil(0.5 / grid.cellM);
  const ci = Math.floor(x / grid.cellM);
  const cj = Math.floor(y / grid.cellM);
  let best = -1;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let j = Math.max(0, cj - reach); j <= Math.min(grid.rows - 1, cj + reach); j++) {
    for (let i = Math.max(0, ci - reach); i <= Math.min(grid.columns - 1, ci + reach); i++) {
      const cell = j * grid.columns + i;
      const distance = Math.hypot(i - ci, j - cj);
      if ((grid.clearanceM[cell] ?? 0) < keepAwayM || distance >= bestDistance) continue;
      best = cell;
      bestDistance = distance;
    }
  }
  return best;
}

function search(
  grid: OccupancyGrid,
  start: number,
  goal: number,
  o: PlannerOptions,
): number[] | null {
  const { columns, rows, clearanceM } = grid;
  const cost = new Float64Array(columns * rows).fill(Number.POSITIVE_INFINITY);
  const parent = new Int32Array(columns * rows).fill(-1);
  const closed = new Uint8Array(columns * rows);
  const gi = goal % columns;
  const gj = Math.floor(goal / columns);
  const queue = createQueue();
  cost[start] = 0;
  queue.push(start, 0);
  for (let cell = queue.pop(); cell !== undefined; cell = queue.pop()) {
    if (closed[cell] === 1) continue;
    closed[cell] = 1;
    if (cell === goal) break;
    const i = cell % columns;
    const j = Math.floor(cell / columns);
    for (const [di, dj, length] of neighbours) {
      const [ni, nj] = [i + di, j + dj];
      if (ni < 0 || nj < 0 || ni >= columns || nj >= rows) continue;
      const next = nj * columns + ni;
      const clearance = clearanceM[next] ?? 0;
      if (closed[next] === 1 || clearance < o.keepAwayM) continue;
      const tight = Math.max(0, 1 - (clearance - o.keepAwayM) / (o.comfortM - o.keepAwayM));
      const via = (cost[cell] ?? 0) + length * (1 + 3 * tight);
      if (via >= (cost[next] ?? 0)) continue;
      cost[next] = via;
      parent[next] = cell;
      const [hi, hj] = [Math.abs(ni - gi), Math.abs(nj - gj)];
      queue.push(next, via + Math.max(hi, hj) + (Math.SQRT2 - 1) * Math.min(hi, hj));
    }
  }
  if (closed[goal] !== 1) return null;
  const cells = [goal];
  for (let cell = goal; cell !== start; ) {
    cell = parent[cell] ?? start;
    cells.push(cell);
  }
  return cells.reverse();
}

/** Leaves out the points between which the straight line is as free as the way around them. */
function shorten(grid: OccupancyGrid, points: readonly Point[], o: PlannerOptions): Point[] {
  const kept: Point[] = [];
  let from = 0;
  while (from < points.length) {
    const start = points[from];
    if (start === undefined) break;
    kept.push(start);
    let to = from + 1;
    for (let k = Math.min(points.length - 1, from + 120); k > from + 1; k--) {
      const end = points[k];
      if (end === undefined) continue;
      let need = o.comfortM;
      for (let m = from; m <= k; m++) {
        const [x, y] = points[m] ?? start;
        need = Math.min(need, clearanceAt(grid, x, y));
      }
      if (lineClearance(grid, start, end) >= need - 1e-6) {
        to = k;
        break;
      }
    }
    from = to;
  }
  return kept;
}

/**
 * The cheapest free way (A* on the inflated grid, then straightened), from `start` to `goal` in
 * metres; both are moved to the nearest free cell within 0.5 m. Null when there is none.
 */
export function planPath(
  grid: OccupancyGrid,
  start: Point,
  goal: Point,
  options: PlannerOptions,
): Point[] | null {
  const from = freeCellNear(grid, start, options.keepAwayM);
  const to = freeCellNear(grid, goal, options.keepAwayM);
  if (from < 0 || to < 0) return null;
  const cells = search(grid, from, to, options);
  if (cells === null) return null;
  const points = cells.map(
    (cell): Point => [
      ((cell % grid.columns) + 0.5) * grid.cellM,
      (Math.floor(cell / grid.columns) + 0.5) * grid.cellM,
    ],
  );
  const last = points.length - 1;
  if (clearanceAt(grid, goal[0], goal[1]) >= options.keepAwayM) points[last] = goal;
  return shorten(grid, points, options);
}

export function pathLength(points: readonly Point[]): number {
  let length = 0;
  for (const [k, [x, y]] of points.entries()) {
    const [px, py] = points[k - 1] ?? [x, y];
    length += Math.hypot(x - px, y - py);
  }
  return length;
}
