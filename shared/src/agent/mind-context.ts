import type { AgentStore } from "./agent-store.ts";
import type { MindContext } from "./mind.ts";

/** Memories that are looked up for one question, and characters of each text that a mind reads. */
const contextMemories = 5;
const contextChars = 400;

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
    const memories = store.search(text, contextMemories).map((found) => ({
      id: found.id,
      text: cut(found.key === "" ? found.text : `${found.key}: ${found.text}`),
      from: found.from,
    }));
    return { blocks, memories };
  } catch {
    return { blocks: [], memories: [] };
  }
}
