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

/** The rank that a memory gets: the owner's only when he said its key and its words literally. */
export function memoryRank(key: string, value: string, context: GateContext): Provenance {
  const owner = readOwnerWords(context);
  const keyWords = wordsOf(key);
  const literal =
    keyWords.length > 0 &&
    keyWords.every((word) => owner.said([word])) &&
    owner.said(wordsOf(value));
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
