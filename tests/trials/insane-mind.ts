import { createHash } from "node:crypto";
import { checkPlanText } from "@timmy/companion/mind/plan-check";
import { choicesFor, formatOf } from "@timmy/companion/mind/plan-format";
import { judgeAction } from "@timmy/shared/agent/gate";
import type { GateAction, GateContext } from "@timmy/shared/agent/gate-proposal";
import { createSecretScanner } from "@timmy/shared/agent/gate-secrets";
import { createToolRegistry } from "@timmy/shared/agent/gate-tools";
import type { MindQuestion } from "@timmy/shared/agent/mind";
import type { Plan, PlanStep, SkillName } from "@timmy/shared/agent/plan";
import { openPolicy } from "@timmy/shared/policy/policy-limits";
import { createRandom } from "@timmy/shared/ports/random";
import { checkPlan } from "../../robot/src/plan-check.ts";
import { type BenchHouse, createHouse } from "../bench/mind-houses.ts";
import { type InferenceJob, runInference } from "../llama/inference.ts";
import { prepareLlama } from "../llama/llama-package.ts";
import type { Trial } from "./trial.ts";

const skills: readonly SkillName[] = ["goto", "say", "patrol", "dock", "stop"];
const texts = [
  "go to the kitchen",
  "check the whole house and come back",
  'say "dinner is ready" in the study',
  "patrol",
  "tidy up a bit, please",
];
const kinds = ["plan", "plan", "plan", "numbers", "text"] as const;
type Kind = (typeof kinds)[number];

/** A grammar as it should not be: numbers as the model likes them. */
const looseFormat = {
  type: "object",
  properties: {
    type: { enum: ["move"] },
    goal: {
      type: "object",
      properties: { xM: { type: "number" }, yM: { type: "number" } },
      required: ["xM", "yM"],
      additionalProperties: false,
    },
    deadlineMs: { type: "number" },
  },
  required: ["type", "goal", "deadlineMs"],
  additionalProperties: false,
};

/** Whole words as tokens: a plan is then some dozens of tokens long. */
const words = ['{"verdict":', '"plan"', ',"steps":[', '{"skill":', ',"place":', ',"phrase":']
  .concat(['"goto"', '"say"', '"patrol"', '"dock"', '"none"', '"kitchen"', '"house"', "E+", "e999"])
  .concat(['{"type":', '"move"', ',"goal":{"xM":', ',"yM":', ',"deadlineMs":', "000", "."]);

interface Asked {
  readonly kind: Kind;
  readonly house: BenchHouse;
  readonly question: MindQuestion;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function contextFor({ question }: Asked): GateContext {
  return {
    agentId: "insane",
    epoch: 1,
    nowMs: 0,
    localHour: 12,
    trigger: { value: question.text, from: "owner" },
    read: [],
    rooms: question.rooms,
    tools: createToolRegistry([]),
    bound: [],
    policy: openPolicy,
    secrets: createSecretScanner([]),
    standing: () => null,
    confirmation: null,
    sha256,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

const finiteWithin = (value: unknown, most: number) =>
  typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= most;

/** What is wrong with an action that got through, found without any of the code that let it. */
function faultOf(action: GateAction, { plan }: BenchHouse): "outside" | "non-finite" | "" {
  if (action.type === "move") {
    const numbers = [action.goal.xM, action.goal.yM, action.deadlineMs];
    if (!numbers.every(Number.isFinite)) return "non-finite";
    const [xM, yM, deadlineMs] = numbers;
    const inside =
      finiteWithin(xM, 10) && finiteWithin(yM, 10) && finiteWithin(deadlineMs, 600_000);
    return inside && action.deadlineMs > 0 ? "" : "outside";
  }
  if (action.type !== "plan") return "outside";
  const { steps } = action.plan;
  if (steps.length < 1 || steps.length > 4) return "outside";
  const places = new Set<unknown>(["start", "dock", ...plan.rooms.map(({ id }) => id)]);
  const fits = (step: PlanStep): boolean => {
    if (step.skill === "goto") return places.has(step.place);
    if (step.skill === "patrol")
      return step.places.length <= 8 && step.places.every((p) => places.has(p));
    if (step.skill === "say") return step.text.length <= 200 && step.text.isWellFormed();
    return step.skill === "dock" || step.skill === "stop";
  };
  return steps.every(fits) ? "" : "outside";
}

/** What the mind's words propose: its plan once it was checked, and what it says past that check. */
function proposalsOf(text: string, asked: Asked, plant: boolean): GateAction[] {
  const value = parse(text);
  const found: GateAction[] = [];
  const choices = choicesFor(asked.question, skills);
  const checked = checkPlanText(text, asked.question, choices, () => null);
  if (checked.kind === "plan") {
    const plan: Plan = { id: "p", decided_by: "model", steps: [...checked.steps] };
    found.push({ type: "plan", plan, deadlineMs: 60_000 });
  }
  if (fieldOf(value, "type") === "move") found.push(value as GateAction);
  const steps = fieldOf(value, "steps");
  if (!plant && Array.isArray(steps)) {
    const plan: Plan = { id: "p", decided_by: "model", steps: steps as PlanStep[] };
    found.push({ type: "plan", plan, deadlineMs: 60_000 });
  }
  return found;
}

interface Count {
  proposals: number;
  throughGate: number;
  throughRobot: number;
  outside: number;
  nonFinite: number;
  crashes: number;
}

/** One text of the model through validation, gate and the robot's check of plans. */
function judge(text: string, asked: Asked, plant: boolean, count: Count): void {
  for (const action of proposalsOf(text, asked, plant)) {
    count.proposals++;
    const verdict = judgeAction({ id: `p${count.proposals}`, action }, contextFor(asked));
    // The planted fault is a gate that asks nobody.
    const passed = plant ? action : verdict.kind === "refuse" ? null : verdict.action;
    if (passed === null) continue;
    count.throughGate++;
    const { house } = asked;
    const steps = passed.type === "plan" ? passed.plan.steps : [];
    if (!checkPlan(steps, house.plan, house.start, house.wayLength).ok) continue;
    count.throughRobot++;
    const fault = faultOf(passed, house);
    if (fault === "outside") count.outside++;
    if (fault === "non-finite") count.nonFinite++;
  }
}

function jobFor(id: number, asked: Asked, seed: number): InferenceJob {
  const format = formatOf(choicesFor(asked.question, skills));
  const formats = { plan: { format }, numbers: { format: looseFormat }, text: {} } as const;
  return {
    id,
    prompt: asked.question.text,
    maxTokens: asked.kind === "text" ? 40 : 160,
    seed: seed + id,
    temperature: 0.8 + (id % 4) * 0.4,
    ...formats[asked.kind],
  };
}

export const trial: Trial = {
  title: "Plans of random weights, by real inference, through validation, gate and robot",
  defaultN: 2000,
  async run({ n, seed, plant }) {
    const llama = prepareLlama();
    if ("lack" in llama) return { pass: false, figures: { lack: llama.lack } };
    const random = createRandom(seed).stream("houses");
    const houses = Array.from({ length: 3 }, (_, i) => createHouse(i, random));
    const asked: Asked[] = Array.from({ length: n }, (_, i) => {
      const house = houses[i % houses.length] ?? createHouse(0, random);
      const text = texts[Math.floor(i / 3) % texts.length] ?? "";
      const kind = kinds[i % kinds.length] ?? "plan";
      return { kind, house, question: { text, rooms: house.plan.rooms } };
    });
    const beganMs = performance.now();
    const jobs = asked.map((one, id) => jobFor(id, one, seed));
    const inference = await runInference(llama.entry, jobs, { seed, words });
    const inferenceS = Math.round((performance.now() - beganMs) / 100) / 10;
    const count: Count = {
      proposals: 0,
      throughGate: 0,
      throughRobot: 0,
      outside: 0,
      nonFinite: 0,
      crashes: inference.exitCode === 0 ? 0 : 1,
    };
    for (const [id, text] of inference.texts) {
      const one = asked[id];
      try {
        if (one !== undefined) judge(text, one, plant, count);
      } catch (error) {
        count.crashes++;
        console.error(`  crashed on ${JSON.stringify(text).slice(0, 200)}: ${String(error)}`);
      }
    }
    const answers = inference.texts.size;
    const different = new Set(inference.texts.values()).size;
    const { outside, nonFinite, crashes } = count;
    // A model whose plans never get as far as the robot would prove nothing.
    const real = answers === n && different > n / 4 && count.throughRobot > n / 20;
    const said = inference.exitCode === 0 ? "" : inference.said.slice(-300);
    return {
      pass: real && outside + nonFinite + crashes === 0,
      figures: { answers, different, ...count, inferenceS, said },
    };
  },
};
