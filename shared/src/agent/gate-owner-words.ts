import { parseInstruction } from "../mind/instruction.ts";
import { createPlaceIndex } from "../mind/places.ts";
import { clauseEnd, createReader, matchPhrase, type Reader, skipToClause } from "../mind/reader.ts";
import { negations, verbs } from "../mind/vocabulary.ts";
import { type Token, tokenise, wordsOf } from "../mind/words.ts";
import type { GateContext } from "./gate-proposal.ts";
import { targetsOf } from "./plan.ts";

/** Words that a name of a room may have. */
const placeWords = 4;

/** What the owner said in this turn, read by rules alone. */
export interface OwnerWords {
  /** Places that his own words send the body to. */
  readonly places: ReadonlySet<string>;
  /** He said what not to do, in a sentence that the rules do not read as a whole. */
  readonly negated: boolean;
  /** Whether these words stand in what he said, outside of quotes, and are not denied there. */
  readonly said: (words: readonly string[]) => boolean;
  /** A word of denial stands in what he said, outside of quotes. */
  readonly denied: boolean;
  /** Whether he asks for one of these: a clause begins with the verb, and nothing is denied. */
  readonly asks: (verbs: readonly string[]) => boolean;
  /** Whether this exact value stands in what he said, as a word or several words of its own. */
  readonly gave: (value: string) => boolean;
}

const nothing: OwnerWords = {
  places: new Set(),
  negated: false,
  denied: false,
  asks: () => false,
  said: () => false,
  gave: () => false,
};

/** Where the clauses begin, once politeness is passed: what stands there is what is asked for. */
function clauseStarts(reader: Reader): readonly number[] {
  const starts: number[] = [];
  for (let at = skipToClause(reader, 0); at < reader.tokens.length; ) {
    starts.push(at);
    at = skipToClause(reader, Math.max(at + 1, clauseEnd(reader, at)));
  }
  return starts;
}

/** What may stand between a verb of motion and the room that it sends the body to. */
const towards = new Set(
  ["to", "into", "in", "at", "over", "through", "towards", "toward"].concat([
    "the",
    "that",
    "this",
    "a",
    "my",
    "our",
    "your",
  ]),
);
/** With one of these the sentence is no plain order: what it names may be what it leaves out. */
const conditions = new Set(["if", "unless", "until", "when", "once", "after", "before", "instead"]);

/** Rooms that stand right behind a verb of motion at the beginning of a clause, outside of quotes. */
function sentTo({ words, places: index }: Reader, starts: readonly number[]) {
  const found = new Set<string>();
  if (words.some((word) => conditions.has(word))) return found;
  for (const start of starts) {
    const verb = matchPhrase(words, start, verbs);
    if (verb === null || ["say", "tell", "greet"].includes(verb.value)) continue;
    let at = start + verb.length;
    while (towards.has(words[at] ?? "")) at++;
    for (let size = 1; size <= placeWords && at + size <= words.length; size++) {
      const place = index.find(words.slice(at, at + size));
      if (place.kind === "room") found.add(place.id);
    }
  }
  return found;
}

const standsIn = (all: readonly string[], part: readonly string[]): number =>
  part.length === 0 ? -1 : all.findIndex((_, at) => part.every((word, i) => all[at + i] === word));

/** "A," and "(A)" are the value A; an address keeps its inner dots. */
const bare = (text: string) =>
  text
    .split(/\s+/u)
    .map((word) => word.replace(/^["'([{<]+|["')\]}>.,;:!?]+$/gu, ""))
    .filter((word) => word !== "");

/** A quote counts as the owner's own words only where he asks to remember it. */
function ownWords(tokens: readonly Token[]): readonly string[] {
  const remembers = tokens.some(({ kind, text }) => kind === "word" && text === "remember");
  return tokens.flatMap(({ kind, text }) => {
    if (kind === "word") return [text];
    if (kind === "quote" && remembers) return wordsOf(text);
    return [""];
  });
}

/** Reads the owner's words of this turn; of anybody else's there are none. */
export function readOwnerWords(
  context: Pick<GateContext, "trigger" | "rooms" | "ordered">,
): OwnerWords {
  const { trigger, rooms, ordered } = context;
  if (trigger.from !== "owner") return nothing;
  const steps = ordered ?? [];
  const parsed = parseInstruction(trigger.value, rooms);
  const read = tokenise(trigger.value);
  const tokens = read.ok ? read.tokens : [];
  const reader = createReader(trigger.value, tokens, createPlaceIndex(rooms));
  const starts = clauseStarts(reader);
  const words = ownWords(tokens);
  const denied = reader.words.some((word) => negations.has(word));
  const negated = !parsed.ok && denied;
  const ordinary = parsed.ok ? parsed.steps.flatMap(targetsOf) : [];
  const loose = parsed.ok || negated ? [] : sentTo(reader, starts);
  const given = bare(trigger.value);
  return {
    places: new Set([...ordinary, ...loose, ...steps.flatMap(targetsOf)]),
    negated,
    denied,
    asks: (asked) => !denied && starts.some((at) => asked.includes(reader.words[at] ?? "")),
    said(part) {
      const at = standsIn(words, part);
      return at !== -1 && !words.slice(0, at).some((word) => negations.has(word));
    },
    gave: (value) => standsIn(given, bare(value)) !== -1,
  };
}
