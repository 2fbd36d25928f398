import { negations } from "../mind/vocabulary.ts";
import { wordsOf } from "../mind/words.ts";
import { readOwnerWords } from "./gate-owner-words.ts";
import type { GateContext } from "./gate-proposal.ts";
import { leastTrusted, outranks } from "./provenance.ts";
import type { Provenance } from "./tim-agent.ts";

/** The rank of whatever a mind wrote in this turn: a reply, a summary, a note, a plan. */
export function rankOf(context: Pick<GateContext, "trigger" | "read">): Provenance {
  return leastTrusted(["agent", context.trigger.from, ...context.read.map(({ from }) => from)]);
}

/** Whether nothing of a stranger's stood before the mind. */
export const isClean = (context: Pick<GateContext, "trigger" | "read">): boolean =>
  !outranks("agent", rankOf(context));

/** With one of these in a sentence, a part of it may say the contrary of the whole. */
const turning = new Set(
  ["if", "unless", "until", "when", "once", "after", "before", "only"].concat(
    ["except", "but", "wrong", "false", "whether", "says", "said", "claims", "thinks"],
    [...negations],
  ),
);

const oneLine = (text: string) => text.toWellFormed().replace(/\s+/gu, " ").trim();

const asksToRemember = /^(?:please )?(?:remember|keep in mind|note)(?: that)? ?[:,]?$/iu;

/**
 * Whether a text stands to the letter in what was said, with nothing that only looks like a letter: the
 * end of it from the verb on, or a part of a sentence that has no turn.
 */
function saidToTheLetter(text: string, said: string): boolean {
  const at = said.indexOf(text);
  if (text === "" || at === -1) return false;
  const before = said.slice(0, at).trimEnd();
  const begins = before === "" || asksToRemember.test(before);
  const ends = /^[.!?\s]*$/u.test(said.slice(at + text.length));
  if (said.includes("?")) return false;
  return (begins && ends) || !wordsOf(said).some((word) => turning.has(word));
}

/** The rank that a memory gets: the owner's only when he said its key and its words literally. */
export function memoryRank(
  key: string,
  value: string,
  context: Pick<GateContext, "trigger" | "read" | "rooms" | "ordered">,
): Provenance {
  const owner = readOwnerWords(context);
  const keyWords = wordsOf(key);
  const literal =
    keyWords.length > 0 &&
    keyWords.every((word) => owner.said([word])) &&
    owner.said(wordsOf(value)) &&
    saidToTheLetter(oneLine(value), oneLine(context.trigger.value));
  return literal ? "owner" : rankOf(context);
}

/** What is wrong with a memory that a mind wants to write; empty when nothing is. */
export function faultOfMemory(
  action: { readonly key: string; readonly value: string; readonly from: Provenance },
  context: GateContext,
): string {
  const rank = memoryRank(action.key, action.value, context);
  if (outranks(action.from, rank)) return `This memory is the ${rank}'s, not the ${action.from}'s.`;
  const standing = context.standing(action.key);
  if (standing !== null && outranks(standing, action.from)) {
    return `What stands there was said by the ${standing} and outranks it.`;
  }
  return "";
}
