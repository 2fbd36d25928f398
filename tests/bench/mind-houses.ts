import { type FloorPlan, floorPlanSchema } from "@timmy/shared/map/floor-plan";
import type { Random } from "@timmy/shared/ports/random";

/** A generated house: rooms on both sides of a hallway, each with its door onto it. */
export interface BenchHouse {
  readonly plan: FloorPlan;
  readonly start: readonly [number, number];
  /** Metres to drive between two places. */
  readonly wayLength: (from: readonly [number, number], to: readonly [number, number]) => number;
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

function shuffle<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((value) => ({ value, key: random.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

const round = (metres: number) => Math.round(metres * 1000) / 1000;

export function createHouse(index: number, random: Random): BenchHouse {
  const more = Math.floor(random.uniform() * 4);
  const chosen = [
    ...kinds.slice(0, always),
    ...shuffle(kinds.slice(always), random).slice(0, more),
  ];
  const hallY = 5;
  const columns = Math.ceil(chosen.length / 2);
  const widthM = round(3 + random.uniform() * 2);
  const rooms = shuffle(chosen, random).map(([id, aliases], i) => {
    const left = round(Math.floor(i / 2) * widthM);
    const north = i % 2 === 0;
    const [low, high] = north ? [hallY + 1, hallY + 5] : [0, hallY - 1];
    const outline: [number, number][] = [
      [left, low],
      [left + widthM, low],
      [left + widthM, high],
      [left, high],
    ];
    const goal: [number, number] = [round(left + widthM / 2), north ? hallY + 3 : hallY - 3];
    return { id, name: id.replaceAll("_", " "), aliases: [...aliases], outline, goal };
  });
  const plan = floorPlanSchema.parse({
    name: `bench_${index}`,
    width_m: round(columns * widthM),
    height_m: 2 * hallY,
    rooms,
    solids: [],
    tags: [],
    dock: { x_m: 0.5, y_m: hallY, heading_rad: 0 },
  });
  const wayLength: BenchHouse["wayLength"] = ([xa, ya], [xb, yb]) =>
    xa === xb && ya === yb ? 0 : Math.abs(ya - hallY) + Math.abs(xa - xb) + Math.abs(yb - hallY);
  return { plan, start: [1, hallY], wayLength };
}
