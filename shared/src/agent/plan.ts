import { z } from "zod";

/** The most steps that one plan may hold. */
export const maxPlanSteps = 4;
/** Characters of one instruction. */
export const maxInstructionChars = 500;

const place = z.string().regex(/^[a-z0-9_]{1,32}$/);
const anchor = z.enum(["start", "dock"]);

/** One step of a plan: a skill and its arguments. `start` is where the robot was when told. */
export const planStepSchema = z.discriminatedUnion("skill", [
  z.object({ skill: z.literal("goto"), place: z.union([anchor, place]) }),
  z.object({ skill: z.literal("say"), text: z.string().min(1).max(200) }),
  z.object({ skill: z.literal("patrol"), places: z.array(place).min(1).max(8) }),
  z.object({ skill: z.literal("dock") }),
  z.object({ skill: z.literal("stop") }),
]);
export type PlanStep = z.infer<typeof planStepSchema>;
export type SkillName = PlanStep["skill"];

export const decidedBySchema = z.enum(["rules", "model", "reflex", "owner"]);
export type DecidedBy = z.infer<typeof decidedBySchema>;

export const planSchema = z.object({
  id: z.string().min(1).max(64),
  decided_by: decidedBySchema,
  steps: z.array(planStepSchema).min(1).max(maxPlanSteps),
});
export type Plan = z.infer<typeof planSchema>;

/** The places that a step leads to, by id; `start` and `dock` are places too. */
export function targetsOf(step: PlanStep): readonly string[] {
  switch (step.skill) {
    case "goto":
      return [step.place];
    case "patrol":
      return step.places;
    case "dock":
      return ["dock"];
    case "say":
    case "stop":
      return [];
    default:
      return step satisfies never;
  }
}

/** A few words for a step, as a person would say them: "go to the kitchen". */
export function describeStep(step: PlanStep): string {
  switch (step.skill) {
    case "goto":
      if (step.place === "start") return "come back";
      return `go to the ${step.place.replaceAll("_", " ")}`;
    case "say":
      return `say "${step.text}"`;
    case "patrol":
      return `patrol ${step.places.map((p) => p.replaceAll("_", " ")).join(", ")}`;
    case "dock":
      return "go to the dock";
    case "stop":
      return "stop";
    default:
      return step satisfies never;
  }
}
