import type { PlanStep } from "@timmy/shared/agent/plan";
import type { Random } from "@timmy/shared/ports/random";
import { type BenchHouse, type BenchRoom, shuffle } from "./mind-houses.ts";

/** A question has an answer only where nobody could argue: metres, and a share of an area. */
const clearM = 0.8;
const clearShare = 0.15;

type Made = readonly [text: string, wanted: readonly PlanStep[]];
/** What is asked about one or two rooms, and the room that is meant; null where it is not clear. */
interface Relation {
  readonly texts: readonly string[];
  readonly meant: (a: BenchRoom, b: BenchRoom, house: BenchHouse) => BenchRoom | null;
}

const far = ([xa, ya]: readonly [number, number], [xb, yb]: readonly [number, number]) =>
  Math.hypot(xa - xb, ya - yb);
const area = ({ west, east, depthM }: BenchRoom) => (east - west) * depthM;
const shared = (a: BenchRoom, b: BenchRoom) => Math.min(a.east, b.east) - Math.max(a.west, b.west);

/** The one with the least, when the next one is clearly more. */
function first(
  rooms: readonly BenchRoom[],
  measure: (room: BenchRoom) => number,
  clear: number,
): BenchRoom | null {
  const [best, next] = [...rooms].sort((x, y) => measure(x) - measure(y));
  if (best === undefined) return null;
  return next === undefined || measure(next) - measure(best) >= clear ? best : null;
}
const only = (rooms: readonly BenchRoom[]) => (rooms.length === 1 ? (rooms[0] ?? null) : null);
const others = (house: BenchHouse, ...not: readonly BenchRoom[]) =>
  house.rooms.filter((room) => !not.includes(room));
const row = (house: BenchHouse, of: BenchRoom) => house.rooms.filter((r) => r.north === of.north);
const besides = (house: BenchHouse, of: BenchRoom) =>
  row(house, of).filter((room) => room.east === of.west || room.west === of.east);
/** The room that takes nearly all of the hallway's other side, and nobody else much of it. */
function across(a: BenchRoom, house: BenchHouse): BenchRoom | null {
  const facing = house.rooms.filter((room) => room.north !== a.north && shared(a, room) > 0);
  const width = (room: BenchRoom) => Math.min(a.east - a.west, room.east - room.west);
  const [most] = facing.filter((room) => shared(a, room) >= 0.7 * width(room));
  const rest = facing.filter((room) => room !== most);
  return rest.every((room) => shared(a, room) < 0.3 * width(room)) ? (most ?? null) : null;
}

const relations: readonly Relation[] = [
  {
    texts: [
      "go to the room nearest to the A",
      "Please drive to the closest room to the A.",
      "check the room that is closest to the A",
      "Head to whichever room is nearest the A",
    ],
    meant: (a, _, house) => first(others(house, a), (room) => far(room.goal, a.goal), clearM),
  },
  {
    texts: [
      "go to the room farthest from the A",
      "Drive to the room that's furthest away from the A",
      "visit the most distant room from the A",
    ],
    meant: (a, _, house) => first(others(house, a), (room) => -far(room.goal, a.goal), clearM),
  },
  {
    texts: ["drive to the westernmost room", "Go to the room farthest to the west."],
    meant: (_a, _b, { rooms }) => first(rooms, ({ west, east }) => (west + east) / 2, clearM),
  },
  {
    texts: ["drive to the easternmost room", "Please check the room furthest east"],
    meant: (_a, _b, { rooms }) => first(rooms, ({ west, east }) => -(west + east) / 2, clearM),
  },
  {
    texts: [
      "check the room opposite the A",
      "go to the room across the hallway from the A",
      "Visit the room facing the A",
    ],
    meant: (a, _, house) => across(a, house),
  },
  {
    texts: [
      "go to the room next to the A",
      "look in the room beside the A",
      "Go next door to the A",
      "I need you in the room next to the A",
    ],
    meant: (a, _, house) => only(besides(house, a)),
  },
  {
    texts: [
      "go to the room left of the A",
      "drive to the room to the left of the A",
      "check the room on the left of the A",
      "Go to the room west of the A",
    ],
    meant: (a, _, house) => only(besides(house, a).filter(({ east }) => east === a.west)),
  },
  {
    texts: [
      "go to the room right of the A",
      "visit the room on the right hand side of the A",
      "Go to the room to the east of the A",
    ],
    meant: (a, _, house) => only(besides(house, a).filter(({ west }) => west === a.east)),
  },
  {
    texts: [
      "go to the room between the A and the B",
      "Check the room in between the A and the B",
      "visit the room that lies between the A and the B",
    ],
    meant: (a, b, house) =>
      a.north === b.north
        ? only(besides(house, a).filter((room) => besides(house, b).includes(room)))
        : null,
  },
  {
    texts: ["go to the largest room", "patrol the biggest room in the house"],
    meant: (_a, _b, { rooms }) =>
      first(rooms, (room) => -area(room), clearShare * Math.max(...rooms.map(area))),
  },
  {
    texts: ["Drive to the smallest room, please", "check the smallest room of the house"],
    meant: (_a, _b, { rooms }) => first(rooms, area, clearShare * Math.min(...rooms.map(area))),
  },
  {
    texts: [
      "go to the larger of the A and the B",
      "Visit the bigger one of the A and the B",
      "go to whichever is bigger, the A or the B",
    ],
    meant: (a, b) => first([a, b], (room) => -area(room), clearShare * area(a)),
  },
  {
    texts: ["go to the nearest room", "Drive to the room closest to you", "visit the closest room"],
    meant: (_a, _b, { rooms, start }) => first(rooms, ({ goal }) => far(goal, start), clearM),
  },
];

const goto = (place: string): PlanStep => ({ skill: "goto", place });
const looks = /\b(?:check|look in|patrol)\b/i;
const fill = (text: string, a: BenchRoom, b: BenchRoom) =>
  text.replace(/\bA\b/g, a.name).replace(/\bB\b/g, b.name);

/** Instructions of two steps whose second is where the first has led. */
function chained(a: BenchRoom, house: BenchHouse): readonly Made[] {
  const made: Made[] = [
    [
      `go to the ${a.name}, say hello, then go back to the room you came from`,
      [goto(a.id), { skill: "say", text: "hello" }, goto("start")],
    ],
    [`visit the ${a.name} and then return to where you came from`, [goto(a.id), goto("start")]],
  ];
  const near = first(others(house, a), (room) => far(room.goal, a.goal), clearM);
  if (near !== null) {
    made.push([`go to the ${a.name}, then to the nearest room`, [goto(a.id), goto(near.id)]]);
  }
  const beside = only(besides(house, a));
  if (beside !== null) {
    made.push([`Visit the ${a.name}, then the room next to it`, [goto(a.id), goto(beside.id)]]);
  }
  return made;
}

/** One instruction of each relation, in words of chance, about rooms for which it is clear. */
export function spatialTasks(house: BenchHouse, random: Random): readonly Made[] {
  const made: Made[] = [];
  for (const { texts, meant } of relations) {
    const order = shuffle(house.rooms, random);
    const pairs = order.flatMap((a) => order.filter((b) => b !== a).map((b) => [a, b] as const));
    const [text = ""] = shuffle(texts, random);
    const found = pairs
      .map(([a, b]) => ({ a, b, room: meant(a, b, house) }))
      .find(({ room }) => room !== null);
    if (found === undefined || found.room === null) continue;
    const { id } = found.room;
    const step: PlanStep = looks.test(text) ? { skill: "patrol", places: [id] } : goto(id);
    made.push([fill(text, found.a, found.b), [step]]);
  }
  const order = shuffle(house.rooms, random);
  const ends = order.find((room) => besides(house, room).length === 1) ?? order[0];
  return ends === undefined ? made : [...made, ...chained(ends, house)];
}
