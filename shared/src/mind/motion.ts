import type { PlanStep } from "../agent/plan.ts";
import type { FoundPlace } from "./places.ts";
import {
  clauseEnd,
  matchPhrase,
  type Reader,
  textBetween,
  withoutClosers,
  wordsBetween,
} from "./reader.ts";
import { type Refusal, refuse } from "./refusals.ts";
import type { ClauseResult } from "./speech.ts";
import { articles, prepositions } from "./vocabulary.ts";

/** Places that one patrol step may hold (planStepSchema). */
export const patrolPlaces = 8;
/** Words that the name of a room may have before it counts as a sentence instead. */
const roomWords = 4;

/** Every room, in as few patrol steps as they fit in. */
function patrolAll(reader: Reader, next: number): ClauseResult {
  const { ids } = reader.places;
  if (ids.length === 0) return refuse.missing("I know no rooms yet.", reader.places);
  const steps: PlanStep[] = [];
  for (let i = 0; i < ids.length; i += patrolPlaces) {
    steps.push({ skill: "patrol", places: ids.slice(i, i + patrolPlaces) });
  }
  return { ok: true, steps, next };
}

/** The object of a clause: where it starts behind the prepositions, and what it names. */
interface ClauseObject {
  readonly from: number;
  readonly to: number;
  readonly next: number;
  readonly prepositions: readonly string[];
  readonly place: FoundPlace;
}

function readObject(reader: Reader, verbEnd: number): ClauseObject {
  const next = clauseEnd(reader, verbEnd);
  const to = withoutClosers(reader, verbEnd, next);
  let from = verbEnd;
  while (from < to && prepositions.has(reader.words[from] ?? "")) from++;
  return {
    from,
    to,
    next,
    prepositions: reader.words.slice(verbEnd, from),
    place: reader.places.find(wordsBetween(reader, from, to)),
  };
}

function refusePlace(reader: Reader, object: ClauseObject, verbAt: number, sure: boolean): Refusal {
  const name = textBetween(reader, object.from, object.to);
  if (object.place.kind === "ambiguous") return refuse.ambiguous(name, object.place.names);
  if (object.place.kind === "nowhere") return refuse.nowhere(name, reader.places);
  const words = wordsBetween(reader, object.from, object.to);
  const count = articles.has(words[0] ?? "") ? words.length - 1 : words.length;
  // "the kitchen or the study" holds a room and more: that is a sentence, not an unknown name.
  const holdsRoom = words.some((_, i) =>
    [1, 2].some((n) => reader.places.find(words.slice(i, i + n)).kind === "room"),
  );
  const named = sure || object.prepositions.length > 0;
  if (
    named &&
    !holdsRoom &&
    count >= 1 &&
    count <= roomWords &&
    !words.some((word) => prepositions.has(word))
  ) {
    const at = articles.has(words[0] ?? "") ? object.from + 1 : object.from;
    return refuse.unknownRoom(textBetween(reader, at, object.to), reader.places);
  }
  return refuse.notUnderstood(textBetween(reader, verbAt, object.to), reader.places);
}

/** What follows "go", "visit" or "come back"; `back` allows no place, which is where it started. */
export function parseGo(
  reader: Reader,
  verbAt: number,
  verbEnd: number,
  kind: "goto" | "visit" | "back",
): ClauseResult {
  const object = readObject(reader, verbEnd);
  const { from, to, next, place } = object;
  const back = kind === "back" || object.prepositions.includes("back");
  const words = wordsBetween(reader, from, to);
  const hereWords = words.length === 1 && ["here", "me", "us"].includes(words[0] ?? "");
  if (from === to || hereWords) {
    if (back) return { ok: true, steps: [{ skill: "goto", place: "start" }], next };
    const where = hereWords ? "I do not know where you are. Name a room." : "Where to?";
    return refuse.missing(where, reader.places);
  }
  if (place.kind === "room") return { ok: true, steps: [{ skill: "goto", place: place.id }], next };
  if (place.kind === "start") return { ok: true, steps: [{ skill: "goto", place: "start" }], next };
  if (place.kind === "dock") return { ok: true, steps: [{ skill: "dock" }], next };
  const around = ["around", "round", "through"].some((word) => object.prepositions.includes(word));
  if (place.kind === "house" && (around || kind === "visit" || words.length > 1)) {
    return patrolAll(reader, next);
  }
  return refusePlace(reader, object, verbAt, kind === "visit");
}

/** Verbs that mean the whole house when nothing follows them. */
const roundVerbs = new Set([
  "patrol",
  "guard",
  "look",
  "do",
  "make",
  "survey",
  "take",
  "have",
  "start",
  "go",
]);

export function parsePatrol(reader: Reader, verbAt: number, verbEnd: number): ClauseResult {
  const object = readObject(reader, verbEnd);
  const { from, to, next, place } = object;
  if (from === to) {
    if (roundVerbs.has(reader.words[verbAt] ?? "")) return patrolAll(reader, next);
    return refuse.missing("Which room?", reader.places);
  }
  if (place.kind === "house") return patrolAll(reader, next);
  if (place.kind === "room") {
    return { ok: true, steps: [{ skill: "patrol", places: [place.id] }], next };
  }
  return refusePlace(reader, object, verbAt, true);
}

export function parseDock(reader: Reader, verbAt: number, verbEnd: number): ClauseResult {
  const object = readObject(reader, verbEnd);
  const yourself = wordsBetween(reader, object.from, object.to).join(" ") === "yourself";
  if (object.from === object.to || object.place.kind === "dock" || yourself) {
    return { ok: true, steps: [{ skill: "dock" }], next: object.next };
  }
  return refuse.notUnderstood(textBetween(reader, verbAt, object.to), reader.places);
}

/** A clause without a verb goes on with the one before: "visit the kitchen and the bedroom". */
export function parseContinuation(
  reader: Reader,
  at: number,
  skill: "goto" | "patrol",
): ClauseResult {
  const object = readObject(reader, at);
  const { place, next } = object;
  // "go to the kitchen and back"
  if (object.from === object.to && object.prepositions.includes("back")) {
    return { ok: true, steps: [{ skill: "goto", place: "start" }], next };
  }
  if (place.kind === "room") {
    const step: PlanStep =
      skill === "goto" ? { skill, place: place.id } : { skill, places: [place.id] };
    return { ok: true, steps: [step], next };
  }
  if (place.kind === "dock" && skill === "goto")
    return { ok: true, steps: [{ skill: "dock" }], next };
  if (place.kind === "start" && skill === "goto") {
    return { ok: true, steps: [{ skill, place: "start" }], next };
  }
  const article = articles.has(reader.words[object.from] ?? "");
  return refusePlace(reader, object, at, article);
}

/** "go and check the kitchen", "come say hello": the first verb only leads to the second. */
export function leadsTo(
  reader: Reader,
  verbAt: number,
  verbEnd: number,
  phrases: Parameters<typeof matchPhrase>[2],
): number | null {
  if (!["go", "come", "run", "hurry"].includes(reader.words[verbAt] ?? "")) return null;
  if (verbEnd !== verbAt + 1) return null;
  const at = reader.words[verbEnd] === "and" ? verbEnd + 1 : verbEnd;
  const verb = matchPhrase(reader.words, at, phrases);
  return verb === null ? null : at;
}
