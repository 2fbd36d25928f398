import { z } from "zod";

/** What the companion's HTTP API says of the agent; times are Unix milliseconds. */
const text = z.string().max(20_000);
const ms = z.number().int();
const provenance = z.enum(["owner", "agent", "peer", "world"]);

export const agentView = z.object({
  id: text,
  name: text,
  created_ms: ms,
  epoch: z.number().int(),
  generation: z.number().int(),
  parent_id: text.nullable(),
  /** The node in which it lives now, and what kind of body that is. */
  node: text,
  body: text,
  status: z.enum(["living", "leaving", "departed", "arriving", "unknown"]),
  departed_to: text,
  /** Nodes that it could move to, with what it could not do there. */
  destinations: z.array(z.object({ node: text, body: text, missing: z.array(text) })),
  lineage: z.array(
    z.object({ at_ms: ms, what: text, node: text, epoch: z.number().int(), note: text }),
  ),
  counts: z.object({
    facts: z.number().int(),
    episodes: z.number().int(),
    blobs: z.number().int(),
  }),
});
export type AgentView = z.infer<typeof agentView>;

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
export const coreBlocksView = z.object({
  blocks: z.array(z.object({ name: text, text, from: provenance, changed_ms: ms })),
});
export type CoreBlocksView = z.infer<typeof coreBlocksView>;

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
export const chatBody = z.object({ text: z.string().min(1).max(12_000) });

/** POST /api/agent/memories/ID/edit {text}; .../forget {}. */
export const memoryEditBody = z.object({ text: z.string().min(1).max(20_000) });
/** POST /api/agent/blocks {name, text}: an empty text removes it. */
export const coreBlockBody = z.object({
  name: z.string().min(1).max(60),
  text: z.string().max(2000),
});
/** POST /api/agent/move {to}. */
export const moveBody = z.object({ to: z.string().regex(/^[a-z0-9_-]{1,32}$/) });
