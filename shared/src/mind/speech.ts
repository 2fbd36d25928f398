import type { PlanStep } from "../agent/plan.ts";
import {
  clauseEnd,
  matchPhrase,
  type Reader,
  separatorLength,
  skipToClause,
  startsCommand,
  textBetween,
  withoutClosers,
  wordsBetween,
} from "./reader.ts";
import { type Refusal, refuse } from "./refusals.ts";
import { audience, greetings } from "./vocabulary.ts";

/** Characters that one step may say (planStepSchema). */
export const maxSpeechChars = 200;

export type ClauseResult =
  | { readonly ok: true; readonly steps: readonly PlanStep[]; readonly next: number }
  | Refusal;

/** Words after "tell everyone" that ask for something else than to be repeated. */
const questions = new Set(["about", "to", "what", "where", "how", "why", "who", "when", "if"]);

function speak(reader: Reader, said: string, next: number, place: PlanStep | null): ClauseResult {
  const text = said.replace(/\p{Cc}+/gu, " ").trim();
  if (text === "") return refuse.missing("There is nothing to say.", reader.places);
  if (text.length > maxSpeechChars) return refuse.speechTooLong(maxSpeechChars);
  const step: PlanStep = { skill: "say", text };
  return { ok: true, steps: place === null ? [step] : [place, step], next };
}

/** "in the kitchen" at the end of a range: where it starts, and the step that goes there. */
function whereBetween(
  reader: Reader,
  from: number,
  to: number,
): { readonly at: number; readonly step: PlanStep | null } {
  for (let at = to - 1; at >= from && at >= to - 6; at--) {
    const word = reader.words[at];
    if (word !== "in" && word !== "at") continue;
    const place = reader.places.find(wordsBetween(reader, at + 1, to));
    if (place.kind === "room") return { at, step: { skill: "goto", place: place.id } };
  }
  return { at: to, step: null };
}

/** Speech in quotes stays as it is; behind it only "to everyone" and "in the kitchen" stand. */
function quoted(reader: Reader, at: number, prefix: string): ClauseResult {
  const end = clauseEnd(reader, at + 1);
  const where = whereBetween(reader, at + 1, withoutClosers(reader, at + 1, end));
  let rest = at + 1;
  if (reader.words[rest] === "to") {
    const to = matchPhrase(reader.words, rest + 1, audience);
    if (to !== null) rest += 1 + to.length;
  }
  const left = withoutClosers(reader, rest, where.at);
  if (left > rest) return refuse.notUnderstood(textBetween(reader, rest, left), reader.places);
  return speak(reader, prefix + (reader.tokens[at]?.text ?? ""), end, where.step);
}

/** Where unquoted speech ends: before the next separator that a command follows. */
function speechEnd(reader: Reader, from: number): number {
  const { tokens } = reader;
  for (let at = from + 1; at < tokens.length; at++) {
    if (separatorLength(reader, at) === 0) continue;
    const next = skipToClause(reader, at);
    if (next >= tokens.length || startsCommand(reader, next)) return at;
    at = next - 1;
  }
  return tokens.length;
}

/** "hello to Anna in the kitchen": a greeting, whom it is for, and where. */
function greeting(reader: Reader, from: number, end: number): ClauseResult | null {
  const found = matchPhrase(reader.words, from, greetings);
  if (found === null) return null;
  const where = whereBetween(reader, from + found.length, withoutClosers(reader, from, end));
  const hello = textBetween(reader, from, from + found.length);
  const to = from + found.length;
  if (to >= where.at) return where.step === null ? null : speak(reader, hello, end, where.step);
  if (reader.words[to] !== "to" || where.at - to > 4) return null;
  const whom = matchPhrase(reader.words, to + 1, audience);
  if (whom !== null && to + 1 + whom.length === where.at)
    return speak(reader, hello, end, where.step);
  return speak(reader, `${hello}, ${textBetween(reader, to + 1, where.at)}`, end, where.step);
}

function unquoted(reader: Reader, from: number, prefix: string): ClauseResult {
  const end = speechEnd(reader, from);
  const greeted = prefix === "" ? greeting(reader, from, end) : null;
  if (greeted !== null) return greeted;
  let last = end;
  if (reader.words[last - 1] === "please" && last - 1 > from) last--;
  const mark = reader.tokens[last];
  const loud = mark?.kind === "mark" && (mark.text === "!" || mark.text === "?") ? mark.text : "";
  return speak(reader, `${prefix}${textBetween(reader, from, last)}${loud}`, end, null);
}

/** What follows a verb such as "say" that stands before `from`. */
export function parseSpeech(reader: Reader, from: number, prefix = ""): ClauseResult {
  let at = from;
  if (reader.words[at] === "to") {
    const whom = matchPhrase(reader.words, at + 1, audience);
    if (whom !== null) at += 1 + whom.length;
  }
  if (reader.words[at] === "that") at++;
  const mark = reader.tokens[at];
  if (mark?.kind === "mark" && (mark.text === ":" || mark.text === ",")) at++;
  const first = reader.tokens[at];
  if (first === undefined || first.kind === "mark") {
    return refuse.missing("What should be said?", reader.places);
  }
  if (first.kind === "quote") return quoted(reader, at, prefix);
  return unquoted(reader, at, prefix);
}

/** What follows "tell": whom, then "that", a quote, or the words themselves. */
export function parseTell(reader: Reader, from: number): ClauseResult {
  const { words, tokens } = reader;
  const whom = matchPhrase(words, from, audience);
  const asked = whom !== null && (words[from] === "me" || words[from] === "us");
  let at = from + (whom?.length ?? 1);
  if (words[at] === "know") at++;
  const that = words.indexOf("that", at);
  if ((words[at] === "in" || words[at] === "at") && whom !== null) {
    const where = whereBetween(reader, at, Math.max(that, at));
    const said = where.step === null ? null : parseSpeech(reader, that);
    if (where.step === null || said === null || !said.ok) {
      return refuse.missing("What should be said, word for word?", reader.places);
    }
    return { ...said, steps: [where.step, ...said.steps] };
  }
  const clear = words[at] === "that" || tokens[at]?.kind === "quote" || tokens[at]?.kind === "mark";
  if (tokens[from]?.kind === "quote") return quoted(reader, from, "");
  if (words[from] === "that") return parseSpeech(reader, from);
  const name = textBetween(reader, from, from + 1);
  const named =
    whom === null && clear && reader.places.find([words[from] ?? ""]).kind === "unknown";
  const plain = whom !== null && (clear || (!asked && !questions.has(words[at] ?? "")));
  if (!named && !plain) {
    return refuse.missing("What should be said, word for word?", reader.places);
  }
  return parseSpeech(reader, at, named ? `${name}, ` : "");
}

/** What follows "greet": nobody, everybody, or a name of one or two words. */
export function parseGreet(reader: Reader, from: number): ClauseResult {
  const end = clauseEnd(reader, from);
  const where = whereBetween(reader, from, withoutClosers(reader, from, end));
  const whom = matchPhrase(reader.words, from, audience);
  if (where.at === from || (whom !== null && from + whom.length === where.at)) {
    return speak(reader, "Hello!", end, where.step);
  }
  if (where.at - from > 2) {
    return refuse.notUnderstood(textBetween(reader, from, where.at), reader.places);
  }
  return speak(reader, `Hello, ${textBetween(reader, from, where.at)}!`, end, where.step);
}
