import { insideOutline } from "../map/floor-plan.ts";

type Point = readonly [xM: number, yM: number];

/** A room that a mind knows the place of; metres, x to the east, y to the north. */
export interface PlacedRoom {
  readonly id: string;
  readonly name: string;
  readonly goal: Point;
  readonly outline: readonly Point[];
  /** From where the body stands; 0 in the room that it is in, null when nobody said. */
  readonly awayM: number | null;
}

/** What is nearer than this shares a wall; outlines may run along either side of it. */
const wallM = 0.35;
const stepM = 0.1;

export const distanceM = ([xa, ya]: Point, [xb, yb]: Point): number => Math.hypot(xa - xb, ya - yb);

/** Square metres (shoelace formula). */
export function areaM2({ outline }: PlacedRoom): number {
  let [px, py] = outline.at(-1) ?? [0, 0];
  let twice = 0;
  for (const [x, y] of outline) {
    twice += px * y - x * py;
    [px, py] = [x, y];
  }
  return Math.abs(twice) / 2;
}

export interface Bounds {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

export function boundsOf({ outline }: PlacedRoom): Bounds {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  return {
    west: Math.min(...xs),
    east: Math.max(...xs),
    south: Math.min(...ys),
    north: Math.max(...ys),
  };
}

/** The corners of an outline in pairs, the last with the first. */
const edges = (outline: readonly Point[]): readonly (readonly [Point, Point])[] =>
  outline.map((corner, i) => [outline.at(i - 1) ?? corner, corner]);

/** Points along a line, one each step. */
function along([xa, ya]: Point, [xb, yb]: Point): readonly Point[] {
  const steps = Math.max(1, Math.round(distanceM([xa, ya], [xb, yb]) / stepM));
  return Array.from({ length: steps }, (_, i): Point => {
    const share = (i + 0.5) / steps;
    return [xa + share * (xb - xa), ya + share * (yb - ya)];
  });
}

function toEdgeM([x, y]: Point, [[xa, ya], [xb, yb]]: readonly [Point, Point]): number {
  const [dx, dy] = [xb - xa, yb - ya];
  const length2 = dx * dx + dy * dy;
  const share = length2 === 0 ? 0 : ((x - xa) * dx + (y - ya) * dy) / length2;
  const near = Math.min(1, Math.max(0, share));
  return distanceM([x, y], [xa + near * dx, ya + near * dy]);
}

/** Metres of wall between two rooms; some centimetres where they only meet at a corner. */
export function sharedWallM(a: PlacedRoom, b: PlacedRoom): number {
  const others = edges(b.outline);
  const points = edges(a.outline).flatMap(([from, to]) => along(from, to));
  return stepM * points.filter((p) => others.some((edge) => toEdgeM(p, edge) < wallM)).length;
}

/** Of these rooms, those that the straight line between two others leads through. */
export function crossed<T extends PlacedRoom>(
  from: PlacedRoom,
  to: PlacedRoom,
  rooms: readonly T[],
): readonly T[] {
  const points = along(from.goal, to.goal);
  return rooms.filter(
    ({ id, outline }) =>
      id !== from.id && id !== to.id && points.some(([x, y]) => insideOutline(outline, x, y)),
  );
}
