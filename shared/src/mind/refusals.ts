import type { ErrorCode } from "../errors.ts";
import type { PlaceIndex } from "./places.ts";

export interface Refusal {
  readonly ok: false;
  readonly reason: ErrorCode;
  readonly sentence: string;
}

/** What was said, shortened for a sentence. */
function clip(text: string): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  const chars = [...flat];
  return chars.length > 40 ? `${chars.slice(0, 39).join("")}\u2026` : flat;
}

const quote = (text: string) => `\u201c${clip(text)}\u201d`;

function example(places: PlaceIndex): string {
  const room = places.listed.split(",")[0] ?? "";
  return `Try: go to the ${room === "" ? "kitchen" : room}, say hello, then come back.`;
}

/** The refusals of the rules mind; every one says what was found and what to do. */
export const refuse = {
  empty: (): Refusal => ({
    ok: false,
    reason: "empty-instruction",
    sentence: "The instruction is empty. Write what the robot should do: go to the kitchen.",
  }),
  tooLong: (chars: number, limit: number): Refusal => ({
    ok: false,
    reason: "instruction-too-long",
    sentence: `The instruction has ${chars} characters, at most ${limit} are read.`,
  }),
  speechTooLong: (limit: number): Refusal => ({
    ok: false,
    reason: "instruction-too-long",
    sentence: `What should be said is longer than ${limit} characters.`,
  }),
  tooManySteps: (limit: number): Refusal => ({
    ok: false,
    reason: "too-many-steps",
    sentence: `The instruction has more than ${limit} steps. Give at most ${limit} at a time.`,
  }),
  notUnderstood: (found: string, places: PlaceIndex): Refusal => ({
    ok: false,
    reason: "not-understood",
    sentence: `${quote(found)} was not understood, so nothing is done. ${example(places)}`,
  }),
  negated: (found: string): Refusal => ({
    ok: false,
    reason: "not-understood",
    sentence:
      `${quote(found)} says what not to do, so nothing is done. ` +
      "Say what to do, or say stop to stop.",
  }),
  unsafe: (what: string): Refusal => ({
    ok: false,
    reason: "unsafe-instruction",
    sentence: `That could harm ${what}, so nothing is done.`,
  }),
  missing: (what: string, places: PlaceIndex): Refusal => ({
    ok: false,
    reason: "not-understood",
    sentence: `${what} ${example(places)}`,
  }),
  unclosedQuote: (found: string): Refusal => ({
    ok: false,
    reason: "not-understood",
    sentence: `The quote that starts at ${clip(found)} is not closed, so nothing is done.`,
  }),
  unknownRoom: (found: string, places: PlaceIndex): Refusal => ({
    ok: false,
    reason: "unknown-room",
    sentence: `There is no room called ${quote(found)}. Rooms: ${places.listed || "none"}.`,
  }),
  nowhere: (found: string, places: PlaceIndex): Refusal => ({
    ok: false,
    reason: "unknown-room",
    sentence: `No room lies there: ${quote(found)}. Rooms: ${places.listed || "none"}.`,
  }),
  ambiguous: (found: string, names: readonly string[]): Refusal => ({
    ok: false,
    reason: "unknown-room",
    sentence: `${quote(found)} could be ${names.join(" or ").slice(0, 240)}. Say which one.`,
  }),
} as const;
