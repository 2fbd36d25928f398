import type { Logger } from "../ports/logger.ts";
import type { AgentStore, Episode } from "./agent-store.ts";
import type { EffectKind } from "./effect-log.ts";

/** Characters of a text that an entry of the effect log keeps. */
const entryChars = 2000;

/** Shortens every text of an entry: what is heard may be long, and the log is kept for ever. */
function shortened(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, entryChars);
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}

/** Writes what happened. A store that cannot be written does not hold a body up: it is said once. */
export function createAgentJournal(store: AgentStore, logger: Logger) {
  let told = false;
  function attempt(write: () => void): void {
    try {
      // Whoever moves has been read already: what is written now would be lost, or told twice.
      if (store.agent().status !== "living") return;
      write();
      told = false;
    } catch (error) {
      if (!told) logger.warn("the agent's store cannot be written", { error: String(error) });
      told = true;
    }
  }
  return {
    append(kind: EffectKind, body: Readonly<Record<string, unknown>>): void {
      attempt(() => store.effects.append(kind, shortened(body) as Record<string, unknown>));
    },
    note(episode: Omit<Episode, "id" | "atMs" | "accessCount">): void {
      attempt(() => store.note({ ...episode, content: episode.content.slice(0, entryChars) }));
    },
  };
}
