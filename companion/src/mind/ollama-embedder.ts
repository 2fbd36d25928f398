import { TimmyError } from "@timmy/shared/errors";
import type { Embedder } from "@timmy/shared/ports/embedder";
import type { Time } from "@timmy/shared/ports/time";
import { Ollama } from "ollama";
import { z } from "zod";
import { answered, asked, closedBreaker, mayAsk } from "./breaker.ts";
import { within } from "./deadlines.ts";
import {
  breakerFailures,
  breakerRestMs,
  embedMemoriesMs,
  embedQuestionMs,
  maxDimensions,
  probeMs,
} from "./limits.ts";
import { blamesModel, toModelFault } from "./model-fault.ts";
import { createOllamaServer } from "./ollama-server.ts";
import { examineServer, sameModel } from "./server-check.ts";
import { createStrictFetch } from "./strict-fetch.ts";

/** 270 MB, Apache-2.0, 768 numbers; English above all. */
export const defaultEmbedModel = "nomic-embed-text";

/** What some models were trained to find before a text; the others take it as it is. */
const prefixes: readonly (readonly [family: RegExp, memory: string, question: string])[] = [
  [/^nomic-embed-text/, "search_document: ", "search_query: "],
  [/^embeddinggemma/, "title: none | text: ", "task: search result | query: "],
  [/^mxbai-embed/, "", "Represent this sentence for searching relevant passages: "],
];

const answerSchema = z.object({
  embeddings: z.array(z.array(z.number()).min(8).max(maxDimensions)),
});

/** One model of the local Ollama as an embedder; the server is examined as the chat's is. */
export function createOllamaEmbedder(address: string, model: string, time: Time): Embedder {
  const { clock, timers } = time;
  const server = createOllamaServer(address, model);
  const client = (signal: AbortSignal) =>
    new Ollama({ host: address, fetch: createStrictFetch(signal, false) });
  const options = { failures: breakerFailures, restMs: breakerRestMs };
  const [, forMemory = "", forQuestion = ""] = prefixes.find(([of]) => of.test(model)) ?? [];
  let breaker = closedBreaker;

  async function ask(texts: readonly string[], signal: AbortSignal) {
    const answer: unknown = await client(signal).embed({ model, input: [...texts] });
    const parsed = answerSchema.safeParse(answer);
    const vectors = parsed.success ? parsed.data.embeddings : [];
    const [first] = vectors;
    if (vectors.length !== texts.length || vectors.some((one) => one.length !== first?.length)) {
      throw new TimmyError("model-failed", "It answered something else than a vector a text.");
    }
    return vectors;
  }
  function settle(outcome: "good" | "bad" | "unknown"): void {
    breaker = answered(breaker, outcome, clock.monotonicMs(), options);
  }
  return {
    async identify(signal) {
      try {
        await examineServer(server, timers, signal);
        const { models } = await within((inner) => client(inner).list(), probeMs, timers, signal);
        const listed = models.find(({ name }) => sameModel(name, model));
        return `${model}@${String(listed?.digest ?? "").slice(0, 64)}`;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw toModelFault(error, model);
      }
    },
    async embed(texts, kind, signal) {
      if (!mayAsk(breaker, clock.monotonicMs())) throw new TimmyError("model-resting");
      breaker = asked(breaker);
      const [prefix, wholeMs] =
        kind === "memory" ? [forMemory, embedMemoriesMs] : [forQuestion, embedQuestionMs];
      const prefixed = texts.map((text) => `${prefix}${text.toWellFormed()}`);
      try {
        const vectors = await within((inner) => ask(prefixed, inner), wholeMs, timers, signal);
        settle("good");
        return vectors;
      } catch (error) {
        if (signal.aborted) {
          settle("unknown");
          throw signal.reason;
        }
        const fault = toModelFault(error, model);
        settle(blamesModel(fault) ? "bad" : "unknown");
        throw fault;
      }
    },
  };
}
