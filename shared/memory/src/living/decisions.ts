import type { Effect, EffectLog } from "@timmy/shared/agent/effect-log";
import { describeStep, planSchema } from "@timmy/shared/agent/plan";
import type { DecisionsView } from "@timmy/shared/agent/views";
import { z } from "zod";
import { readEffects } from "./limits.ts";

type DecisionView = DecisionsView["decisions"][number];

const provenance = z.enum(["owner", "agent", "peer", "world"]);
const verdict = z.object({ check: z.string(), passed: z.boolean(), sentence: z.string() });
const decided = z.object({
  turn: z.string(),
  source: z.enum(["rules", "model", "reflex", "owner"]),
  model: z.string().default(""),
  latency_ms: z.number(),
  heard: z.string(),
  from: provenance,
  who: z.string(),
  action: z.looseObject({ type: z.string() }),
  checks: z.array(verdict).default([]),
  verdicts: z.array(verdict),
  memories: z.array(z.object({ value: z.string(), from: provenance })),
});
const ended = z.object({ turn: z.string(), outcome: z.string(), sentence: z.string() });

/** What would be done, in words. */
function stepsOf(action: z.infer<typeof decided>["action"]): string[] {
  const plan = planSchema.safeParse(action["plan"]);
  if (plan.success) return plan.data.steps.map(describeStep);
  const text = (name: string) => String(action[name] ?? "");
  switch (action.type) {
    case "goto":
      return [`go to the ${text("place").replaceAll("_", " ")}`];
    case "call":
      return [`${text("tool")} ${JSON.stringify(action["input"])}`.slice(0, 300)];
    case "text":
      return [];
    case "speak":
      return [`say "${text("text")}"`];
    default:
      return [action.type];
  }
}

/** The newest decisions that the effect log holds, newest first, each with what came of it. */
export function readDecisions(log: EffectLog, limit: number): DecisionView[] {
  const { seq } = log.head();
  const entries: readonly Effect[] = log.after(Math.max(0, seq - readEffects), readEffects);
  const results = new Map<string, z.infer<typeof ended>>();
  const found: DecisionView[] = [];
  for (const { kind, body, atMs } of [...entries].reverse()) {
    if (kind === "result") {
      const result = ended.safeParse(body);
      if (result.success && !results.has(result.data.turn))
        results.set(result.data.turn, result.data);
    }
    if (kind !== "decided") continue;
    const read = decided.safeParse(body);
    if (!read.success) continue;
    const { turn, source, model, latency_ms, heard, from, who, action } = read.data;
    const result = results.get(turn);
    found.push({
      ...{ id: turn, at_ms: atMs, heard, from, who, decided_by: source, model, latency_ms },
      steps: stepsOf(action),
      verdicts: [...read.data.checks, ...read.data.verdicts],
      memories: read.data.memories.map(({ value, from: of }) => ({ text: value, from: of })),
      outcome: result?.outcome ?? "",
      sentence: result?.sentence ?? "",
    });
    if (found.length === limit) break;
  }
  return found;
}
