import type { FloorPlan, Room } from "@timmy/shared/map/floor-plan";

interface Box {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
}

/** The box around a rotated solid. */
function boxAround(solid: FloorPlan["solids"][number]): Box {
  const cos = Math.abs(Math.cos(solid.heading_rad));
  const sin = Math.abs(Math.sin(solid.heading_rad));
  const halfX = (solid.size_x_m * cos + solid.size_y_m * sin) / 2;
  const halfY = (solid.size_x_m * sin + solid.size_y_m * cos) / 2;
  return {
    left: solid.x_m - halfX,
    right: solid.x_m + halfX,
    low: solid.y_m - halfY,
    high: solid.y_m + halfY,
  };
}

const boxAt = (x: number, y: number, halfM: number): Box => ({
  left: x - halfM,
  right: x + halfM,
  low: y - halfM,
  high: y + halfM,
});

function overlap(a: Box, b: Box): number {
  const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const y = Math.min(a.high, b.high) - Math.max(a.low, b.low);
  return x > 0 && y > 0 ? x * y : 0;
}

const gridSteps = 14;

/**
 * Where a room's name stands: near the room's middle, clear of furniture where there is a clear
 * place. Sizes in metres; `contains` tells whether a point lies in the room.
 */
export function placeLabel(
  room: Room,
  plan: Pick<FloorPlan, "solids" | "tags" | "dock">,
  size: { readonly widthM: number; readonly heightM: number },
  contains: (xM: number, yM: number) => boolean,
): readonly [xM: number, yM: number] {
  const xs = room.outline.map(([x]) => x);
  const ys = room.outline.map(([, y]) => y);
  const bounds: Box = {
    left: Math.min(...xs),
    right: Math.max(...xs),
    low: Math.min(...ys),
    high: Math.max(...ys),
  };
  const midX = (bounds.left + bounds.right) / 2;
  const midY = (bounds.low + bounds.high) / 2;
  const [goalX, goalY] = room.goal;
  const obstacles = [
    ...plan.solids.map(boxAround),
    ...plan.tags.map(({ x_m, y_m }) => boxAt(x_m, y_m, 0.2)),
    // Where the robot stands when it was sent here, and where it charges.
    boxAt(goalX, goalY, 0.25),
    boxAt(plan.dock.x_m, plan.dock.y_m, 0.35),
  ];
  let best: readonly [number, number] = [midX, midY];
  let bestCost = Number.POSITIVE_INFINITY;
  for (let column = 1; column < gridSteps; column++) {
    for (let row = 1; row < gridSteps; row++) {
      const x = bounds.left + ((bounds.right - bounds.left) * column) / gridSteps;
      const y = bounds.low + ((bounds.high - bounds.low) * row) / gridSteps;
      const label: Box = {
        left: x - size.widthM / 2,
        right: x + size.widthM / 2,
        low: y - size.heightM / 2,
        high: y + size.heightM / 2,
      };
      const outsideM =
        Math.max(0, bounds.left - label.left) + Math.max(0, label.right - bounds.right);
      const covered = obstacles.reduce((sum, box) => sum + overlap(label, box), 0);
      const share = covered / (size.widthM * size.heightM);
      const cost =
        Math.hypot(x - midX, y - midY) + share * 20 + outsideM * 60 + (contains(x, y) ? 0 : 100);
      if (cost < bestCost) {
        best = [x, y];
        bestCost = cost;
      }
    }
  }
  return best;
}
