import { z } from "zod";
import type { Effect } from "../agent/effect-log.ts";
import { judgeAction } from "../agent/gate.ts";
import type { GateAction, GateContext } from "../agent/gate-proposal.ts";
import { createSecretScanner } from "../agent/gate-secrets.ts";
import { createToolRegistry, type ToolRule } from "../agent/gate-tools.ts";
import { type PlanStep, planSchema } from "../agent/plan.ts";
import { readConsent, readSpokenMemory } from "../agent/spoken-memory.ts";
import { parseInstruction } from "../mind/instruction.ts";
import type { Rooms } from "../mind/places.ts";
import { isStopWord } from "../mind/stop-words.ts";
import type { PolicyLimits } from "../policy/policy-limits.ts";
import { canonicalJson } from "./canonical.ts";

/** What a replay needs of the world that the log does not hold. */
export interface ReplayWorld {
  readonly agentId: string;
  readonly epoch: number;
  readonly rooms: Rooms;
  readonly tools: readonly ToolRule[];
  readonly policy: PolicyLimits;
  /** SHA-256 of a text in UTF-8, hex. */
  readonly sha256: (text: string) => string;
}

export interface ReplayedDecision {
  readonly seq: number;
  readonly heard: string;
  /** same, or in what it differs; `unjudged` never reached the gate. */
  readonly outcome: "same" | "other-steps" | "other-verdict" | "unjudged";
  readonly sentence: string;
}

const provenance = z.enum(["owner", "agent", "peer", "world"]);
const decided = z.object({
  turn: z.string(),
  source: z.enum(["rules", "model", "reflex", "owner"]),
  heard: z.string(),
  from: provenance,
  who: z.string(),
  action: z.looseObject({ type: z.string() }),
  verdicts: z.array(z.object({ check: z.string(), passed: z.boolean(), sentence: z.string() })),
  memories: z.array(z.object({ value: z.string(), from: provenance })),
  away_m: z.record(z.string(), z.number()).default({}),
});
type Decided = z.infer<typeof decided>;

const hourMs = 3_600_000;

/** What the rules make of the recorded words now: the part of an action that they decide. */
function decideAgain(entry: Decided, rooms: Rooms): unknown {
  if (isStopWord(entry.heard)) return { type: "stop" };
  const memory = readSpokenMemory(entry.heard);
  if (entry.action.type === "call" && memory?.want === "remember") {
    const { key, value } = memory;
    return { tool: "remember", input: { key, value } };
  }
  if (entry.action.type === "call" && memory?.want === "recall") {
    return { tool: "recall", input: { query: memory.query } };
  }
  const seen = rooms.map((room) => {
    const away_m = entry.away_m[room.id];
    return away_m === undefined ? room : { ...room, away_m };
  });
  const parsed = parseInstruction(entry.heard, seen);
  return parsed.ok ? { steps: parsed.steps } : { refusal: parsed.reason };
}

/** The same part of the recorded action. */
function decidedThen({ action }: Decided): unknown {
  switch (action.type) {
    case "plan":
      return { steps: z.looseObject({ steps: z.unknown() }).parse(action["plan"]).steps };
    case "call":
      return { tool: action["tool"], input: action["input"] };
    case "text":
      return { refusal: action["refusal"] };
    default:
      return { type: action.type };
  }
}

function contextOf(entry: Decided, atMs: number, world: ReplayWorld): GateContext {
  return {
    agentId: world.agentId,
    epoch: world.epoch,
    nowMs: atMs,
    localHour: Math.floor(atMs / hourMs) % 24,
    trigger: { value: entry.heard, from: entry.from },
    read: entry.memories,
    // What the owner ordered as a command was recorded as his decision.
    ...(entry.source === "owner" ? { ordered: orderedSteps(entry) } : {}),
    rooms: world.rooms,
    tools: createToolRegistry(world.tools),
    bound: [],
    policy: world.policy,
    secrets: createSecretScanner([]),
    standing: () => null,
    confirmation: null,
    sha256: world.sha256,
  };
}

function orderedSteps({ action }: Decided): readonly PlanStep[] {
  if (action.type === "goto") return [{ skill: "goto", place: String(action["place"]) }];
  const plan = planSchema.safeParse(action["plan"]);
  return plan.success ? plan.data.steps : [];
}

/** Whether the gate says of the recorded proposal what it said then. */
function judgeAgain(entry: Decided, effect: Effect, acted: boolean, world: ReplayWorld) {
  const proposal = { id: entry.turn, action: entry.action as unknown as GateAction };
  const verdict = judgeAction(proposal, contextOf(entry, effect.atMs, world));
  const confirmed = entry.source === "owner" && entry.verdicts.at(-1)?.check === "provenance";
  // A yes of the owner's was for one moment: that it was asked for is what is replayed.
  const allowed = verdict.kind === "allow" || (verdict.kind === "confirm" && confirmed && acted);
  const now = allowed ? "allowed" : verdict.kind === "confirm" ? "asked the owner" : "refused";
  return { same: allowed === acted, now };
}

function replayOne(entry: Decided, effect: Effect, acted: boolean, world: ReplayWorld) {
  const one = { seq: effect.seq, heard: entry.heard };
  const byRules = entry.source === "rules" && entry.who !== "" && readConsent(entry.heard) === null;
  if (byRules) {
    const now = canonicalJson(decideAgain(entry, world.rooms));
    const then = canonicalJson(decidedThen(entry));
    if (now !== then) {
      const sentence = `The rules decided ${then}; now they decide ${now}.`;
      return { ...one, outcome: "other-steps", sentence } as const;
    }
  }
  if (entry.verdicts.length === 0) {
    const sentence = "It did not reach the gate: a stop, or not possible in that moment.";
    return { ...one, outcome: "unjudged", sentence } as const;
  }
  const { same, now } = judgeAgain(entry, effect, acted, world);
  const then = acted ? "let it pass" : "did not let it pass";
  if (!same) {
    const sentence = `The gate ${then}; now it is ${now}.`;
    return { ...one, outcome: "other-verdict", sentence } as const;
  }
  return { ...one, outcome: "same", sentence: `The same: ${now}.` } as const;
}

/**
 * Plays recorded decisions again: words through the rules, every proposal of a mind through the gate.
 * The same code and the same world give the same actions; a difference is named.
 */
export function replayLog(
  effects: readonly Effect[],
  world: ReplayWorld,
): readonly ReplayedDecision[] {
  const turnOf = (body: Effect["body"]) => String(body["turn"]);
  const acted = new Set(effects.filter(({ kind }) => kind === "acted").map((e) => turnOf(e.body)));
  return effects
    .filter(({ kind }) => kind === "decided")
    .map((effect) => {
      const parsed = decided.safeParse(effect.body);
      if (parsed.success) {
        return replayOne(parsed.data, effect, acted.has(parsed.data.turn), world);
      }
      const sentence = "The entry has another form than this version writes.";
      return { seq: effect.seq, heard: "", outcome: "other-verdict", sentence } as const;
    });
}
