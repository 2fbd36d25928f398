import { openVectorIndex } from "@timmy/memory/vector-index";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { Embedder } from "@timmy/shared/ports/embedder";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Timers } from "@timmy/shared/ports/time";
import { followMeaningsMs } from "../limits.ts";

/** Memories by meaning in this body: an index beside the store, filled while a model for it answers. */
export interface Meanings {
  /** Of the store's ports. */
  readonly nearest: (question: string, limit: number) => readonly string[];
  /** Never rejects; a question without a vector is answered by words. */
  prepareSearch(question: string, signal: AbortSignal): Promise<unknown>;
  follow(store: AgentStore): void;
  stop(): void;
}

/** Null, and a line in the log, where this machine cannot compare vectors. */
export function openMeanings(
  path: string,
  { embedder, timers, logger }: { embedder: Embedder; timers: Timers; logger: Logger },
): Meanings | null {
  const ending = new AbortController();
  try {
    const index = openVectorIndex(path, { embedder, logger });
    return {
      nearest: index.nearest,
      prepareSearch: (question, signal) => index.prepare(question, signal),
      follow(store) {
        const catchUp = () =>
          void index.catchUp(store, ending.signal).catch((error: unknown) => {
            logger.debug("memories are found by their words alone", { error: String(error) });
          });
        const every = timers.every("memories by meaning", followMeaningsMs, catchUp);
        ending.signal.addEventListener("abort", () => every.cancel());
        catchUp();
      },
      stop() {
        ending.abort();
        index.stop();
      },
    };
  } catch (error) {
    logger.warn("memories are found by their words alone", { error: String(error) });
    return null;
  }
}
