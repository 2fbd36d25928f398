import { wordsOf } from "../mind/words.ts";

/** What somebody wants to be kept, asked for, or answered, read by rules alone. */
export type SpokenMemory =
  | { readonly want: "remember"; readonly key: string; readonly value: string }
  | { readonly want: "recall"; readonly query: string };

const rememberPattern =
  /^(?:please\s+)?(?:remember|keep in mind|note)(?:\s+that)?\s*[:,]?\s+(\S.*)$/isu;
const recallPattern =
  /^(?:please\s+)?(?:(?:where|what|who|when|how)(?:\s+(?:is|are|was|were)|'s|s)\s+|what do you (?:know|remember) (?:of|about)\s+|recall\s+)(\S.*)$/isu;
const linking = /\s(?:is|are|was|were|am|has|have|likes?|lives?)\s/iu;

/** Words that do not tell one thing from another: "my tea" and "the tea" are one key. */
const small = new Set(["my", "the", "a", "an", "your", "our"]);
/** They name nothing: of two sentences that begin with one, the newer does not replace the older. */
const pronouns = new Set(
  ["i", "we", "you", "he", "she", "it", "they", "there", "here"].concat([
    "this",
    "that",
    "these",
    "those",
  ]),
);
const keyChars = 120;

/** Without the marks at its end. A pattern would look from each place again, in what a stranger sends. */
function withoutEnd(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text[end - 1] ?? "")) end--;
  return text.slice(0, end);
}

function keyOf(subject: string): string {
  const words = wordsOf(subject);
  const bare = words.filter((word) => !small.has(word));
  return (bare.length > 0 ? bare : words).join(" ");
}

/**
 * What a sentence is about: what stands before "is". Something else that is said of it, that it has or
 * likes or lives, is another fact and takes the place of none: it is kept under its own words.
 */
function aboutOf(sentence: string): string {
  const verb = linking.exec(sentence);
  const subject = keyOf(verb === null ? sentence : sentence.slice(0, verb.index));
  const replaces = verb !== null && /^\s(?:is|are|was|were)\s$/iu.test(verb[0]);
  const about = replaces && !pronouns.has(subject) ? subject : keyOf(sentence);
  return about.slice(0, keyChars);
}

/**
 * Reads "remember that my tea is in the kitchen" and "where is my tea?"; null when it is neither.
 * The value is the whole sentence, as it was said.
 */
export function readSpokenMemory(text: string): SpokenMemory | null {
  const given = text.toWellFormed().replace(/\s+/gu, " ").trim();
  const kept = withoutEnd(rememberPattern.exec(given)?.[1] ?? "", ".! ");
  if (kept !== "") {
    const key = aboutOf(kept);
    return key === "" ? null : { want: "remember", key, value: kept };
  }
  const asked = recallPattern.exec(withoutEnd(given, "?.! "))?.[1];
  const query = asked === undefined ? "" : keyOf(asked);
  return query === "" ? null : { want: "recall", query };
}

/** The owner's word for a proposal that waits for it. */
export function readConsent(text: string): "yes" | "no" | null {
  const said = wordsOf(text).join(" ");
  if (/^(yes|yes please|ok do it|do it|confirm|confirmed)$/.test(said)) return "yes";
  return /^(no|no thanks|do not|don't|never mind|reject)$/.test(said) ? "no" : null;
}
