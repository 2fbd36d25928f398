import { z } from "zod";
import type { ErrorCode } from "../errors.ts";
import {
  agentView,
  blocksView,
  decisionsView,
  memoriesView,
  memoryView,
  movedView,
  proposalView,
} from "./views.ts";

const text = (max: number) => z.string().max(max);
const node = z.string().regex(/^[a-z0-9_-]{1,32}$/);
const provenance = z.enum(["owner", "agent", "peer", "world"]);
const transfer = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const nothing = z.object({});

/**
 * What the owner asks of a body, sealed with the owner's key (`cmd/call`): of the agent that lives
 * there (`agent.*`), and of the body itself when an agent arrives (`body.*`).
 */
export const ownerCalls = {
  "agent.view": { ask: nothing, answer: agentView },
  /**
   * Facts and episodes, best first, when something is asked for; else those of a kind, newest first,
   * below the id `before`.
   */
  "agent.memories": {
    ask: z.object({
      query: text(2000),
      limit: z.number().int().min(1).max(50),
      kind: z.enum(["fact", "episode"]),
      before: text(64).optional(),
    }),
    answer: memoriesView,
  },
  /** A sentence of the owner's; a motion that it begins lives by `lease`, renewed by `cmd/lease`. */
  "agent.hear": {
    ask: z.object({ text: text(12_000), lease: transfer.optional() }),
    answer: z.object({
      ok: z.boolean(),
      code: text(40).nullable(),
      sentence: text(400),
      task_id: text(64).nullable(),
      speed_mps: z.number().nullable(),
    }),
  },
  /** The owner's own words: a new fact, or in the place of what has the id. */
  "agent.keep": {
    ask: z.object({ id: text(64).optional(), key: text(200).min(1), text: text(20_000).min(1) }),
    answer: memoryView,
  },
  /** Answers what was forgotten; `agent.restore` brings it back until the body's process ends. */
  "agent.forget": { ask: z.object({ id: text(64) }), answer: memoryView },
  "agent.restore": { ask: z.object({ id: text(64) }), answer: memoryView },
  /** An empty text removes the block. */
  "agent.block": { ask: z.object({ name: text(60).min(1), text: text(2000) }), answer: blocksView },
  "agent.rename": { ask: z.object({ name: text(60).min(1) }), answer: agentView },
  "agent.decisions": {
    ask: z.object({ limit: z.number().int().min(1).max(50) }),
    answer: decisionsView,
  },
  /**
   * Something that another mind wants done: it passes the agent's own gate, as begun by `said`, whose
   * words these are, after all of `read`. `action` is one of the contract's actions.
   */
  "agent.propose": {
    ask: z.object({
      action: z.unknown(),
      said: text(2000),
      who: text(64),
      /** The model or program that made it; `who` unless told. */
      model: text(64).optional(),
      from: provenance,
      read: z.array(z.object({ value: text(2000), from: provenance })).max(32),
    }),
    answer: proposalView,
  },
  /** The owner's yes or no to a proposal that waits. */
  "agent.confirm": {
    ask: z.object({ digest: text(64), yes: z.boolean() }),
    answer: proposalView,
  },
  /** Moves the agent into another body; answers when it lives there. */
  "agent.move": { ask: z.object({ to: node }), answer: movedView },
  /** Takes a move back that has not been settled; the bodies in `drop` forget the copy they hold. */
  "agent.stay": { ask: z.object({ drop: z.array(node).max(16).default([]) }), answer: agentView },

  "body.offer": {
    ask: z.object({
      transfer,
      agent: z.string().regex(/^[0-9a-f]{64}$/),
      name: text(60),
      epoch: z.number().int().min(0),
    }),
    answer: nothing,
  },
  /** Pieces come in order; one that is there already is answered and left. */
  "body.piece": {
    ask: z.object({
      transfer,
      n: z.number().int().min(0),
      bytes: z.base64().max(65_536),
    }),
    answer: nothing,
  },
  /** All pieces are there: the state is verified and taken over, and does not act yet. */
  "body.take": {
    ask: z.object({ transfer, hash: z.string().regex(/^[0-9a-f]{64}$/) }),
    answer: z.object({ epoch: z.number().int(), missing: z.array(text(200)) }),
  },
  /** The agent lives elsewhere, in this epoch: a copy that was sent and never lived is forgotten. */
  "body.drop": {
    ask: z.object({
      transfer,
      agent: z.string().regex(/^[0-9a-f]{64}$/),
      epoch: z.number().int().min(0),
    }),
    answer: nothing,
  },

  /** Of a companion: what a task would cost with each of its personas. */
  "market.quote": {
    ask: z.object({ task: text(2000).min(1) }),
    answer: z.object({
      quotes: z.array(z.object({ persona: text(64), price_msat: text(32), able: z.boolean() })),
      sentence: text(400),
    }),
  },
} as const satisfies Record<string, { readonly ask: z.ZodType; readonly answer: z.ZodType }>;

export type OwnerCall = keyof typeof ownerCalls;
export type CallAsk<C extends OwnerCall> = z.input<(typeof ownerCalls)[C]["ask"]>;
export type CallAsked<C extends OwnerCall> = z.output<(typeof ownerCalls)[C]["ask"]>;
export type CallAnswer<C extends OwnerCall> = z.output<(typeof ownerCalls)[C]["answer"]>;

/** Makes calls of one body; the way there is a channel, or none when the body is this process. */
export type CallBody = <C extends OwnerCall>(
  node: string,
  call: C,
  ask: CallAsk<C>,
  options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
) => Promise<CallOutcome<C>>;
export type CallOutcome<C extends OwnerCall> =
  | { readonly ok: true; readonly value: CallAnswer<C> }
  | CallRefusal;
export interface CallRefusal {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly sentence: string;
}
