import { describeStep, type Plan, type PlanStep } from "@timmy/shared/agent/plan";
import type { ActionResult } from "@timmy/shared/agent/tim-agent";
import type { ErrorCode } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { roundTo } from "@timmy/shared/units";
import type { Answer } from "./commands.ts";
import { createLease, type Lease } from "./leases.ts";
import type { Reporter } from "./reporter.ts";
import type { RobotTimAgent } from "./robot-tim-agent.ts";

export interface TaskPorts {
  readonly agent: RobotTimAgent;
  readonly reporter: Reporter;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly logger: Logger;
}

interface Task {
  readonly id: string;
  readonly instruction: string;
  readonly who: string;
  readonly lease: Lease;
  readonly abort: AbortController;
  readonly startMs: number;
  readonly moves: boolean;
  plan: Plan | null;
  step: number;
}

/** The deadline of a whole plan; each motion has a tighter one of its own. */
const planTimeoutMs = 600_000;

/** One instruction at a time: the newest takes the place of the one before, a stop ends it. */
export function createTasks(ports: TaskPorts) {
  const { agent, reporter, time, makeId, logger } = ports;
  let current: Task | null = null;

  function tell(
    task: Task,
    phase: EventPayload<"task">["phase"],
    result: ActionResult | null,
  ): void {
    const now = time.clock.monotonicMs();
    const steps = task.plan?.steps ?? [];
    reporter.event("task", {
      task_id: task.id,
      phase,
      instruction: task.instruction.slice(0, 600),
      who: task.who,
      decided_by: task.plan?.decided_by ?? "rules",
      steps: steps.map((step) => describeStep(step).slice(0, 240)),
      step: task.step,
      outcome: result?.outcome ?? null,
      reason: result?.reason ?? null,
      sentence: (result?.sentence ?? "").slice(0, 400),
      x_m: result?.evidence?.xM ?? null,
      y_m: result?.evidence?.yM ?? null,
      speed_mps: result?.evidence?.speedMps ?? null,
      room: result?.evidence?.room ?? null,
      duration_s: roundTo((result === null ? 0 : now - result.startMs) / 1000, 1),
    });
  }
  function begin(instruction: string, who: string, holder: string | null, moves: boolean): Task {
    const startMs = time.clock.monotonicMs();
    return {
      id: makeId(),
      instruction,
      who,
      lease: createLease(holder, startMs),
      abort: new AbortController(),
      startMs,
      moves,
      plan: null,
      step: 0,
    };
  }
  function finish(task: Task, result: ActionResult): void {
    if (current === task) current = null;
    logger.info("task ended", {
      task_id: task.id,
      outcome: result.outcome,
      reason: result.reason,
      sentence: result.sentence,
    });
    tell(task, "ended", result);
  }
  /** Answers as soon as the plan is admitted or refused; the rest goes out as events. */
  function perform(task: Task, plan: Plan): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    task.plan = plan;
    agent
      .act(
        { type: "plan", plan, deadlineMs: planTimeoutMs },
        {
          signal: task.abort.signal,
          timeoutMs: planTimeoutMs,
          lease: task.lease,
          progress: {
            planned() {
              if (task.moves) {
                current?.abort.abort();
                current = task;
              }
              tell(task, "planned", null);
              const sentence = plan.steps.map(describeStep).join(", then ");
              resolve({ ok: true, code: null, sentence: `I will ${sentence}.`, taskId: task.id });
            },
            stepStarted(index) {
              task.step = index;
              tell(task, "step-started", null);
            },
            stepEnded: (_index, result) => tell(task, "step-ended", result),
          },
        },
      )
      .then((result) => {
        finish(task, result);
        const { reason: code, sentence } = result;
        resolve({ ok: result.outcome === "done", code, sentence, taskId: task.id });
      })
      .catch((error: unknown) => {
        logger.error("task failed", { task_id: task.id, error: String(error) });
        resolve({ ok: false, code: "internal", sentence: "Something in Timmy is wrong." });
      });
    return promise;
  }
  return {
    async hear(
      text: string,
      who: string,
      holder: string | null,
      deadlineMs: number,
    ): Promise<Answer> {
      const timeoutMs = Math.max(0, deadlineMs - time.clock.wallMs());
      const options = { signal: new AbortController().signal, timeoutMs };
      const state = await agent.perceive({ type: "text", text, from: "owner", who }, options);
      const action = await agent.decide(state, options);
      const moves =
        action.type === "plan" && action.plan.steps.some((step) => step.skill !== "say");
      const task = begin(text, who, holder, moves);
      if (action.type === "plan") return perform(task, action.plan);
      if (action.type === "stop") {
        task.plan = { id: task.id, decided_by: "reflex", steps: [{ skill: "stop" }] };
        tell(task, "planned", null);
        current?.abort.abort();
      }
      const result = await agent.act(action, options);
      finish(task, result);
      const { reason: code, sentence } = result;
      const speedMps = result.evidence?.speedMps ?? null;
      return { ok: result.outcome === "done", code, sentence, taskId: task.id, speedMps };
    },
    plan(steps: readonly PlanStep[], who: string, holder: string | null): Promise<Answer> {
      const words = steps.map(describeStep).join(", then ");
      const task = begin(
        words,
        who,
        holder,
        steps.some((step) => step.skill !== "say"),
      );
      return perform(task, { id: task.id, decided_by: "owner", steps: [...steps] });
    },
    renew(lease: string): void {
      current?.lease.renew(lease, time.clock.monotonicMs());
    },
    abort(why: ErrorCode): void {
      if (current === null) return;
      logger.info("task aborted", { task_id: current.id, why });
      current.abort.abort();
    },
    current: () => current,
    doing(): string {
      const step = current?.plan?.steps[current.step];
      return step === undefined ? "" : describeStep(step).slice(0, 160);
    },
  };
}
export type Tasks = ReturnType<typeof createTasks>;
