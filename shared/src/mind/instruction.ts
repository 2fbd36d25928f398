import { maxInstructionChars, maxPlanSteps, type PlanStep, targetsOf } from "../agent/plan.ts";
import {
  leadsTo,
  parseContinuation,
  parseDock,
  parseGo,
  parsePatrol,
  patrolPlaces,
} from "./motion.ts";
import { createPlaceIndex, type PlaceIndex, type Rooms } from "./places.ts";
import {
  clauseEnd,
  createReader,
  matchPhrase,
  negationAt,
  type Reader,
  skipToClause,
  textBetween,
  withoutClosers,
} from "./reader.ts";
import { type Refusal, refuse } from "./refusals.ts";
import { type ClauseResult, parseGreet, parseSpeech, parseTell } from "./speech.ts";
import { isStopWord, stopLength } from "./stop-words.ts";
import { unsafeWish } from "./unsafe-wishes.ts";
import { verbs } from "./vocabulary.ts";
import { tokenise } from "./words.ts";

export type Parsed = { readonly ok: true; readonly steps: PlanStep[] } | Refusal;

const stopStep: PlanStep = { skill: "stop" };

function parseStop(reader: Reader, at: number, length: number): ClauseResult {
  const next = clauseEnd(reader, at);
  const end = withoutClosers(reader, at + length, next);
  if (end === at + length) return { ok: true, steps: [stopStep], next };
  return refuse.notUnderstood(textBetween(reader, at, end), reader.places);
}

function parseVerb(reader: Reader, at: number, end: number): ClauseResult | null {
  const verb = matchPhrase(reader.words, at, verbs, true);
  if (verb === null) return null;
  const verbEnd = at + verb.length;
  if (verb.value === "say") return parseSpeech(reader, verbEnd);
  if (verb.value === "tell") return parseTell(reader, verbEnd);
  if (negationAt(reader, at, end) !== -1) return refuse.negated(textBetween(reader, at, end));
  switch (verb.value) {
    case "greet":
      return parseGreet(reader, verbEnd);
    case "patrol":
      return parsePatrol(reader, at, verbEnd);
    case "dock":
      return parseDock(reader, at, verbEnd);
    case "goto":
    case "visit":
    case "back":
      return parseGo(reader, at, verbEnd, verb.value);
    default:
      return verb.value satisfies never;
  }
}

/** One clause; `last` is the step before, which a clause without a verb goes on with. */
function parseClause(reader: Reader, from: number, last: PlanStep | null): ClauseResult {
  let at = from;
  const first = matchPhrase(reader.words, at, verbs, true);
  const led = first === null ? null : leadsTo(reader, at, at + first.length, verbs);
  if (led !== null) at = led;
  const end = clauseEnd(reader, at);
  const exact = matchPhrase(reader.words, at, verbs);
  const stop = stopLength(reader.words, at);
  if (stop > 0 && (exact === null || exact.length <= stop)) return parseStop(reader, at, stop);
  const done = parseVerb(reader, at, end);
  if (done !== null) return done;
  if (negationAt(reader, at, end) !== -1) return refuse.negated(textBetween(reader, at, end));
  if (reader.tokens[at]?.kind === "quote" && last?.skill === "say") return parseSpeech(reader, at);
  if (last?.skill === "goto" || last?.skill === "patrol") {
    return parseContinuation(reader, at, last.skill);
  }
  const found = end > at ? textBetween(reader, at, end) : reader.text;
  return refuse.notUnderstood(found, reader.places);
}

/** Rooms that are patrolled one after the other make one step; "dock and charge" is one too. */
function addSteps(steps: PlanStep[], more: readonly PlanStep[]): void {
  for (const step of more) {
    const last = steps.at(-1);
    const room = patrolPlaces - (last?.skill === "patrol" ? last.places.length : patrolPlaces);
    if (step.skill === "patrol" && last?.skill === "patrol" && step.places.length <= room) {
      steps[steps.length - 1] = { skill: "patrol", places: [...last.places, ...step.places] };
    } else if (step.skill !== "dock" || last?.skill !== "dock") {
      steps.push(step);
    }
  }
}

/** "The nearest room" is the nearest to where the steps before have led. */
function after(reader: Reader, steps: readonly PlanStep[]): Reader {
  const [place] = steps.flatMap(targetsOf).slice(-1);
  return place === undefined ? reader : { ...reader, places: reader.places.from(place) };
}

function parseClauses(whole: Reader): Parsed {
  const steps: PlanStep[] = [];
  let reader = whole;
  let at = skipToClause(reader, 0);
  while (at < reader.tokens.length) {
    const clause = parseClause(reader, at, steps.at(-1) ?? null);
    if (!clause.ok) return clause;
    addSteps(steps, clause.steps);
    if (steps.length > maxPlanSteps) return refuse.tooManySteps(maxPlanSteps);
    reader = after(reader, steps);
    at = skipToClause(reader, clause.next);
  }
  return steps.length > 0 ? { ok: true, steps } : refuse.notUnderstood(reader.text, reader.places);
}

/** An instruction that begins with a stop and goes on unclearly is a stop: the safe reading. */
function beginsWithStop(reader: Reader): boolean {
  const at = skipToClause(reader, 0);
  const length = stopLength(reader.words, at);
  return length > 0 && negationAt(reader, at, at + length) === -1 && reader.words[at] !== "do";
}

function read(text: string, places: PlaceIndex): Parsed {
  const tokens = tokenise(text);
  if (!tokens.ok) return refuse.unclosedQuote(tokens.unclosed);
  const [first, second] = tokens.tokens;
  // The whole instruction between quotes is the instruction.
  if (first?.kind === "quote" && second === undefined && first.text.trim() !== "") {
    const inner = tokenise(first.text);
    return inner.ok
      ? parseClauses(createReader(first.text, inner.tokens, places))
      : refuse.unclosedQuote(inner.unclosed);
  }
  const reader = createReader(text, tokens.tokens, places);
  const parsed = parseClauses(reader);
  return !parsed.ok && beginsWithStop(reader) ? { ok: true, steps: [stopStep] } : parsed;
}

/**
 * A person's words to the steps of a plan, by rules alone. Whole or not at all: a sentence of which
 * a part is not understood moves nothing.
 */
export function parseInstruction(text: string, rooms: Rooms): Parsed {
  const given = text.toWellFormed().trim();
  if (given === "") return refuse.empty();
  if (isStopWord(given)) return { ok: true, steps: [stopStep] };
  if (given.length > maxInstructionChars) return refuse.tooLong(given.length, maxInstructionChars);
  const parsed = read(given, createPlaceIndex(rooms));
  const harmed = parsed.ok ? null : unsafeWish(given);
  return harmed === null ? parsed : refuse.unsafe(harmed);
}
