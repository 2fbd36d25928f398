import type { MindQuestion } from "@timmy/shared/agent/mind";
import { maxPlanSteps, type PlanStep, type SkillName } from "@timmy/shared/agent/plan";
import { maxSpeechChars } from "@timmy/shared/mind/speech";
import { tokenise } from "@timmy/shared/mind/words";
import { z } from "zod";
import { maxPhrases } from "./limits.ts";

/** The choices that a model has for one plan: nothing in its answer is free text or a number. */
export interface PlanChoices {
  readonly skills: readonly SkillName[];
  readonly places: readonly string[];
  readonly phrases: readonly string[];
}

const nothing = "none";
const anchors = ["start", "house"] as const;
/** Why there is no plan, or that there is one. */
const verdicts = ["plan", "not-understood", "not-possible", "unsafe"] as const;
const ownPhrases = ["Hello!", "I am here.", "Done.", "I do not know."] as const;

/** What may be said: words of the instruction itself, and a few of ours. */
function phrasesOf(text: string): readonly string[] {
  const tokens = tokenise(text);
  const quotes = tokens.ok ? tokens.tokens.filter(({ kind }) => kind === "quote") : [];
  const tail = /\b(?:say|tell|announce|that)\b[\s:,]+(.{1,200})$/is.exec(text)?.[1];
  const found = [...quotes.map((quote) => quote.text), ...(tail === undefined ? [] : [tail])]
    .map((phrase) =>
      phrase
        .replace(/\p{Cc}+/gu, " ")
        .trim()
        .slice(0, maxSpeechChars)
        .toWellFormed(),
    )
    .filter((phrase) => phrase !== "" && phrase !== nothing);
  return [...new Set([...found, ...ownPhrases])].slice(0, maxPhrases);
}

export function choicesFor(question: MindQuestion, skills: readonly SkillName[]): PlanChoices {
  const places = question.rooms.map(({ id }) => id);
  return { skills, places: [...places, ...anchors], phrases: phrasesOf(question.text) };
}

/** The JSON Schema that the server's grammar is made of: enums only, and a bounded list. */
export function formatOf({ skills, places, phrases }: PlanChoices) {
  const step = {
    type: "object",
    properties: {
      skill: { enum: skills },
      place: { enum: [...places, nothing] },
      phrase: { enum: [...phrases, nothing] },
    },
    required: ["skill", "place", "phrase"],
    additionalProperties: false,
  } as const;
  return {
    type: "object",
    properties: {
      verdict: { enum: verdicts },
      steps: { type: "array", items: step, minItems: 0, maxItems: maxPlanSteps },
    },
    required: ["verdict", "steps"],
    additionalProperties: false,
  } as const;
}

/** The same as `formatOf`, for checking what came: a server may ignore the format. */
export function answerSchemaOf({ skills, places, phrases }: PlanChoices) {
  const step = z.strictObject({
    skill: z.enum(skills),
    place: z.enum([...places, nothing]),
    phrase: z.enum([...phrases, nothing]),
  });
  return z.strictObject({
    verdict: z.enum(verdicts),
    steps: z.array(step).max(maxPlanSteps),
  });
}
export type ModelAnswer = z.infer<ReturnType<typeof answerSchemaOf>>;

/** The steps that an answer means; a text says what is wrong with them. */
export function stepsOf(answer: ModelAnswer, rooms: MindQuestion["rooms"]): PlanStep[] | string {
  const steps: PlanStep[] = [];
  for (const [i, { skill, place, phrase }] of answer.steps.entries()) {
    const at = `Step ${i + 1}`;
    switch (skill) {
      case "goto":
        if (place === nothing || place === "house") return `${at}: goto needs one place.`;
        steps.push({ skill, place });
        break;
      case "patrol": {
        if (place === nothing || place === "start") return `${at}: patrol needs a room or house.`;
        const places = place === "house" ? rooms.map(({ id }) => id) : [place];
        if (places.length > 8) return `${at}: the house is too large for one patrol; name rooms.`;
        steps.push({ skill, places });
        break;
      }
      case "say":
        if (phrase === nothing) return `${at}: say needs a phrase.`;
        steps.push({ skill, text: phrase });
        break;
      case "dock":
      case "stop":
        steps.push({ skill });
        break;
      default:
        return skill satisfies never;
    }
  }
  return steps;
}
