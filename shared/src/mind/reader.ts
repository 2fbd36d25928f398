import type { PlaceIndex } from "./places.ts";
import { stopLength } from "./stop-words.ts";
import { closers, joiners, negations, openers, type Phrase, verbs } from "./vocabulary.ts";
import { isTypoOf, type Token, wordsOf } from "./words.ts";

/** An instruction that is being read: its tokens, its text, and the rooms. */
export interface Reader {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** The folded word of each token; empty for marks and quotes. */
  readonly words: readonly string[];
  readonly places: PlaceIndex;
}

export function createReader(text: string, tokens: readonly Token[], places: PlaceIndex): Reader {
  const words = tokens.map((token) => (token.kind === "word" ? token.text : ""));
  return { text, tokens, words, places };
}

interface Match<T> {
  readonly value: T;
  readonly length: number;
}

/** The longest phrase that stands at `at`; a typo is forgiven only when nothing fits exactly. */
export function matchPhrase<T>(
  words: readonly string[],
  at: number,
  phrases: readonly Phrase<T>[],
  typos = false,
): Match<T> | null {
  const find = (fits: (word: string, known: string) => boolean) =>
    phrases.find((phrase) => phrase.words.every((known, i) => fits(words[at + i] ?? "", known)));
  const exact = find((word, known) => word === known);
  const found =
    exact ?? (typos ? find((word, known) => word === known || isTypoOf(word, known)) : undefined);
  return found === undefined ? null : { value: found.value, length: found.words.length };
}

/** Words and quotes of a range, as folded words. */
export function wordsBetween(reader: Reader, from: number, to: number): readonly string[] {
  return reader.tokens
    .slice(from, to)
    .flatMap((token) => (token.kind === "quote" ? wordsOf(token.text) : [token.text]));
}

/** The text of a range, as it was written. */
export function textBetween(reader: Reader, from: number, to: number): string {
  const first = reader.tokens[from];
  const last = reader.tokens[to - 1];
  return first === undefined || last === undefined ? "" : reader.text.slice(first.start, last.end);
}

const beside = new Set(["to", "door"]);

/** Tokens of a mark or a joiner at `at`; 0 when the clause goes on, as in "next to the kitchen". */
export function separatorLength(reader: Reader, at: number): number {
  if (reader.tokens[at]?.kind === "mark") return 1;
  if (reader.words[at] === "next" && beside.has(reader.words[at + 1] ?? "")) return 0;
  return matchPhrase(reader.words, at, joiners)?.length ?? 0;
}

/** "the room between A and B", "the larger of A and B": this "and" joins two places, not two steps. */
const pair =
  /\b(?:(?:room|place|one)\b.* between|(?:larg|bigg|small|near|clos)er (?:room |one )?of) (.*)$/;

function joinsPair({ words }: Reader, from: number, at: number): boolean {
  if (words[at] !== "and") return false;
  const inside = pair.exec(words.slice(from, at).join(" "))?.[1];
  return inside !== undefined && !inside.split(" ").includes("and");
}

/** Where the clause that holds `at` ends. */
export function clauseEnd(reader: Reader, at: number): number {
  let end = at;
  while (
    end < reader.tokens.length &&
    (separatorLength(reader, end) === 0 || joinsPair(reader, at, end))
  ) {
    end++;
  }
  return end;
}

/** Passes marks, joiners and politeness; answers where the next clause begins. */
export function skipToClause(reader: Reader, from: number): number {
  let at = from;
  for (let step = 1; at < reader.tokens.length && step > 0; at += step) {
    step =
      separatorLength(reader, at) ||
      (matchPhrase(reader.words, at, openers)?.length ?? 0) ||
      (matchPhrase(reader.words, at, closers)?.length ?? 0);
  }
  return at;
}

/** Where a clause ends once the politeness behind it is left out. */
export function withoutClosers(reader: Reader, from: number, to: number): number {
  for (let end = to; ; ) {
    const closer = closers.find(
      ({ words }) =>
        end - words.length >= from &&
        words.every((word, i) => reader.words[end - words.length + i] === word),
    );
    if (closer === undefined) return end;
    end -= closer.words.length;
  }
}

/** Whether a command begins at `at`, also a negated one; speech without quotes ends before it. */
export function startsCommand(reader: Reader, at: number): boolean {
  const { words } = reader;
  if (stopLength(words, at) > 0 || matchPhrase(words, at, verbs) !== null) return true;
  if (negations.has(words[at] ?? "")) return matchPhrase(words, at + 1, verbs) !== null;
  return words[at] === "do" && words[at + 1] === "not";
}

/** The first negation in a range, or -1. */
export function negationAt(reader: Reader, from: number, to: number): number {
  for (let at = from; at < to; at++) if (negations.has(reader.words[at] ?? "")) return at;
  return -1;
}
