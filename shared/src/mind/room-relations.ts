import type { FoundPlace, Rooms } from "./places.ts";
import {
  areaM2,
  type Bounds,
  boundsOf,
  crossed,
  distanceM,
  type PlacedRoom,
  sharedWallM,
} from "./room-shapes.ts";
import { wordsOf } from "./words.ts";

/** Rooms that nobody means by "the room next to": one goes through them. */
const passages = new Set(
  ["hallway", "hall", "corridor", "landing", "foyer", "entrance", "passage", "vestibule"].concat(
    "stairs",
    "staircase",
  ),
);
/** Less than this apart, two rooms are equally far, or lie equally far to a side. */
const equalM = 0.25;
const equalSideM = 0.5;
const equalShare = 0.05;
/** A shorter wall between two rooms is a corner. */
const leastWallM = 1;
/** How much two rooms must face each other, of the narrower one. */
const leastFacing = 0.5;

const noun = "(?:whichever |the )?(?:room|rooms|one|place)";
const that = "(?:(?:that|which) (?:is|lies) |that's |is |located |lying )?";
const near = "nearest|closest";
const far = "farthest|furthest|remotest|most distant";
const side = "north|south|east|west|left|right";
const hall = "(?:hall|hallway|corridor|passage)";
const whole = "(?: (?:in|of) (?:the |our |this )?(?:whole )?(?:house|flat|apartment|home|all))?";
const patterns = {
  most: new RegExp(
    `^(${near}|${far}|largest|biggest|smallest|littlest|(?:${side})(?:ern)?most)(?: ${noun})?${whole}$`,
  ),
  farSide: new RegExp(`^${noun} ${that}(?:farthest|furthest) (?:to the )?(${side})${whole}$`),
  nearest: new RegExp(`^(${near}|${far}) ${noun}(?: away)? (?:to|from|of) (.+)$`),
  nearestTo: new RegExp(
    `^${noun} ${that}(?:the )?(${near}|${far})(?: away)?(?: to| from| of)? (.+)$`,
  ),
  nextTo: new RegExp(
    `^(?:next door to|${noun} ${that}(?:right |directly |just )?` +
      "(?:next to|next door to|beside|adjacent to|adjoining|bordering)) (.+)$",
  ),
  sideOf: new RegExp(
    `^${noun} ${that}(?:to the |on the )?(${side})(?:[ -]hand)?(?: side)? of (.+)$`,
  ),
  opposite: new RegExp(
    `^${noun} ${that}(?:(?:directly )?opposite(?: of| to)?|across from|facing` +
      `|across the ${hall} from|on the other side of the ${hall} from) (.+)$`,
  ),
  between: new RegExp(`^${noun} ${that}(?:in )?between (.+?) and (.+)$`),
  larger: new RegExp(
    `^(larger|bigger|smaller|nearer|closer)(?: ${noun})? of (.+?) (?:and|or) (.+)$`,
  ),
} as const;
const standing = new Set(["here", "me", "you", "us", "yourself", "where you are"]);
/** Of the room that the step before leads to, or that the body is in. */
const pronouns = new Set(["it", "that", "that room", "that one", "there", "this room", "this one"]);

/** The one with the least; those that are as good as equal are all named, never guessed between. */
function least(
  rooms: readonly PlacedRoom[],
  measure: (room: PlacedRoom) => number,
  isEqual: (one: number, best: number) => boolean,
): FoundPlace {
  const measured = rooms.map((room) => ({ room, value: measure(room) }));
  const best = Math.min(...measured.map(({ value }) => value));
  const found = measured.filter(({ value }) => isEqual(value, best)).map(({ room }) => room);
  return oneOf(found);
}
const within = (limit: number) => (one: number, best: number) => one - best < limit;
const withinShare = (one: number, best: number) =>
  Math.abs(one - best) < equalShare * Math.abs(best);

function oneOf(found: readonly PlacedRoom[]): FoundPlace {
  const [first, second] = found;
  if (first === undefined) return { kind: "nowhere" };
  if (second === undefined) return { kind: "room", id: first.id };
  return { kind: "ambiguous", names: found.slice(0, 8).map(({ name }) => name) };
}

const overlap = (a0: number, a1: number, b0: number, b1: number) =>
  Math.min(a1, b1) - Math.max(a0, b0);

/** How far a room lies beyond another on a side, metres, or null: "left" is west, as on the map. */
function beyondM(of: Bounds, room: Bounds, direction: string): number | null {
  const upright = direction === "north" || direction === "south";
  const [a0, a1] = upright ? [of.west, of.east] : [of.south, of.north];
  const [b0, b1] = upright ? [room.west, room.east] : [room.south, room.north];
  const gapM = {
    north: room.south - of.north,
    south: of.south - room.north,
    east: room.west - of.east,
    west: of.west - room.east,
  }[direction];
  if (gapM === undefined || gapM < -equalM) return null;
  const facingM = overlap(a0, a1, b0, b1);
  return facingM < leastFacing * Math.min(a1 - a0, b1 - b0) ? null : gapM;
}

const sides = ["north", "south", "east", "west"] as const;
const compass = (word: string) => word.replace("left", "west").replace("right", "east");

/** What makes a room the most; a greater value is farther that way. */
function sideOf(room: PlacedRoom, direction: string): number {
  const { west, east, south, north } = boundsOf(room);
  const sign = direction === "west" || direction === "south" ? -1 : 1;
  return (sign * (direction === "west" || direction === "east" ? west + east : south + north)) / 2;
}

function place(rooms: Rooms): readonly PlacedRoom[] {
  return rooms.flatMap(({ id, name, goal, outline, away_m }) =>
    goal === undefined || outline === undefined
      ? []
      : [{ id, name, goal, outline, awayM: away_m ?? null }],
  );
}
const isPassage = ({ id, name }: PlacedRoom) =>
  [...wordsOf(id), ...wordsOf(name)].some((word) => passages.has(word));

/**
 * Finds a room by where it lies: "the room next to the kitchen", "the nearest room". The words are
 * folded and bare; null when they say nothing of the kind, or the house has no known shape. `hereId`
 * is the room that the body will stand in by then, where a step before leads to it.
 */
export function createRelations(
  rooms: Rooms,
  find: (words: readonly string[]) => FoundPlace,
  hereId: string | null,
): (words: readonly string[]) => FoundPlace | null {
  const all = place(rooms);
  const named = all.filter((room) => !isPassage(room));

  /** Metres to a room from where the body will stand, or null when that is not known. */
  function fromHere(): ((room: PlacedRoom) => number) | null {
    if (hereId !== null && hereId !== "start") {
      const here = all.find(({ id }) => id === hereId);
      return here === undefined ? null : ({ goal }) => distanceM(goal, here.goal);
    }
    return all.every(({ awayM }) => awayM !== null) ? ({ awayM }) => awayM ?? 0 : null;
  }
  function byDistance(word: string, away: (room: PlacedRoom) => number, among = named): FoundPlace {
    const sign = near.split("|").includes(word) ? 1 : -1;
    return least(among, (room) => sign * away(room), within(equalM));
  }
  function most(word: string): FoundPlace | null {
    if (/^(largest|biggest)$/.test(word)) return least(named, (r) => -areaM2(r), withinShare);
    if (/^(smallest|littlest)$/.test(word)) return least(named, areaM2, withinShare);
    const direction = sides.find((one) => compass(word).includes(one));
    if (direction !== undefined) {
      return least(named, (room) => -sideOf(room, direction), within(equalSideM));
    }
    const away = fromHere();
    if (away === null) return null;
    return byDistance(
      word,
      away,
      named.filter((room) => away(room) > 0),
    );
  }
  const hereRoom = () =>
    hereId === null || hereId === "start"
      ? all.find(({ awayM }) => awayM === 0)
      : all.find(({ id }) => id === hereId);
  /** What a part of the phrase names, or why nothing is found. */
  function referred(words: string): PlacedRoom | FoundPlace | null {
    if (pronouns.has(words)) return hereRoom() ?? null;
    const found = find(words.split(" "));
    if (found.kind === "ambiguous" || found.kind === "nowhere") return found;
    return found.kind === "room" ? (all.find(({ id }) => id === found.id) ?? null) : null;
  }
  function relate(words: string, relate1: (to: PlacedRoom) => FoundPlace | null) {
    const to = referred(words);
    return to === null || "kind" in to ? to : relate1(to);
  }
  const others = (...not: readonly PlacedRoom[]) => named.filter((room) => !not.includes(room));
  const nextTo = (to: PlacedRoom) =>
    oneOf(others(to).filter((room) => sharedWallM(to, room) >= leastWallM));
  function onSide(direction: string, to: PlacedRoom): FoundPlace {
    const beyond = (room: PlacedRoom) => beyondM(boundsOf(to), boundsOf(room), direction);
    const there = others(to).filter((room) => beyond(room) !== null);
    return least(there, (room) => beyond(room) ?? 0, within(equalM));
  }
  /** Facing it across a hallway, or across nothing that is a room. */
  function opposite(to: PlacedRoom): FoundPlace {
    return oneOf(
      others(to).filter((room) => {
        const facing = sides.some((one) => beyondM(boundsOf(to), boundsOf(room), one) !== null);
        return (
          facing && sharedWallM(to, room) < leastWallM && crossed(to, room, named).length === 0
        );
      }),
    );
  }
  function between(one: PlacedRoom, other: PlacedRoom): FoundPlace {
    const rooms = crossed(one, other, named);
    return oneOf(rooms.length > 0 ? rooms : crossed(one, other, all));
  }
  function compare(word: string, one: PlacedRoom, other: PlacedRoom): FoundPlace | null {
    const both = [one, other];
    if (word === "smaller") return least(both, areaM2, withinShare);
    if (word === "larger" || word === "bigger") {
      return least(both, (room) => -areaM2(room), withinShare);
    }
    const away = fromHere();
    return away === null ? null : byDistance("nearest", away, both);
  }
  return (words) => {
    if (all.length === 0) return null;
    const text = words.join(" ");
    const read = (pattern: RegExp) => pattern.exec(text)?.slice(1) ?? null;
    const [superlative] = read(patterns.most) ?? [];
    if (superlative !== undefined) return most(superlative);
    const [end] = read(patterns.farSide) ?? [];
    if (end !== undefined) return most(end);
    const [word = "", from] = read(patterns.nearest) ?? read(patterns.nearestTo) ?? [];
    if (from !== undefined && standing.has(from)) return most(word);
    if (from !== undefined) {
      return relate(from, (to) =>
        byDistance(word, ({ goal }) => distanceM(goal, to.goal), others(to)),
      );
    }
    const [beside] = read(patterns.nextTo) ?? [];
    if (beside !== undefined) return relate(beside, nextTo);
    const [direction = "", middle] = read(patterns.sideOf) ?? [];
    if (middle !== undefined) return relate(middle, (to) => onSide(compass(direction), to));
    const [facing] = read(patterns.opposite) ?? [];
    if (facing !== undefined) return relate(facing, opposite);
    const [first, second] = read(patterns.between) ?? [];
    if (first !== undefined && second !== undefined) {
      return relate(first, (one) => relate(second, (other) => between(one, other)));
    }
    const [comparative = "", left, right] = read(patterns.larger) ?? [];
    if (left === undefined || right === undefined) return null;
    return relate(left, (one) => relate(right, (other) => compare(comparative, one, other)));
  };
}
