import type { MindQuestion } from "../agent/mind.ts";
import { roomsFor } from "./purposes.ts";
import { createRelations } from "./room-relations.ts";
import { anchors, articles } from "./vocabulary.ts";
import { isTypoOf, wordsOf } from "./words.ts";

export type Rooms = MindQuestion["rooms"];

export type FoundPlace =
  | { readonly kind: "room"; readonly id: string }
  | { readonly kind: "start" | "dock" | "house" }
  | { readonly kind: "ambiguous"; readonly names: readonly string[] }
  /** It says where a room should lie, and none lies there. */
  | { readonly kind: "nowhere" }
  | { readonly kind: "unknown" };

export interface PlaceIndex {
  /** The place that these folded words name, all of them; articles may lead. */
  find(words: readonly string[]): FoundPlace;
  readonly ids: readonly string[];
  /** "the kitchen, the hallway", shortened when there are many. */
  readonly listed: string;
  /** The same house, seen from a room that the body will stand in by then. */
  from(hereId: string): PlaceIndex;
}

interface Named {
  readonly id: string;
  readonly label: string;
  readonly names: readonly (readonly string[])[];
}

/** The most characters of a list of rooms in a sentence. */
const listedChars = 200;

function listRooms(labels: readonly string[]): string {
  let listed = "";
  for (const label of labels) {
    const longer = listed === "" ? label : `${listed}, ${label}`;
    if (longer.length > listedChars) return `${listed} and more`;
    listed = longer;
  }
  return listed;
}

const equal = (a: readonly string[], b: readonly string[]) =>
  a.join("") === b.join("") && a.length > 0;
const similar = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((word, i) => word === b[i] || isTypoOf(word, b[i] ?? ""));

/**
 * Rooms by id, name and alias, and by where they lie. Exact beats a typo; two that fit equally well
 * are ambiguous. `hereId` is the room that the body will stand in, where it is not where it is now.
 */
export function createPlaceIndex(rooms: Rooms, hereId: string | null = null): PlaceIndex {
  const named: Named[] = rooms.map(({ id, name, aliases }) => ({
    id,
    label: name,
    names: [id, name, ...aliases].map(wordsOf).filter((words) => words.length > 0),
  }));
  const matching = (fits: (name: readonly string[]) => boolean) =>
    named.filter(({ names }) => names.some(fits));
  const choose = (found: readonly Named[]): FoundPlace | null => {
    const [first, second] = found;
    if (first === undefined) return null;
    if (second === undefined) return { kind: "room", id: first.id };
    return { kind: "ambiguous", names: found.slice(0, 8).map(({ label }) => label) };
  };
  function findExact(words: readonly string[]): FoundPlace | null {
    const room = choose(matching((name) => equal(name, words)));
    if (room !== null) return room;
    const anchor = anchors.get(words.join(" "));
    return anchor === undefined ? null : { kind: anchor };
  }
  function find(given: readonly string[]): FoundPlace {
    const bare = articles.has(given[0] ?? "") ? given.slice(1) : given;
    if (bare.length === 0) return { kind: "unknown" };
    const exact = findExact(given) ?? findExact(bare);
    if (exact !== null) return exact;
    const related = relations(bare);
    if (related !== null) return related;
    const close = choose(matching((name) => similar(bare, name)));
    if (close !== null) return close;
    // "bedroom" where there is a guest bedroom: a question back, never a guess.
    const part = matching(
      (name) => name.length > bare.length && bare.every((w) => name.includes(w)),
    );
    if (part.length > 0 && bare.join(" ") !== "room") {
      return { kind: "ambiguous", names: part.slice(0, 8).map(({ label }) => label) };
    }
    const meant = roomsFor(bare, rooms);
    const [only] = meant;
    if (only === undefined) return { kind: "unknown" };
    if (meant.length === 1) return { kind: "room", id: only.id };
    return { kind: "ambiguous", names: meant.slice(0, 8).map(({ name }) => name) };
  }
  const relations = createRelations(rooms, find, hereId);
  return {
    ids: rooms.map(({ id }) => id),
    listed: listRooms(rooms.map(({ name }) => name)),
    find,
    from: (room) => createPlaceIndex(rooms, room),
  };
}
