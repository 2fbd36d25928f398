import type { MindQuestion } from "../agent/mind.ts";
import { wordsOf } from "./words.ts";

interface Purpose {
  /** Words of a room's name that say what it is for. */
  readonly rooms: ReadonlySet<string>;
  /** What people do there, and what stands there. */
  readonly deeds: ReadonlySet<string>;
  readonly things: ReadonlySet<string>;
}
const of = (rooms: string, deeds: string, things: string): Purpose => ({
  rooms: new Set(rooms.split(" ")),
  deeds: new Set(deeds.split(" ")),
  things: new Set(things.split(" ")),
});

/** What rooms are for in most houses: common sense as a table, not as a guess. */
const purposes: readonly Purpose[] = [
  of(
    "kitchen galley",
    "cook cooking cooks cooked bake baking",
    "fridge refrigerator stove oven dishwasher freezer sink food",
  ),
  of("bedroom", "sleep sleeping sleeps nap", "bed wardrobe nightstand pillow"),
  of(
    "bathroom bath toilet washroom",
    "shower showering wash washing bathe bathing",
    "bathtub tub washbasin shower toothbrush toothbrushes",
  ),
  of("study office", "work working works study studying", "desk computer printer bookshelf"),
  of("dining", "dine dining eat eating eats", "plates"),
  of("living lounge sitting", "watch watching relax relaxing", "sofa couch tv television"),
  of("nursery playroom kids children", "play playing plays", "toys crib cot"),
  of("garage", "park", "car cars bicycle bike"),
  of("laundry utility", "iron ironing", "dryer ironing"),
];

const who = new Set([
  "i",
  "we",
  "you",
  "people",
  "they",
  "everyone",
  "everybody",
  "one",
  "somebody",
]);
const loose = new Set(
  "the a an my our your their is are am can could do does usually always normally to at it get gets tv food in room"
    .split(" ")
    .concat(
      "television dinner meals movies films hands clothes teeth place stands kept where".split(" "),
    ),
);
const leads = [["where"], ["room", "where"], ["place", "where"], ["room", "with"], ["room", "for"]];

/** What a phrase such as "the fridge" or "the room where we cook" is about, or null. */
function purposeOf(words: readonly string[]): Purpose | null {
  const lead = leads.find((known) => known.every((word, i) => words[i] === word));
  const rest = words.slice(lead?.length ?? 0);
  if (lead === undefined) {
    const [thing = ""] = rest;
    if (rest.length !== 1) return null;
    return purposes.find(({ things }) => things.has(thing)) ?? null;
  }
  const meant = rest.filter((word) => !loose.has(word) && !who.has(word));
  const [word = ""] = meant;
  if (meant.length !== 1) return null;
  return purposes.find(({ deeds, things }) => deeds.has(word) || things.has(word)) ?? null;
}

/** The rooms that a phrase means by what is done or stands there; its words are folded, bare. */
export function roomsFor<T extends Pick<MindQuestion["rooms"][number], "name" | "id" | "aliases">>(
  words: readonly string[],
  rooms: readonly T[],
): readonly T[] {
  const purpose = purposeOf(words);
  if (purpose === null) return [];
  const fits = (name: string) => wordsOf(name).some((word) => purpose.rooms.has(word));
  const byName = rooms.filter(({ name, id }) => fits(name) || fits(id));
  return byName.length > 0 ? byName : rooms.filter(({ aliases }) => aliases.some(fits));
}
