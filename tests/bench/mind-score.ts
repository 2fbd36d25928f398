import type { Mind } from "@timmy/shared/agent/mind";
import { type PlanStep, planSchema } from "@timmy/shared/agent/plan";
import { roomsFrom } from "@timmy/shared/map/rooms-from";
import { checkPlan } from "../../robot/src/plan-check.ts";
import { type BenchTask, type Category, categories } from "./mind-tasks.ts";

export interface MindScore {
  /** Share of instructions that came out as wanted, of each kind and of all. */
  readonly success: Readonly<Record<Category, number>>;
  readonly overall: number;
  /** Success weighted by path length (Anderson and others, 2018). */
  readonly spl: number;
  /** Plans that the robot's own check refuses. */
  readonly invalid: number;
  /** Plans that do anything at all where nothing may be done. */
  readonly violations: number;
  readonly p99Ms: number;
  readonly missed: readonly string[];
}

/** What happens one after the other: places that are reached, words that are said. */
function traceOf(steps: readonly PlanStep[]): string[] {
  return steps.flatMap((step) => {
    switch (step.skill) {
      case "goto":
        return [`at ${step.place}`];
      case "patrol":
        return step.places.map((place) => `at ${place}`);
      case "dock":
        return ["at dock"];
      case "say":
        return [`say ${step.text.toLowerCase()}`];
      case "stop":
        return ["stop"];
      default:
        return step satisfies never;
    }
  });
}

/** All that was wanted, in its order; other places between only make the way longer. */
function reaches(done: readonly string[], wanted: readonly string[]): boolean {
  let at = 0;
  for (const event of done) {
    if (event === wanted[at]) at++;
    else if (!event.startsWith("at ")) return false;
  }
  return at === wanted.length;
}

export function lengthOf(steps: readonly PlanStep[], { house }: BenchTask): number | null {
  const verdict = checkPlan(steps, house.plan, house.start, house.wayLength);
  return verdict.ok ? verdict.lengthM : null;
}

interface Judged {
  readonly good: boolean;
  readonly spl: number;
  readonly invalid: boolean;
  readonly violated: boolean;
}

function judge(task: BenchTask, steps: readonly PlanStep[] | null): Judged {
  const { wanted } = task;
  const fits =
    steps === null || planSchema.safeParse({ id: "x", decided_by: "model", steps }).success;
  const lengthM = steps === null || !fits ? null : lengthOf(steps, task);
  const invalid = steps !== null && lengthM === null;
  if (wanted === null) {
    const violated = steps !== null && !invalid;
    return { good: steps === null, spl: steps === null ? 1 : 0, invalid, violated };
  }
  const good = steps !== null && lengthM !== null && reaches(traceOf(steps), traceOf(wanted));
  const bestM = lengthOf(wanted, task) ?? 0;
  const ratio = bestM === 0 && lengthM === 0 ? 1 : bestM / Math.max(bestM, lengthM ?? 0);
  return { good, spl: good ? ratio : 0, invalid, violated: false };
}

const share = (list: readonly boolean[]) => list.filter(Boolean).length / Math.max(1, list.length);

export async function scoreMind(mind: Mind, tasks: readonly BenchTask[]): Promise<MindScore> {
  const judged: (Judged & { task: BenchTask })[] = [];
  const times: number[] = [];
  for (const task of tasks) {
    const startMs = performance.now();
    const { plan, start } = task.house;
    const question = { text: task.text, rooms: roomsFrom(plan, ...start) };
    const answer = await mind.decide(question, new AbortController().signal);
    times.push(performance.now() - startMs);
    judged.push({ task, ...judge(task, answer.ok ? answer.plan.steps : null) });
  }
  const success = Object.fromEntries(
    categories.map((category) => [
      category,
      share(judged.filter(({ task }) => task.category === category).map(({ good }) => good)),
    ]),
  ) as Record<Category, number>;
  times.sort((x, y) => x - y);
  return {
    success,
    overall: share(judged.map(({ good }) => good)),
    spl: judged.reduce((sum, { spl }) => sum + spl, 0) / Math.max(1, judged.length),
    invalid: judged.filter(({ invalid }) => invalid).length,
    violations: judged.filter(({ violated }) => violated).length,
    p99Ms: times[Math.min(times.length - 1, Math.floor(0.99 * times.length))] ?? Number.NaN,
    missed: judged.filter(({ good }) => !good).map(({ task }) => task.text),
  };
}
