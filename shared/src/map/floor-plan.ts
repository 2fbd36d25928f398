import { z } from "zod";

/**
 * What a body may know of its house: rooms, solid things, wall tags, the dock. Metres, from the
 * house's south-west corner; x to the east, y to the north; headings in radians from +x.
 * Coordinates and sizes are rounded to millimetres by whoever writes one.
 */
const metres = z.number().min(-500).max(500);
const point = z.tuple([metres, metres]);
const id = z.string().regex(/^[a-z0-9_]{1,32}$/);

export const floorPlanSchema = z.object({
  name: id,
  width_m: z.number().positive().max(500),
  height_m: z.number().positive().max(500),
  rooms: z
    .array(
      z.object({
        id,
        /** What a person calls it: "living room". */
        name: z.string().min(1).max(40),
        /** Other words for it: "lounge". */
        aliases: z.array(z.string().min(1).max(40)).max(8),
        outline: z.array(point).min(3).max(16),
        /** A free place in it where the robot goes when it is sent there. */
        goal: point,
      }),
    )
    .min(1)
    .max(32),
  /** Boxes that stand on the floor: centre, size along its own axes, rotation. */
  solids: z
    .array(
      z.object({
        kind: z.enum(["wall", "furniture"]),
        label: z.string().max(40),
        x_m: metres,
        y_m: metres,
        size_x_m: z.number().positive().max(500),
        size_y_m: z.number().positive().max(500),
        heading_rad: z.number().min(-7).max(7),
        height_m: z.number().positive().max(10),
      }),
    )
    .max(400),
  /** Printed AprilTags: the place of the middle, and the heading of the tag's outward normal. */
  tags: z
    .array(
      z.object({
        id: z.number().int().min(0).max(586),
        x_m: metres,
        y_m: metres,
        heading_rad: z.number().min(-7).max(7),
      }),
    )
    .max(64),
  dock: z.object({ x_m: metres, y_m: metres, heading_rad: z.number().min(-7).max(7) }),
});
export type FloorPlan = z.infer<typeof floorPlanSchema>;
export type Room = FloorPlan["rooms"][number];
export type Solid = FloorPlan["solids"][number];

export interface Pose {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
}

/** Whether a point lies inside an outline (even-odd rule). */
export function insideOutline(
  outline: readonly (readonly [xM: number, yM: number])[],
  xM: number,
  yM: number,
): boolean {
  let inside = false;
  let [px, py] = outline[outline.length - 1] ?? [0, 0];
  for (const [x, y] of outline) {
    if (y > yM !== py > yM && xM < ((px - x) * (yM - y)) / (py - y) + x) inside = !inside;
    px = x;
    py = y;
  }
  return inside;
}

/** The room that holds a point, or null between rooms. */
export function roomAt(plan: Pick<FloorPlan, "rooms">, xM: number, yM: number): Room | null {
  return plan.rooms.find((room) => insideOutline(room.outline, xM, yM)) ?? null;
}
