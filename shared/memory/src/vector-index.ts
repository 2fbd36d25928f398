import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { Embedder } from "@timmy/shared/ports/embedder";
import type { Logger } from "@timmy/shared/ports/logger";
import { vectorChars, vectorCount, vectorQuestions } from "./limits.ts";
import { openVectorFile } from "./vector-file.ts";
import { type CaughtUp, createFollower } from "./vector-follow.ts";
import { formsOf, type VectorForms } from "./vector-forms.ts";

export interface VectorIndexPorts {
  readonly embedder: Embedder;
  readonly logger: Logger;
}
/** Memories by meaning, beside the words. Whatever of it fails, the search by words stays as it is. */
export interface VectorIndex {
  /** Has a question's vector made, so that `nearest` knows it; false when it came to nothing. */
  prepare(question: string, signal: AbortSignal): Promise<boolean>;
  /** The store's port: ids of the nearest memories; none for a question that was not prepared. */
  readonly nearest: (question: string, limit: number) => readonly string[];
  /**
   * One turn of following what the store learned and forgot; a call while one runs is that one.
   * Rejects with the embedder's TimmyError, and with the signal's reason.
   */
  catchUp(store: AgentStore, signal: AbortSignal): Promise<CaughtUp>;
  stop(): void;
}

/**
 * Opens the index of vectors of one store, in a file of its own that is never exported: it is made
 * again from the texts. Throws where this machine has no sqlite-vec.
 */
export function openVectorIndex(
  path: string,
  { embedder, logger }: VectorIndexPorts,
  options: { readonly count?: number } = {},
): VectorIndex {
  const file = openVectorFile(path);
  const follower = createFollower(file, embedder, options.count ?? vectorCount);
  const questions = new Map<string, VectorForms>();
  const life = new AbortController();
  /** Which model is known to answer; before that no text is sent. */
  let model: string | null = null;
  let turn: Promise<CaughtUp> | null = null;

  function keep(question: string, forms: VectorForms): void {
    const [oldest] = questions.keys();
    if (oldest !== undefined && questions.size >= vectorQuestions) questions.delete(oldest);
    questions.set(question, forms);
  }
  async function run(store: AgentStore, signal: AbortSignal): Promise<CaughtUp> {
    const found = await embedder.identify(signal);
    signal.throwIfAborted();
    if (found !== model) {
      questions.clear();
      logger.info("memories are found by meaning too", { model: found });
    }
    model = found;
    follower.use(found);
    return follower.turn(store, signal);
  }
  return {
    async prepare(question, given) {
      const dimensions = file.mark()?.dimensions;
      if (life.signal.aborted || model === null || dimensions === undefined) return false;
      if (questions.has(question)) return true;
      try {
        const signal = AbortSignal.any([given, life.signal]);
        const text = question.slice(0, vectorChars);
        const [vector = []] = await embedder.embed([text], "question", signal);
        const forms = formsOf(vector, dimensions);
        if (forms !== null) keep(question, forms);
        return forms !== null;
      } catch (error) {
        logger.debug("a question has no vector", { error: String(error) });
        return false;
      }
    },
    nearest(question, limit) {
      const forms = questions.get(question);
      if (life.signal.aborted || forms === undefined || limit < 1) return [];
      try {
        return file.nearest(forms, limit);
      } catch (error) {
        logger.warn("vectors cannot be read", { error: String(error) });
        return [];
      }
    },
    catchUp(store, given) {
      turn ??= run(store, AbortSignal.any([given, life.signal])).finally(() => {
        turn = null;
      });
      return turn;
    },
    stop() {
      if (life.signal.aborted) return;
      life.abort();
      file.close();
    },
  };
}
