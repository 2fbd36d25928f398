import { describeStep, type PlanStep } from "@timmy/shared/agent/plan";
import type { Action } from "@timmy/shared/agent/tim-agent";
import { z } from "zod";
import { maxKeyChars, maxSpeechChars, maxTextChars, motionMs } from "./limits.ts";

const words = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed(), "half a character");
const place = z
  .string()
  .regex(/^[a-z0-9_]{1,32}$/)
  .describe("The id of a room, such as living_room.");

/** What may be proposed; nothing here pays, sends, moves wheels by numbers, or names a tool. */
export const proposalSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("goto"), place }),
  z.strictObject({ do: z.literal("say"), text: words(maxSpeechChars).describe("Said aloud.") }),
  z.strictObject({ do: z.literal("patrol"), places: z.array(place).min(1).max(8) }),
  z.strictObject({ do: z.literal("dock") }),
  z.strictObject({ do: z.literal("stop") }),
  z.strictObject({
    do: z.literal("remember"),
    key: words(maxKeyChars),
    text: words(maxTextChars),
  }),
  z.strictObject({ do: z.literal("text"), text: words(maxTextChars).describe("Written.") }),
]);
export type ProposedAction = z.output<typeof proposalSchema>;

/**
 * The proposal as one of the contract's actions; `makeId` names a plan. Motion is always a plan: a
 * body keeps a task of it, which can be watched and stopped.
 */
export function actionOf(proposed: ProposedAction, makeId: () => string): Action {
  const plan = (step: PlanStep): Action => ({
    type: "plan",
    plan: { id: makeId(), decided_by: "model", steps: [step] },
    deadlineMs: motionMs,
  });
  switch (proposed.do) {
    case "goto":
      return plan({ skill: "goto", place: proposed.place });
    case "say":
      return { type: "speak", text: proposed.text };
    case "patrol":
      return plan({ skill: "patrol", places: proposed.places });
    case "dock":
      return plan({ skill: "dock" });
    case "stop":
      return { type: "stop" };
    case "remember": {
      const { key, text: value } = proposed;
      return { type: "call", tool: "remember", input: { key, value } };
    }
    case "text":
      return { type: "text", text: proposed.text };
    default:
      return proposed satisfies never;
  }
}

/** The request in words, as the owner reads it. */
export function wordsOf(proposed: ProposedAction): string {
  switch (proposed.do) {
    case "goto":
      return describeStep({ skill: "goto", place: proposed.place });
    case "say":
      return `say "${proposed.text}"`;
    case "patrol":
      return describeStep({ skill: "patrol", places: proposed.places });
    case "dock":
    case "stop":
      return describeStep({ skill: proposed.do });
    case "remember":
      return `remember under "${proposed.key}": ${proposed.text}`;
    case "text":
      return `write "${proposed.text}"`;
    default:
      return proposed satisfies never;
  }
}
