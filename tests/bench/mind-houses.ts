import { type FloorPlan, floorPlanSchema } from "@timmy/shared/map/floor-plan";
import type { Random } from "@timmy/shared/ports/random";
import { buildGrid } from "../../robot/src/occupancy-grid.ts";
import { pathLength, planPath } from "../../robot/src/path-planner.ts";

type Point = readonly [xM: number, yM: number];

/** A room as it was built, metres. The hallway is a room of the plan, and not one of these. */
export interface BenchRoom {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly north: boolean;
  readonly west: number;
  readonly east: number;
  readonly depthM: number;
  readonly goal: readonly [number, number];
}
/** A generated house: rooms on both sides of a hallway, each with its door onto it. */
export interface BenchHouse {
  readonly plan: FloorPlan;
  /** From west to east, row by row. */
  readonly rooms: readonly BenchRoom[];
  readonly start: Point;
  /** Metres to drive between two places, by the robot's own planner. */
  readonly wayLength: (from: Point, to: Point) => number | null;
}

const kinds: readonly (readonly [id: string, aliases: readonly string[]])[] = [
  ["kitchen", ["galley"]],
  ["bedroom", ["main bedroom"]],
  ["bathroom", ["bath"]],
  ["study", ["office"]],
  ["living_room", ["lounge"]],
  ["dining_room", ["dining area"]],
  ["guest_room", ["spare room"]],
  ["nursery", ["playroom"]],
  ["laundry_room", ["utility room"]],
  ["library", []],
];
/** In every house, so that each instruction has something to be about. */
const always = 5;
const wallM = 0.1;
const doorM = 0.9;
const planner = { keepAwayM: 0.2, comfortM: 0.35, cellM: 0.1 };

export function shuffle<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((value) => ({ value, key: random.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

const round = (metres: number) => Math.round(metres * 1000) / 1000;

const wall = (from: Point, to: Point): FloorPlan["solids"][number] => ({
  kind: "wall",
  label: "",
  x_m: round((from[0] + to[0]) / 2),
  y_m: round((from[1] + to[1]) / 2),
  size_x_m: round(Math.abs(to[0] - from[0]) + wallM),
  size_y_m: round(Math.abs(to[1] - from[1]) + wallM),
  heading_rad: 0,
  height_m: 2.5,
});

interface Row {
  readonly rooms: readonly BenchRoom[];
  readonly doors: readonly number[];
}

/** One side of the hallway: rooms of different widths, from `left` on. */
function createRow(
  chosen: typeof kinds,
  north: boolean,
  left: number,
  hall: { readonly south: number; readonly north: number },
  random: Random,
): Row {
  const depthM = round(3 + 2 * random.uniform());
  const middle = north ? hall.north + depthM / 2 : hall.south - depthM / 2;
  const doors: number[] = [];
  let west = left;
  const rooms = chosen.map(([id, aliases]) => {
    const east = round(west + 2.4 + 2.8 * random.uniform());
    doors.push(round(west + 0.8 + (east - west - 1.6) * random.uniform()));
    const goal = [round((west + east) / 2), round(middle)] as const;
    const room = { id, name: id.replaceAll("_", " "), aliases, north, west, east, depthM, goal };
    west = east;
    return room;
  });
  return { rooms, doors };
}

/** The walls of a row, with a gap in the one to the hallway for each door. */
function wallsOf({ rooms, doors }: Row, hallY: number, widthM: number): FloorPlan["solids"] {
  const walls: FloorPlan["solids"] = [];
  let from = 0;
  for (const door of [...doors].sort((a, b) => a - b)) {
    walls.push(wall([from, hallY], [round(door - doorM / 2 - wallM / 2), hallY]));
    from = round(door + doorM / 2 + wallM / 2);
  }
  walls.push(wall([from, hallY], [widthM, hallY]));
  for (const { north, west, east, depthM } of rooms) {
    const far = round(north ? hallY + depthM : hallY - depthM);
    walls.push(wall([west, hallY], [west, far]), wall([east, hallY], [east, far]));
    walls.push(wall([west, far], [east, far]));
  }
  return walls;
}

/** Ways by the robot's planner, each planned once. */
function createWays(plan: FloorPlan): BenchHouse["wayLength"] {
  const grid = buildGrid(plan, [], planner.cellM);
  const known = new Map<string, number | null>();
  return (from, to) => {
    const key = JSON.stringify([from, to]);
    const old = known.get(key);
    if (old !== undefined) return old;
    const path = planPath(grid, from, to, planner);
    const length = path === null ? null : pathLength(path);
    known.set(key, length);
    return length;
  };
}

export function createHouse(index: number, random: Random): BenchHouse {
  const more = Math.floor(random.uniform() * 4);
  const chosen = shuffle(
    [...kinds.slice(0, always), ...shuffle(kinds.slice(always), random).slice(0, more)],
    random,
  );
  const hall = { south: 5.2, north: round(6.6 + random.uniform()) };
  const half = Math.ceil(chosen.length / 2);
  const indent = random.uniform() < 0.5 ? 0 : round(1.5 + random.uniform());
  const north = createRow(chosen.slice(0, half), true, 0, hall, random);
  const south = createRow(chosen.slice(half), false, indent, hall, random);
  const rooms = [...north.rooms, ...south.rooms];
  const widthM = Math.max(...rooms.map(({ east }) => east));
  const hallY = (hall.south + hall.north) / 2;
  const box = (west: number, low: number, east: number, high: number): [number, number][] => [
    [west, low],
    [east, low],
    [east, high],
    [west, high],
  ];
  const plan = floorPlanSchema.parse({
    name: `bench_${index}`,
    width_m: widthM,
    height_m: hall.north + 5.2,
    rooms: [
      ...rooms.map(({ id, name, aliases, north: up, west, east, depthM, goal }) => ({
        ...{ id, name, aliases, goal },
        outline: up
          ? box(west, hall.north, east, round(hall.north + depthM))
          : box(west, round(hall.south - depthM), east, hall.south),
      })),
      {
        ...{ id: "hallway", name: "hallway", aliases: ["hall", "corridor"] },
        outline: box(0, hall.south, widthM, hall.north),
        goal: [round(widthM / 2), round(hallY)],
      },
    ],
    solids: [...wallsOf(north, hall.north, widthM), ...wallsOf(south, hall.south, widthM)],
    tags: [],
    dock: { x_m: 0.5, y_m: hallY, heading_rad: 0 },
  });
  const start: Point = [round(1 + random.uniform() * (widthM - 2)), round(hallY)];
  return { plan, rooms, start, wayLength: createWays(plan) };
}
