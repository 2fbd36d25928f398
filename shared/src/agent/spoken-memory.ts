import { wordsOf } from "../mind/words.ts";

/** What somebody wants to be kept, asked for, or answered, read by rules alone. */
export type SpokenMemory =
  | { readonly want: "remember"; readonly key: string; readonly value: string }
  | { readonly want: "recall"; readonly query: string };

const rememberPattern =
  /^(?:please\s+)?(?:remember|keep in mind|note)(?:\s+that)?\s*[:,]?\s+(\S.*)$/isu;
const recallPattern =
  /^(?:please\s+)?(?:(?:where|what|who|when|how)(?:\s+(?:is|are|was|were)|'s|s)\s+|what do you (?:know|remember) (?:of|about)\s+|recall\s+)(\S.*?)[?.!\s]*$/isu;
const linking = /\s+(?:is|are|was|were|has|have|likes?|lives?)\s/iu;

/** Words that do not tell one thing from another: "my tea" and "the tea" are one key. */
const small = new Set(["my", "the", "a", "an", "your", "our"]);

function keyOf(subject: string): string {
  const words = wordsOf(subject);
  const bare = words.filter((word) => !small.has(word));
  return (bare.length > 0 ? bare : words).join(" ");
}

/**
 * Reads "remember that my tea is in the kitchen" and "where is my tea?"; null when it is neither.
 * The key is what stands before the first verb; the value is the whole sentence, as it was said.
 */
export function readSpokenMemory(text: string): SpokenMemory | null {
  const given = text.toWellFormed().trim();
  const kept = rememberPattern.exec(given)?.[1]?.replace(/[.!\s]+$/u, "");
  if (kept !== undefined && kept !== "") {
    const at = linking.exec(kept)?.index;
    const key = keyOf(kept.slice(0, at ?? kept.length));
    return key === "" ? null : { want: "remember", key: key.slice(0, 120), value: kept };
  }
  const asked = recallPattern.exec(given)?.[1];
  const query = asked === undefined ? "" : keyOf(asked);
  return query === "" ? null : { want: "recall", query };
}

/** The owner's word for a proposal that waits for it. */
export function readConsent(text: string): "yes" | "no" | null {
  const said = wordsOf(text).join(" ");
  if (/^(yes|yes please|ok do it|do it|confirm|confirmed)$/.test(said)) return "yes";
  return /^(no|no thanks|do not|don't|never mind|reject)$/.test(said) ? "no" : null;
}
