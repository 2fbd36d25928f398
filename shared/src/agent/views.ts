import { z } from "zod";

/** What the companion's HTTP API says of the agent; times are Unix milliseconds. */
const text = z.string().max(20_000);
const ms = z.number().int();
const provenance = z.enum(["owner", "agent", "peer", "world"]);

export const mindView = z.object({
  /** rules, or the model's name. */
  using: text,
  model: text,
  state: z.enum(["ready", "loading", "away", "missing-model", "refused", "off"]),
  /** Why it is not ready and what to do; empty when ready. */
  sentence: text,
  address: text,
});
export type MindView = z.infer<typeof mindView>;

export const memoryView = z.object({
  id: text,
  kind: z.enum(["fact", "episode"]),
  key: text,
  text,
  from: provenance,
  at_ms: ms,
});
export const memoriesView = z.object({ memories: z.array(memoryView) });
export type MemoriesView = z.infer<typeof memoriesView>;

/** One decision with how it came about; the newest are kept. */
export const decisionView = z.object({
  id: text,
  at_ms: ms,
  heard: text,
  from: provenance,
  who: text,
  decided_by: z.enum(["rules", "model", "reflex", "owner"]),
  model: text,
  latency_ms: z.number(),
  /** The steps in words. */
  steps: z.array(text),
  /** schema, bounds, possible, envelope, provenance, ...: passed, or why not. */
  verdicts: z.array(z.object({ check: text, passed: z.boolean(), sentence: text })),
  /** Memories that were put before the mind. */
  memories: z.array(z.object({ id: text, text, from: provenance })),
  outcome: text,
});
export const decisionsView = z.object({ decisions: z.array(decisionView) });
export type DecisionsView = z.infer<typeof decisionsView>;

/**
 * POST /api/chat {text}: answers a stream of newline-delimited JSON, one of these a line. It ends
 * with `done`; a client that goes away interrupts it.
 */
export const chatPiece = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text }),
  z.object({ type: z.literal("tool"), name: text, input: text, outcome: text }),
  z.object({ type: z.literal("memories"), memories: z.array(memoryView) }),
  z.object({ type: z.literal("refused"), code: text, sentence: text }),
  z.object({
    type: z.literal("done"),
    decided_by: text,
    latency_ms: z.number(),
    interrupted: z.boolean(),
  }),
]);
export type ChatPiece = z.infer<typeof chatPiece>;
