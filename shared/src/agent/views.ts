import { z } from "zod";

/** What is said of the agent over the owner's channel and by the HTTP API; times are Unix ms. */
const text = z.string().max(20_000);
const ms = z.number().int();
const count = z.number().int().min(0);
const provenance = z.enum(["owner", "agent", "peer", "world"]);
const node = z.string().regex(/^[a-z0-9_-]{1,32}$/);
export const lifeSchema = z.enum(["vacant", "living", "leaving", "departed", "arriving"]);

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
  /** Of a fact; empty for an episode. */
  key: text,
  text,
  from: provenance,
  at_ms: ms,
});
export type MemoryView = z.infer<typeof memoryView>;
export const memoriesView = z.object({
  memories: z.array(memoryView),
  /** How many there are in all. */
  facts: count,
  episodes: count,
});
export type MemoriesView = z.infer<typeof memoriesView>;

/** A short text that is always in the prompt. */
export const blockView = z.object({ name: text, text, from: provenance, at_ms: ms });
export const blocksView = z.object({ blocks: z.array(blockView) });
export type BlocksView = z.infer<typeof blocksView>;

const verdict = z.object({ check: text, passed: z.boolean(), sentence: text });

/** One decision with how it came about; the newest first. */
export const decisionView = z.object({
  id: text,
  at_ms: ms,
  heard: text,
  from: provenance,
  who: text,
  decided_by: z.enum(["rules", "model", "reflex", "owner"]),
  /** The model's name; empty when none decided. */
  model: text,
  latency_ms: z.number(),
  /** What would be done, in words. */
  steps: z.array(text),
  /** schema, bounds, possible, envelope, provenance, ...: passed, or why not. */
  verdicts: z.array(verdict),
  /** What was put before the mind: memories and core blocks, with who said them. */
  memories: z.array(z.object({ text, from: provenance })),
  /** done, refused, aborted, failed, unconfirmed; empty while it is under way. */
  outcome: text,
  /** What came of it, in a sentence; empty while it is under way. */
  sentence: text,
});
export const decisionsView = z.object({ decisions: z.array(decisionView) });
export type DecisionsView = z.infer<typeof decisionsView>;

/** A move under way, as the body sees it that the agent leaves. */
export const movingView = z.object({
  to: node,
  phase: z.enum(["asking", "sending", "settling"]),
  bytes: count,
  /** Of how many; 0 while it is not known. */
  of: count,
});
export type MovingView = z.infer<typeof movingView>;

/** The agent as the body says it in which it lives, lived, or is arriving. */
export const agentView = z.object({
  id: text,
  name: text,
  created_ms: ms,
  epoch: count,
  generation: count,
  parent_id: text.nullable(),
  life: lifeSchema,
  departed_to: text,
  /** The node of this body, and which of the four substrates it is. */
  node,
  body: z.enum(["robot", "sim", "desktop", "chat"]),
  capabilities: z.array(z.object({ name: text, available: z.boolean(), note: text })),
  facts: count,
  episodes: count,
  blobs: count,
  effects: count,
  blocks: z.array(blockView),
  /** As it happened, oldest first. */
  lineage: z.array(
    z.object({
      at_ms: ms,
      what: z.enum(["born", "moved", "forked", "restored", "imported"]),
      node: text,
      epoch: count,
      note: text,
    }),
  ),
  /** Proposals that wait for the owner's yes. */
  waiting: z.array(z.object({ digest: text, sentence: text, from: provenance, until_ms: ms })),
  moving: movingView.nullable(),
});
export type AgentView = z.infer<typeof agentView>;

/** A node on the broker in which an agent lives or could live. */
export const bodyView = z.object({
  node,
  kind: z.enum(["robot", "companion"]),
  status: z.enum(["online", "offline", "lost"]),
  tier: text,
  life: lifeSchema,
  /** Whom it holds: id and name; empty when nobody. */
  agent: text,
  name: text,
  epoch: count,
  departed_to: text,
});
export type BodyView = z.infer<typeof bodyView>;

/** GET /api/agent, and the event `agent`: who lives where. */
export const whereView = z.object({
  /** The agent where it lives; else as a body says it that it is coming to, or has left. */
  agent: agentView.nullable(),
  /** Why nobody acts, and what to do; empty when the agent lives. */
  sentence: text,
  bodies: z.array(bodyView),
});
export type WhereView = z.infer<typeof whereView>;

/** What became of a proposal, or of the owner's word for one that waited. */
export const proposalView = z.object({
  /** `begun`: it is let through and goes on; its task tells what comes of it. */
  outcome: z.enum(["done", "refused", "aborted", "failed", "unconfirmed", "begun"]),
  /** Null when done; otherwise a code of the error table. */
  reason: text.nullable(),
  sentence: text,
  verdicts: z.array(verdict),
});
export type ProposalView = z.infer<typeof proposalView>;

export const movedView = z.object({
  to: node,
  epoch: count,
  generation: count,
  bytes: count,
  hash: text,
  /** "cannot speak here". */
  missing: z.array(text),
});
export type MovedView = z.infer<typeof movedView>;

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

/** GET /api/chat: what was said since the chat began, and what came of it, oldest first. */
export const chatView = z.object({
  turns: z.array(z.object({ text, at_ms: ms, pieces: z.array(chatPiece) })),
});
export type ChatView = z.infer<typeof chatView>;
