import type { MindQuestion } from "@timmy/shared/agent/mind";
import { type PlanStep, planStepSchema } from "@timmy/shared/agent/plan";
import type { ErrorCode } from "@timmy/shared/errors";
import { z } from "zod";
import { maxPlanChars } from "./limits.ts";
import { answerSchemaOf, type PlanChoices, stepsOf } from "./plan-format.ts";

export interface PlanVerdict {
  readonly check: "schema" | "bounds" | "possible" | "envelope";
  readonly passed: boolean;
  readonly sentence: string;
}
export type CheckedPlan =
  | {
      readonly kind: "plan";
      readonly steps: readonly PlanStep[];
      readonly verdicts: readonly PlanVerdict[];
    }
  | {
      readonly kind: "declined";
      readonly code: ErrorCode;
      readonly verdicts: readonly PlanVerdict[];
    }
  | {
      readonly kind: "wrong";
      readonly sentence: string;
      readonly verdicts: readonly PlanVerdict[];
    };

/** Says in a sentence why the steps may not be done from here, or null. */
export type EnvelopeCheck = (steps: readonly PlanStep[], question: MindQuestion) => string | null;

const declined = {
  "not-understood": "mind-declined",
  "not-possible": "mind-declined",
  unsafe: "unsafe-instruction",
} as const satisfies Record<string, ErrorCode>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every number in a value is finite; a plan has none, so this holds what a schema may let through. */
function finite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(finite);
}

const bounded = z.array(planStepSchema).min(1).max(4);

/** Judges a model's words, in order: schema, finite and bounded, possible now, inside the envelope. */
export function checkPlanText(
  text: string,
  question: MindQuestion,
  choices: PlanChoices,
  envelope: EnvelopeCheck,
): CheckedPlan {
  const verdicts: PlanVerdict[] = [];
  const pass = (check: PlanVerdict["check"], sentence: string) =>
    verdicts.push({ check, passed: true, sentence });
  const fail = (check: PlanVerdict["check"], sentence: string): CheckedPlan => {
    verdicts.push({ check, passed: false, sentence });
    return { kind: "wrong", sentence, verdicts };
  };
  const value = text.length > maxPlanChars ? undefined : parse(text);
  if (value === undefined) return fail("schema", "The answer is not one JSON object.");
  const answer = answerSchemaOf(choices).safeParse(value);
  if (!answer.success) {
    const [issue] = answer.error.issues;
    const where = issue?.path.join(".") || "the answer";
    return fail("schema", `${where}: ${issue?.message ?? "does not fit"}`.slice(0, 300));
  }
  pass("schema", "Only choices that it was given.");
  const { verdict } = answer.data;
  if (verdict !== "plan") return { kind: "declined", code: declined[verdict], verdicts };
  const steps = stepsOf(answer.data, question.rooms);
  if (typeof steps === "string") return fail("bounds", steps);
  const fits = bounded.safeParse(steps);
  if (!fits.success || !finite(fits.data)) return fail("bounds", "A plan has one to four steps.");
  pass("bounds", "One to four steps, finite and bounded.");
  const lacking = fits.data.find(({ skill }) => !choices.skills.includes(skill));
  if (lacking !== undefined) return fail("possible", `${lacking.skill} is not possible now.`);
  pass("possible", "Every step is possible now.");
  const outside = envelope(fits.data, question);
  if (outside !== null) return fail("envelope", outside);
  pass("envelope", "Inside the envelope.");
  return { kind: "plan", steps: fits.data, verdicts };
}
