import { z } from "zod";
import type { Effect } from "../agent/effect-log.ts";
import { describeStep, planStepSchema } from "../agent/plan.ts";

const acted = z.object({
  type: z.string(),
  plan: z.object({ steps: z.array(planStepSchema) }).optional(),
  tool: z.string().optional(),
  place: z.string().optional(),
  text: z.string().optional(),
});

function wordsOfAction(action: unknown): string {
  const { success, data } = acted.safeParse(action);
  if (!success) return "";
  if (data.plan !== undefined) return data.plan.steps.map(describeStep).join(", ");
  return `${data.type} ${data.tool ?? data.place ?? data.text ?? ""}`.trimEnd();
}

/** What was heard, said or done, in a few words; empty for an entry of another form. */
export function wordsOfEffect({ body }: Pick<Effect, "body">): string {
  const text = body["heard"] ?? body["text"] ?? body["sentence"] ?? wordsOfAction(body["action"]);
  return typeof text === "string" ? text : "";
}
