import type { FloorPlan, Solid } from "@timmy/shared/map/floor-plan";

/** A small house for tests: two rooms of 3 m beside each other, a door of 1 m between them. */
export function twoRooms(options: { doorOpen?: boolean } = {}): FloorPlan {
  const wall = (x: number, y: number, sx: number, sy: number): Solid => ({
    kind: "wall",
    label: "wall",
    x_m: x,
    y_m: y,
    size_x_m: sx,
    size_y_m: sy,
    heading_rad: 0,
    height_m: 2.4,
  });
  const solids = [
    wall(3, 0.05, 6, 0.1),
    wall(3, 2.95, 6, 0.1),
    wall(0.05, 1.5, 0.1, 3),
    wall(5.95, 1.5, 0.1, 3),
    wall(3, 0.5, 0.1, 1),
    wall(3, 2.5, 0.1, 1),
  ];
  if (options.doorOpen === false) solids.push(wall(3, 1.5, 0.1, 1));
  return {
    name: "two_rooms",
    width_m: 6,
    height_m: 3,
    rooms: [
      {
        id: "west",
        name: "west room",
        aliases: [],
        outline: [
          [0, 0],
          [3, 0],
          [3, 3],
          [0, 3],
        ],
        goal: [1.5, 1.5],
      },
      {
        id: "east",
        name: "east room",
        aliases: ["sunrise room"],
        outline: [
          [3, 0],
          [6, 0],
          [6, 3],
          [3, 3],
        ],
        goal: [4.5, 2.2],
      },
    ],
    solids,
    tags: [
      { id: 0, x_m: 0.1, y_m: 1.5, heading_rad: 0 },
      { id: 1, x_m: 3, y_m: 2.9, heading_rad: -Math.PI / 2 },
      { id: 2, x_m: 5.9, y_m: 1.5, heading_rad: Math.PI },
      { id: 3, x_m: 1.5, y_m: 0.1, heading_rad: Math.PI / 2 },
      { id: 4, x_m: 4.5, y_m: 0.1, heading_rad: Math.PI / 2 },
    ],
    dock: { x_m: 0.5, y_m: 0.6, heading_rad: 0 },
  };
}
