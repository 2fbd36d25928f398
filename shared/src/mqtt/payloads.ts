import { z } from "zod";
import { decidedBySchema, maxPlanSteps, planStepSchema } from "../agent/plan.ts";
import { outcomes } from "../agent/tim-agent.ts";
import { floorPlanSchema } from "../map/floor-plan.ts";
import { maxKnownChars } from "./limits.ts";
import type { CommandName, EventKind, StateGroup, TelemetryStream } from "./topics.ts";

/** Each payload is one flat JSON object; units stand in the key; unknown keys are ignored. */
const number = z.number().min(-1e9).max(1e9);
const text = (max: number) => z.string().max(max);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** Carried by everything: contract version, a counter of the sender, wall time in ms. */
const envelope = { v: z.literal(1), seq: count, ts: count };
/**
 * Carried by commands: an id that is used once, the life of the agent it is meant for, and a
 * deadline in wall ms (the sender's `ts` is compared too, so a skewed clock is noticed).
 */
const command = { ...envelope, id, epoch: count, deadline_ms: count, who: text(64) };
/**
 * A leased motion runs only while `cmd/lease` with the same holder keeps coming (300 ms); without
 * this field the deadline alone bounds it.
 */
const leased = { ...command, lease: id.optional() };

const room = floorPlanSchema.shape.rooms.element.shape;
const provenance = z.enum(["owner", "agent", "peer", "world"]);
const mode = z.enum(["boot", "disarmed", "armed", "stopping", "stopped"]);
export const stopStateSchema = z.enum(["none", "stopping", "stopped", "unconfirmed"]);

export const statePayloads = {
  power: z.object({ ...envelope, battery_v: number, battery_pct: number, low: z.boolean() }),
  pose: z.object({
    ...envelope,
    x_m: number,
    y_m: number,
    heading_deg: number,
    sigma_m: number,
    sigma_heading_deg: number,
    room: text(32).nullable(),
    localised: z.boolean(),
    tag_age_s: number.nullable(),
  }),
  drive: z.object({
    ...envelope,
    mode,
    speed_mps: number,
    turn_radps: number,
    /** Distance driven since the start, metres. */
    odometer_m: number,
  }),
  range: z.object({
    ...envelope,
    range_front_m: number.nullable(),
    age_s: number,
    valid: z.boolean(),
  }),
  safety: z.object({
    ...envelope,
    stop_state: stopStateSchema,
    /** Why it is stopped, comma between causes; empty when it is not. */
    stop_reason: text(120),
    /** Measured when the stop ended, or the last known speed when it could not be confirmed. */
    stop_speed_mps: number.nullable(),
    generation: count,
    link: z.enum(["up", "down"]),
    bad_commands: count,
    /** The sentence of the arming check that fails, or empty. */
    arming: text(160),
  }),
  system: z.object({
    ...envelope,
    tier: z.enum(["hard", "firm", "soft", "simulated"]),
    uptime_s: number,
    version: text(32),
    link_errors: count,
  }),
  mind: z.object({
    ...envelope,
    mind: z.enum(["companion", "rules"]),
    task_id: text(64).nullable(),
    doing: text(160),
  }),
  /** Of a companion. Satoshi with at most three decimals; the books have the exact amounts. */
  treasury: z.object({
    ...envelope,
    backend: z.enum(["mock", "lnd", "none"]),
    backend_state: text(16),
    lightning_sat: number,
    onchain_sat: number,
    held_sat: number,
    day_spent_sat: number,
    approvals_waiting: count,
    kill_switch: z.boolean(),
  }),
} as const satisfies Record<StateGroup, z.ZodType>;

export const telemetryPayloads = {
  imu: z.object({ ...envelope, gyro_z_radps: number }),
  encoders: z.object({ ...envelope, left_mps: number, right_mps: number }),
  range: z.object({ ...envelope, range_front_m: number.nullable() }),
  /** The way planned now: x and y in turn, metres; empty when there is none. */
  path: z.object({ ...envelope, points_m: z.array(number).max(256) }),
} as const satisfies Record<TelemetryStream, z.ZodType>;

export const eventPayloads = {
  stop: z.object({
    ...envelope,
    state: stopStateSchema,
    reason: text(120),
    generation: count,
    speed_mps: number.nullable(),
  }),
  collision: z.object({
    ...envelope,
    side: z.enum(["left", "right", "both"]),
    x_m: number,
    y_m: number,
  }),
  spoke: z.object({ ...envelope, text: text(240), task_id: text(64).nullable() }),
  /** The life of a task: planned once (with every step's words), then each step, then ended. */
  task: z.object({
    ...envelope,
    task_id: id,
    phase: z.enum(["planned", "step-started", "step-ended", "ended"]),
    instruction: text(600),
    who: text(64),
    decided_by: decidedBySchema,
    steps: z.array(text(240)).max(maxPlanSteps),
    step: count,
    outcome: z.enum(outcomes).nullable(),
    reason: text(40).nullable(),
    sentence: text(400),
    x_m: number.nullable(),
    y_m: number.nullable(),
    speed_mps: number.nullable(),
    room: text(32).nullable(),
    duration_s: number,
  }),
  /** Money that came or went; never who paid, never a memo. */
  payment: z.object({
    ...envelope,
    direction: z.enum(["in", "out"]),
    state: text(16),
    amount_sat: number,
    fee_sat: number.nullable(),
    party: text(64),
    purpose: text(64),
    backend: z.enum(["mock", "lnd"]),
  }),
  error: z.object({ ...envelope, code: text(40), detail: text(200), topic: text(128) }),
} as const satisfies Record<EventKind, z.ZodType>;

export const commandPayloads = {
  /** `from`: whose words these are when they are not the sender's own; it only lowers the trust. */
  hear: z.object({ ...leased, text: text(12_000), from: provenance.optional() }),
  plan: z.object({ ...leased, steps: z.array(planStepSchema).min(1).max(maxPlanSteps) }),
  /** Each message is its own lease of at most 300 ms. */
  drive: z.object({ ...command, linear_mps: number, angular_radps: number }),
  goto: z.object({ ...leased, place: z.string().regex(/^[a-z0-9_]{1,32}$/) }),
  say: z.object({ ...command, text: z.string().min(1).max(200) }),
  stop: z.object({ ...envelope, id, who: text(64) }),
  estop: z.object({ ...envelope, id, who: text(64) }),
  /** Names the stop that it clears. */
  reset: z.object({ ...command, generation: count }),
  lease: z.object({ ...envelope, lease: id }),
  /** The owner's calls, sealed with his key: AES-256-GCM over JSON, in base64. */
  call: z.object({ ...command, sealed: text(65_536) }),
  /** To a companion: what was heard and which rooms exist; the answer comes to the node's reply. */
  decide: z.object({
    ...command,
    text: text(2000),
    reply_to: text(128),
    /** What the agent knows about it, sealed with the owner's key: only a body of his reads it. */
    known: text(maxKnownChars).optional(),
    rooms: z
      .array(
        z.object({
          id: text(32),
          name: text(40),
          aliases: z.array(text(40)).max(8),
          /** As in the floor plan. */
          goal: room.goal.exactOptional(),
          outline: room.outline.exactOptional(),
          /** Metres from where the body stands. */
          away_m: number.exactOptional(),
        }),
      )
      .max(32),
  }),
} as const satisfies Record<CommandName, z.ZodType>;

/** Answers to commands. `ok` false always has a code of the error table and a sentence. */
export const replyPayload = z.object({
  ...envelope,
  id,
  ok: z.boolean(),
  code: text(40).nullable(),
  sentence: text(400),
  task_id: text(64).nullable(),
  speed_mps: number.nullable(),
});

/** A piece of the sealed answer to a `cmd/call`. */
export const callReplyPayload = z.object({
  ...envelope,
  id,
  part: count,
  parts: count,
  sealed: text(65_536),
});

export const decideReplyPayload = z.object({
  ...envelope,
  id,
  ok: z.boolean(),
  code: text(40).nullable(),
  sentence: text(400),
  decided_by: decidedBySchema,
  steps: z.array(planStepSchema).max(maxPlanSteps),
  /** The model that decided, and what its plan was checked for. */
  model: text(64).optional(),
  checks: z
    .array(z.object({ check: text(24), passed: z.boolean(), sentence: text(160) }))
    .max(16)
    .optional(),
});

export const infoPayload = z.object({
  ...envelope,
  name: text(40),
  kind: z.enum(["robot", "companion"]),
  model: text(60),
  version: text(32),
  epoch: count,
  /** The public key of the agent that lives here (hex), how it stands, and where it went. */
  agent: text(64).optional(),
  life: z.enum(["vacant", "living", "leaving", "departed", "arriving"]).optional(),
  departed_to: text(64).optional(),
  tier: text(16),
  skills: text(200),
  commands: text(200),
  schemas: text(64),
  ui: text(128),
  /** Rooms of the house: ids in the order of `room_names`. */
  rooms: z.array(text(32)).max(32),
  room_names: z.array(text(40)).max(32),
  max_speed_mps: number,
  radius_m: number,
});

/** Under the agent's own topic: in which body it lives, signed with its key (Ed25519, hex). */
export const claimPayload = z.object({
  ...envelope,
  agent: z.string().regex(/^[0-9a-f]{64}$/),
  epoch: count,
  node: z.string().regex(/^[a-z0-9_-]{1,32}$/),
  /** `asks` who else is there, `holds` (kept) lives and acts, `hands` (kept) left for that node. */
  says: z.enum(["asks", "holds", "hands"]),
  /** One life of one process, and the number of the claim in it. */
  life: id,
  n: count,
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});
export const mapPayload = z.object({ ...envelope, plan: floorPlanSchema });

export type StatePayload<G extends StateGroup> = z.infer<(typeof statePayloads)[G]>;
export type EventPayload<K extends EventKind> = z.infer<(typeof eventPayloads)[K]>;
export type CommandPayload<N extends CommandName> = z.infer<(typeof commandPayloads)[N]>;
export type TelemetryPayload<S extends TelemetryStream> = z.infer<(typeof telemetryPayloads)[S]>;
export type ReplyPayload = z.infer<typeof replyPayload>;
export type DecideReplyPayload = z.infer<typeof decideReplyPayload>;
export type InfoPayload = z.infer<typeof infoPayload>;
export type MapPayload = z.infer<typeof mapPayload>;
export type NodeStatus = "online" | "offline" | "lost";
