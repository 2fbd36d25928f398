import type { AgentStore, Found } from "./agent-store.ts";
import type { MindContext } from "./mind.ts";

/** Memories that a mind reads for one question, those that are looked at, and characters of each text. */
const contextMemories = 5;
export const contextCandidates = 20;
const contextChars = 400;

/** Facts before what was said; a question that was asked before answers nothing. */
export function pickMemories<M extends Pick<Found, "kind" | "text">>(
  found: readonly M[],
  text: string,
): readonly M[] {
  const asked = `"${text.trim()}"`;
  const facts = found.filter(({ kind }) => kind === "fact");
  const episodes = found.filter((one) => one.kind === "episode" && !one.text.endsWith(asked));
  return [...facts, ...episodes].slice(0, contextMemories);
}

/**
 * What the agent knows that may matter for a text: its core blocks always, and the memories that fit
 * it best. A store that cannot be read gives a mind nothing to read, and holds nobody up.
 */
export function contextFor(
  store: Pick<AgentStore, "coreBlocks" | "search">,
  text: string,
): MindContext {
  const cut = (long: string) => long.slice(0, contextChars).toWellFormed();
  try {
    const blocks = store.coreBlocks().map(({ name, text: block, from }) => ({
      name,
      text: cut(block),
      from,
    }));
    const memories = pickMemories(store.search(text, contextCandidates), text).map((found) => ({
      id: found.id,
      text: cut(found.key === "" ? found.text : `${found.key}: ${found.text}`),
      from: found.from,
    }));
    return { blocks, memories };
  } catch {
    return { blocks: [], memories: [] };
  }
}
