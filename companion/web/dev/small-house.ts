import type { FloorPlan } from "@timmy/shared/map/floor-plan";

const wall = (x: number, y: number, sizeX: number, sizeY: number): FloorPlan["solids"][number] => ({
  kind: "wall",
  label: "wall",
  x_m: x,
  y_m: y,
  size_x_m: sizeX,
  size_y_m: sizeY,
  heading_rad: 0,
  height_m: 2.4,
});
const thing = (
  label: string,
  x: number,
  y: number,
  sizeX: number,
  sizeY: number,
  heading = 0,
): FloorPlan["solids"][number] => ({
  kind: "furniture",
  label,
  x_m: x,
  y_m: y,
  size_x_m: sizeX,
  size_y_m: sizeY,
  heading_rad: heading,
  height_m: 0.8,
});
const room = (
  id: string,
  name: string,
  left: number,
  low: number,
  right: number,
  high: number,
  goal: readonly [number, number],
): FloorPlan["rooms"][number] => ({
  id,
  name,
  aliases: [],
  outline: [
    [left, low],
    [right, low],
    [right, high],
    [left, high],
  ],
  goal: [goal[0], goal[1]],
});

/** A flat of four rooms for the fake, used as long as the simulated house is not there. */
export const smallHouse: FloorPlan = {
  name: "small_house",
  width_m: 9,
  height_m: 6.5,
  rooms: [
    room("living_room", "living room", 0.1, 0.1, 4.95, 3.95, [2.6, 2.2]),
    room("kitchen", "kitchen", 5.05, 0.1, 8.9, 3.95, [6.6, 2]),
    room("hall", "hall", 0.1, 4.05, 5.95, 6.4, [3.2, 5.2]),
    room("bedroom", "bedroom", 6.05, 4.05, 8.9, 6.4, [7.2, 4.8]),
  ],
  solids: [
    wall(4.5, 0.05, 9, 0.1),
    wall(4.5, 6.45, 9, 0.1),
    wall(0.05, 3.25, 0.1, 6.5),
    wall(8.95, 3.25, 0.1, 6.5),
    wall(5, 0.6, 0.1, 1.2),
    wall(5, 3.05, 0.1, 1.9),
    wall(0.95, 4, 1.9, 0.1),
    wall(4.4, 4, 3, 0.1),
    wall(7.9, 4, 2.2, 0.1),
    wall(6, 4.35, 0.1, 0.7),
    wall(6, 6.1, 0.1, 0.7),
    thing("sofa", 0.65, 1.9, 0.9, 2.1),
    thing("low table", 1.75, 1.9, 0.6, 1.1),
    thing("shelf", 2.6, 0.28, 1.8, 0.35),
    thing("armchair", 3.6, 3.3, 0.8, 0.8, 0.5),
    thing("counter", 8.6, 2, 0.6, 3.2),
    thing("table", 6.9, 3.2, 1.2, 0.8),
    thing("chair", 6, 3.2, 0.4, 0.4, 0.2),
    thing("coat rack", 1.2, 6.2, 1.4, 0.35),
    thing("bed", 8.1, 5.6, 1.5, 1.5),
    thing("desk", 6.5, 6.2, 0.8, 0.4),
  ],
  tags: [
    { id: 1, x_m: 0.1, y_m: 3.2, heading_rad: 0 },
    { id: 2, x_m: 3.9, y_m: 0.1, heading_rad: Math.PI / 2 },
    { id: 3, x_m: 7, y_m: 0.1, heading_rad: Math.PI / 2 },
    { id: 4, x_m: 3.6, y_m: 6.4, heading_rad: -Math.PI / 2 },
    { id: 5, x_m: 8.9, y_m: 4.5, heading_rad: Math.PI },
  ],
  dock: { x_m: 0.4, y_m: 5.2, heading_rad: 0 },
};
