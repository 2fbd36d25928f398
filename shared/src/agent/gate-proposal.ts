import { z } from "zod";
import { type ErrorCode, errorTable } from "../errors.ts";
import type { Rooms } from "../mind/places.ts";
import type { PolicyLimits } from "../policy/policy-limits.ts";
import { gateLimits as limits } from "./gate-limits.ts";
import type { SecretScanner } from "./gate-secrets.ts";
import type { ToolRegistry } from "./gate-tools.ts";
import { type PlanStep, planSchema } from "./plan.ts";
import type { Said } from "./provenance.ts";
import type { Action, Provenance } from "./tim-agent.ts";

/** What the gate judges: every action of the contract, what is remembered, and what is sent. */
export type GateAction =
  | Action
  | {
      readonly type: "remember";
      readonly key: string;
      readonly value: string;
      readonly from: Provenance;
    }
  | { readonly type: "communicate"; readonly to: string; readonly text: string };

export interface Proposal {
  /** Made by our code, never by a mind; no two proposals share one. */
  readonly id: string;
  readonly action: GateAction;
}

/** What a value may be used for; each use is bound by itself. */
export type BoundKind = "place" | "topic" | "recipient" | "tool";
/** A value that a record of the owner's names: a contact, a topic, a delivery that he accepted. */
export interface BoundValue {
  readonly kind: BoundKind;
  /** For `tool` "NAME.FIELD=VALUE". */
  readonly value: string;
}

/** The owner's yes to one proposal, as the confirmation desk gave it out. */
export interface Confirmation {
  readonly digest: string;
  readonly epoch: number;
  /** Wall milliseconds. */
  readonly untilMs: number;
}

export interface GateContext {
  readonly agentId: string;
  readonly epoch: number;
  /** Wall milliseconds, and the hour of the day where the body stands. */
  readonly nowMs: number;
  readonly localHour: number;
  /** What started this turn, and who said it. */
  readonly trigger: Said<string>;
  /** All else that the mind read for it: memories, core blocks, tool output, earlier turns. */
  readonly read: readonly Said<string>[];
  /** Steps that the owner gave as a structured command, when that is what started this turn. */
  readonly ordered?: readonly PlanStep[];
  readonly rooms: Rooms;
  readonly tools: ToolRegistry;
  readonly bound: readonly BoundValue[];
  readonly policy: PolicyLimits;
  readonly secrets: SecretScanner;
  /**
   * `outputOf` of what went out before, and of what was refused as `secret-inside`, newest last: a
   * secret may be told in pieces. The last `gateLimits.outputTailChars` are enough.
   */
  readonly outputTail?: string;
  /** Who said the fact that stands under a key now; null when there is none. */
  readonly standing: (key: string) => Provenance | null;
  readonly confirmation: Confirmation | null;
  /** SHA-256 of a text in UTF-8, hex. */
  readonly sha256: (text: string) => string;
}

export interface GateCheck {
  readonly check: "stop" | "schema" | "policy" | "secrets" | "tools" | "memory" | "provenance";
  readonly passed: boolean;
  readonly sentence: string;
}

interface Judged {
  readonly checks: readonly GateCheck[];
  /** The proposal began with a stop: that is done, whatever becomes of the rest. */
  readonly halt: boolean;
}
/**
 * Act on `action` of the verdict, never on the proposal: it is the copy that was judged.
 * `confirm` at `owner` goes to the confirmation desk; at `treasury` it becomes a payment request
 * there, which a person approves with a code. The gate itself never lets a payment pass.
 */
export type GateVerdict =
  | (Judged & { readonly kind: "allow"; readonly action: GateAction })
  | (Judged & {
      readonly kind: "refuse";
      readonly code: ErrorCode;
      readonly sentence: string;
      readonly check: GateCheck["check"];
    })
  | (Judged & {
      readonly kind: "confirm";
      readonly at: "owner" | "treasury";
      readonly digest: string;
      readonly sentence: string;
      readonly action: GateAction;
    });

const text = z.string().min(1);
const deadlineMs = z.number().positive().max(limits.deadlineMs);
const metres = z.number().min(-limits.moveM).max(limits.moveM);
const place = z.string().regex(/^[a-z0-9_]{1,32}$/);
const code = z.custom<ErrorCode>((value) => Object.hasOwn(errorTable, String(value)));

/** Every action in its one form: known members only, numbers finite and bounded, at most 4 steps. */
export const gateActionSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("plan"), plan: planSchema, deadlineMs }),
  z.strictObject({
    type: z.literal("move"),
    goal: z.strictObject({ xM: metres, yM: metres }),
    deadlineMs,
  }),
  z.strictObject({ type: z.literal("goto"), place, deadlineMs }),
  z.strictObject({
    type: z.literal("text"),
    text: z.string().max(limits.textChars),
    refusal: code.exactOptional(),
  }),
  z.strictObject({ type: z.literal("speak"), text: text.max(limits.speechChars) }),
  z.strictObject({
    type: z.literal("look"),
    headingRad: z.number().min(-limits.headingRad).max(limits.headingRad),
    deadlineMs,
  }),
  z.strictObject({ type: z.literal("grip"), closed: z.boolean(), deadlineMs }),
  z.strictObject({
    type: z.literal("call"),
    tool: text.max(limits.toolNameChars),
    input: z
      .record(z.string().max(limits.toolNameChars), z.string().max(limits.toolFieldChars))
      .refine((input) => Object.keys(input).length <= limits.toolFields),
  }),
  z.strictObject({
    type: z.literal("emit"),
    topic: text.max(limits.topicChars),
    text: z.string().max(limits.textChars),
  }),
  z.strictObject({
    type: z.literal("sleep"),
    durationMs: z.number().min(0).max(limits.sleepMs),
  }),
  z.strictObject({ type: z.literal("stop") }),
  z.strictObject({
    type: z.literal("remember"),
    key: text.max(limits.keyChars),
    value: z.string().max(limits.memoryChars),
    from: z.enum(["owner", "agent", "peer", "world"]),
  }),
  z.strictObject({
    type: z.literal("communicate"),
    to: text.max(limits.recipientChars),
    text: text.max(limits.textChars),
  }),
]) satisfies z.ZodType<GateAction>;
