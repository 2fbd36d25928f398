import type { FloorPlan, Solid } from "@timmy/shared/map/floor-plan";
import type { Door, World } from "./world.ts";

/**
 * A one-storey flat of 11 x 8 m: a hallway from west to east, four rooms north of it, three south.
 * Walls are given by their centre lines, so room outlines share them and leave no gap.
 */
const widthM = 11;
const heightM = 8;
const wallM = 0.1;
const wallHeightM = 2.4;
const southWallY = 3.2;
const northWallY = 4.6;

type Furniture = readonly [
  label: string,
  x: number,
  y: number,
  sizeX: number,
  sizeY: number,
  height: number,
  acoustic?: "soft",
];

const furniture: readonly Furniture[] = [
  // Bedroom.
  ["bed", 1.0, 6.85, 1.6, 2.0, 0.5, "soft"],
  ["nightstand", 2.05, 7.65, 0.4, 0.4, 0.5],
  ["wardrobe", 3.2, 6.9, 0.6, 1.8, 2.0],
  ["dresser", 0.36, 5.12, 0.45, 0.9, 0.9],
  ["laundry basket", 3.3, 5.5, 0.36, 0.36, 0.5, "soft"],
  // Bathroom.
  ["bath", 4.04, 6.95, 0.75, 1.7, 0.55],
  ["toilet", 5.2, 7.56, 0.4, 0.62, 0.45],
  ["washbasin", 5.31, 6.3, 0.45, 0.6, 0.85],
  ["washing machine", 3.96, 5.65, 0.6, 0.6, 0.85],
  // Study.
  ["desk", 7.79, 7.05, 0.65, 1.4, 0.75],
  ["office chair", 7.15, 7.05, 0.5, 0.5, 0.9, "soft"],
  ["bookshelf", 5.81, 6.5, 0.3, 1.8, 1.9],
  ["reading chair", 7.72, 5.75, 0.8, 0.8, 0.9, "soft"],
  ["study plant", 5.86, 4.95, 0.3, 0.3, 1.1, "soft"],
  // Kitchen.
  ["fridge", 8.62, 7.53, 0.7, 0.7, 1.8],
  ["dishwasher", 9.97, 7.58, 0.55, 0.6, 0.85],
  ["counter", 10.58, 6.88, 0.6, 1.9, 0.9],
  ["stove", 10.58, 5.6, 0.6, 0.6, 0.9],
  ["kitchen table", 8.68, 6.15, 0.8, 0.8, 0.75],
  ["kitchen stool south", 8.6, 5.5, 0.35, 0.35, 0.6],
  ["kitchen stool north", 8.6, 6.8, 0.35, 0.35, 0.6],
  ["trash bin", 10.7, 4.95, 0.3, 0.4, 0.6],
  // Living room.
  ["sofa", 1.9, 0.56, 2.2, 0.85, 0.8, "soft"],
  ["armchair", 0.56, 2.0, 0.8, 0.8, 0.8, "soft"],
  ["coffee table", 1.8, 1.62, 1.0, 0.5, 0.45],
  ["television stand", 0.95, 2.93, 1.2, 0.4, 0.5],
  ["living room shelf", 3.45, 2.98, 1.1, 0.3, 1.9],
  ["living room plant", 0.4, 0.42, 0.4, 0.4, 1.3, "soft"],
  ["side table", 4.2, 0.42, 0.5, 0.5, 0.55],
  // Dining room.
  ["dining table", 6.45, 1.4, 1.5, 0.9, 0.75],
  ["dining chair north west", 6.1, 2.05, 0.42, 0.42, 0.9],
  ["dining chair north east", 6.8, 2.05, 0.42, 0.42, 0.9],
  ["dining chair south west", 6.1, 0.72, 0.42, 0.42, 0.9],
  ["dining chair south east", 6.8, 0.72, 0.42, 0.42, 0.9],
  ["sideboard", 5.04, 0.36, 0.7, 0.45, 0.9],
  ["glass cabinet", 7.52, 2.9, 0.4, 0.45, 1.8],
  // Guest room.
  ["guest bed", 10.42, 1.16, 0.9, 2.0, 0.5, "soft"],
  ["guest nightstand", 10.66, 2.4, 0.4, 0.4, 0.5],
  ["guest wardrobe", 8.17, 0.9, 0.6, 1.4, 2.0],
  ["guest desk", 9.15, 0.4, 0.9, 0.5, 0.75],
  ["guest chair", 9.15, 0.92, 0.42, 0.42, 0.9],
  ["guest shelf", 8.0, 2.6, 0.25, 0.8, 1.8],
  // Hallway.
  ["charging dock", 0.2, 3.9, 0.16, 0.3, 0.2],
  ["shoe cabinet", 1.2, 4.41, 0.9, 0.26, 1.0],
  ["bench", 4.2, 3.39, 1.0, 0.26, 0.45],
  ["console table", 7.9, 3.39, 0.8, 0.26, 0.8],
  ["hallway plant", 10.68, 4.36, 0.34, 0.34, 1.2, "soft"],
];

type Passage = readonly [
  id: string,
  rooms: readonly [string, string],
  wall: "east-west" | "north-south",
  x: number,
  y: number,
  width: number,
];

const passages: readonly Passage[] = [
  ["living_room_door", ["living_room", "hallway"], "east-west", 2.2, southWallY, 0.95],
  ["dining_room_door", ["dining_room", "hallway"], "east-west", 6.0, southWallY, 0.95],
  ["guest_room_door", ["guest_room", "hallway"], "east-west", 9.2, southWallY, 0.95],
  ["bedroom_door", ["bedroom", "hallway"], "east-west", 2.6, northWallY, 0.95],
  ["bathroom_door", ["bathroom", "hallway"], "east-west", 4.7, northWallY, 0.9],
  ["study_door", ["study", "hallway"], "east-west", 6.9, northWallY, 0.95],
  ["kitchen_door", ["kitchen", "hallway"], "east-west", 9.4, northWallY, 0.95],
  ["dining_arch", ["living_room", "dining_room"], "north-south", 4.6, 1.6, 1.2],
];

const rooms: readonly (readonly [
  id: string,
  name: string,
  aliases: readonly string[],
  box: readonly [west: number, south: number, east: number, north: number],
  goal: readonly [number, number],
])[] = [
  ["hallway", "hallway", ["hall", "corridor"], [0, southWallY, 11, northWallY], [5.6, 3.85]],
  ["bedroom", "bedroom", ["main bedroom"], [0, northWallY, 3.6, 8], [2.35, 5.5]],
  ["bathroom", "bathroom", ["bath", "toilet"], [3.6, northWallY, 5.6, 8], [4.75, 5.7]],
  ["study", "study", ["office", "work room"], [5.6, northWallY, 8.2, 8], [6.6, 5.7]],
  ["kitchen", "kitchen", [], [8.2, northWallY, 11, 8], [9.6, 6.1]],
  ["living_room", "living room", ["lounge", "sitting room"], [0, 0, 4.6, southWallY], [3.2, 1.9]],
  ["dining_room", "dining room", ["dining area"], [4.6, 0, 7.8, southWallY], [5.25, 2.3]],
  ["guest_room", "guest room", ["spare room"], [7.8, 0, 11, southWallY], [9.3, 2.1]],
];

/** Wall stubs in the hallway: they carry tags that face along it, for who drives through. */
const pilasterXs = [3.6, 5.75, 8.05] as const;
const pilasterDepthM = 0.25;
const pilasterY = northWallY - wallM / 2 - pilasterDepthM / 2;

const east = 0;
const north = Math.PI / 2;
const west = Math.PI;
const south = -Math.PI / 2;

function tags(): FloorPlan["tags"] {
  const places: [x: number, y: number, heading: number][] = [
    [wallM, 3.55, east],
    [widthM - wallM, 3.85, west],
  ];
  for (const x of pilasterXs) {
    places.push([x - wallM / 2, pilasterY, west], [x + wallM / 2, pilasterY, east]);
  }
  places.push(
    [2.57, heightM - wallM, south],
    [4.72, heightM - wallM, south],
    [6.5, heightM - wallM, south],
    [9.35, heightM - wallM, south],
    [3.4, wallM, north],
    [4.55, 2.6, west],
    [4.65, 2.65, east],
    [7.75, 2.4, west],
    [5.55, wallM, north],
    [9.8, wallM, north],
  );
  return places.map(([x, y, heading_rad], id) => ({
    id,
    x_m: round(x),
    y_m: round(y),
    heading_rad: Math.round(heading_rad * 1e5) / 1e5,
  }));
}

const round = (metres: number): number => Math.round(metres * 1000) / 1000;

function wall(label: string, west_: number, south_: number, east_: number, north_: number): Solid {
  return {
    kind: "wall",
    label,
    x_m: round((west_ + east_) / 2),
    y_m: round((south_ + north_) / 2),
    size_x_m: round(east_ - west_),
    size_y_m: round(north_ - south_),
    heading_rad: 0,
    height_m: wallHeightM,
  };
}

/** A wall along one axis, with its door openings left out. */
function wallWithDoors(
  label: string,
  along: Passage[2],
  line: number,
  from: number,
  to: number,
): Solid[] {
  const half = wallM / 2;
  const gaps = passages
    .filter(([, , way, x, y]) => way === along && (along === "east-west" ? y : x) === line)
    .map(([, , , x, y, width]) => {
      const middle = along === "east-west" ? x : y;
      return [middle - width / 2, middle + width / 2] as const;
    })
    .filter(([start, end]) => start > from && end < to)
    .sort((a, b) => a[0] - b[0]);
  const pieces: Solid[] = [];
  let start = from;
  for (const [gapFrom, gapTo] of [...gaps, [to, to] as const]) {
    const piece =
      along === "east-west"
        ? wall(label, start, line - half, gapFrom, line + half)
        : wall(label, line - half, start, line + half, gapFrom);
    pieces.push(piece);
    start = gapTo;
  }
  return pieces;
}

function walls(): Solid[] {
  const inner = northWallY + wallM / 2;
  const upTo = southWallY - wallM / 2;
  return [
    wall("south wall", 0, 0, widthM, wallM),
    wall("north wall", 0, heightM - wallM, widthM, heightM),
    wall("west wall", 0, wallM, wallM, heightM - wallM),
    wall("east wall", widthM - wallM, wallM, widthM, heightM - wallM),
    ...wallWithDoors("hallway south wall", "east-west", southWallY, wallM, widthM - wallM),
    ...wallWithDoors("hallway north wall", "east-west", northWallY, wallM, widthM - wallM),
    ...wallWithDoors("bedroom east wall", "north-south", 3.6, inner, heightM - wallM),
    ...wallWithDoors("bathroom east wall", "north-south", 5.6, inner, heightM - wallM),
    ...wallWithDoors("study east wall", "north-south", 8.2, inner, heightM - wallM),
    ...wallWithDoors("living room east wall", "north-south", 4.6, wallM, upTo),
    ...wallWithDoors("dining room east wall", "north-south", 7.8, wallM, upTo),
    ...pilasterXs.map((x) =>
      wall("pilaster", x - wallM / 2, pilasterY - pilasterDepthM / 2, x + wallM / 2, inner - wallM),
    ),
  ];
}

function doors(): Door[] {
  return passages.map(([id, [one, other], along, x_m, y_m, width]) => ({
    id,
    rooms: [one, other],
    x_m,
    y_m,
    size_x_m: along === "east-west" ? width : wallM,
    size_y_m: along === "east-west" ? wallM : width,
    open: true,
  }));
}

export function house001(): World {
  const pieces = furniture.map(
    ([label, x_m, y_m, size_x_m, size_y_m, height_m]): Solid => ({
      kind: "furniture",
      label,
      x_m,
      y_m,
      size_x_m,
      size_y_m,
      heading_rad: 0,
      height_m,
    }),
  );
  const plan: FloorPlan = {
    name: "house_001",
    width_m: widthM,
    height_m: heightM,
    rooms: rooms.map(([id, name, aliases, [w, s, e, n], goal]) => ({
      id,
      name,
      aliases: [...aliases],
      outline: [
        [w, s],
        [e, s],
        [e, n],
        [w, n],
      ],
      goal: [goal[0], goal[1]],
    })),
    solids: [...walls(), ...pieces],
    tags: tags(),
    dock: { x_m: 0.55, y_m: 3.9, heading_rad: 0 },
  };
  const soft = furniture.filter((piece) => piece[6] === "soft").map((piece) => piece[0]);
  return { plan, doors: doors(), soft, start: { ...plan.dock } };
}
