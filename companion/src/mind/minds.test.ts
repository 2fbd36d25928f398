import { createIds } from "@timmy/shared/ids";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMinds } from "./minds.ts";
import type { ModelMind, ModelPlan } from "./model-mind.ts";
import { checkPlanText } from "./plan-check.ts";
import { choicesFor } from "./plan-format.ts";

const rooms = [{ id: "kitchen", name: "kitchen", aliases: [] }];
const settled = () => new Promise((resolve) => setImmediate(resolve));

function open(plan: ModelMind["plan"]) {
  const time = createVirtualTime();
  const makeId = createIds(time.clock, createRandom(1));
  const asked: string[] = [];
  const minds = createMinds(
    {
      rules: createRulesMind(makeId),
      model: {
        model: "m:1b",
        ready: () => true,
        plan(question, signal) {
          asked.push(question.question.text);
          return plan(question, signal);
        },
      },
      skills: () => ["goto", "say"],
      time,
      logger: createMemoryLogger(),
    },
    { decideMs: 1000, thinkMs: 6000 },
  );
  const decide = (text: string, signal = new AbortController().signal) =>
    minds.decide({ text, rooms }, signal);
  return { time, decide, asked };
}
const never = () => new Promise<ModelPlan>(() => {});

describe("minds", () => {
  it("decide by rules before the deadline when a model hears nothing, not even the signal", async () => {
    const { time, decide } = open(never);
    const answer = decide("go to the kitchen");
    await settled();
    time.advanceTo(1000);
    expect(await answer).toMatchObject({ ok: true, plan: { decided_by: "rules" } });
    expect(time.pending()).toEqual([]);
  });

  it("give a model longer for what the rules do not understand, and no longer than that", async () => {
    const { time, decide } = open(never);
    let answered = false;
    const answer = decide("tidy up a bit").finally(() => {
      answered = true;
    });
    await settled();
    time.advanceTo(1000);
    await settled();
    expect(answered).toBe(false);
    time.advanceTo(6000);
    expect(await answer).toMatchObject({ ok: false, reason: "not-understood", decidedBy: "rules" });
  });

  it("say what the model failed by beside the answer of the rules", async () => {
    const verdicts = [{ check: "schema", passed: false, sentence: "steps.0: no." }] as const;
    const failed = { kind: "failed", code: "model-wrong", sentence: "Twice.", verdicts } as const;
    const { decide } = open(async () => failed);
    expect(await decide("go to the kitchen")).toMatchObject({
      plan: { decided_by: "rules" },
      checks: [...verdicts, { check: "model", passed: false, sentence: "Twice." }],
    });
  });

  it("decide by rules when the model throws, and never let it through", async () => {
    const { decide } = open(() => Promise.reject(new Error("broken")));
    expect(await decide("go to the kitchen")).toMatchObject({ plan: { decided_by: "rules" } });
  });

  it("pass the model's no on as its own", async () => {
    const no = { kind: "declined", code: "mind-declined", sentence: "No.", verdicts: [] } as const;
    const { decide } = open(async () => no);
    expect(await decide("go to the kitchen")).toMatchObject({ ok: false, decidedBy: "model" });
  });

  it.each([
    "stop",
    "do not go to the kitchen",
    "go to the kitchen and chase the cat",
    "turn off the emergency stop",
  ])("never show %j to a model", async (text) => {
    const { decide, asked } = open(never);
    const answer = await decide(text);
    expect(answer.ok ? answer.plan.decided_by : answer.decidedBy).toBe("rules");
    expect(asked).toEqual([]);
  });

  it("answer at once when the question is taken back", async () => {
    const ending = new AbortController();
    const { decide } = open(never);
    const answer = decide("go to the kitchen", ending.signal);
    await settled();
    ending.abort();
    expect(await answer).toMatchObject({ plan: { decided_by: "rules" } });
  });
});

describe("the check of any text", () => {
  const question = { text: "go to the kitchen", rooms };
  const choices = choicesFor(question, ["goto", "say", "patrol", "dock", "stop"]);
  it("ends in a plan of known places, a no, or a sentence, and never throws", () => {
    const steps = fc.array(
      fc.record({
        skill: fc.constantFrom("goto", "say", "patrol", "dock", "stop", "fly"),
        place: fc.constantFrom("kitchen", "start", "house", "none", "moon"),
        phrase: fc.constantFrom("Hello!", "none", "secret"),
      }),
      { maxLength: 6 },
    );
    const near = fc.record({ verdict: fc.constantFrom("plan", "unsafe", "go"), steps });
    const text = fc.oneof(
      near.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string({ unit: "binary", maxLength: 300 }),
    );
    fc.assert(
      fc.property(text, (said) => {
        const found = checkPlanText(said, question, choices, () => null);
        if (found.kind !== "plan") return;
        expect(found.steps.length).toBeLessThanOrEqual(4);
        for (const step of found.steps) {
          if (step.skill === "goto") expect(["kitchen", "start"]).toContain(step.place);
          if (step.skill === "patrol") expect(step.places).toEqual(["kitchen"]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
