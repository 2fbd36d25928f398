import type { Proposed, ProposedBy } from "@timmy/shared/agent/agent-loop";
import { describeStep, type Plan, type PlanStep } from "@timmy/shared/agent/plan";
import { outranks, rankOfWords } from "@timmy/shared/agent/provenance";
import type { Action, ActionResult, Outcome, Provenance } from "@timmy/shared/agent/tim-agent";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { roundTo } from "@timmy/shared/units";
import { abortReason } from "./abort-reason.ts";
import type { Answer } from "./commands.ts";
import { createLease, type Lease } from "./leases.ts";
import type { Reporter } from "./reporter.ts";
import type { PlanProgress, RobotCallOptions } from "./robot-body.ts";
import type { RobotTimAgent } from "./robot-tim-agent.ts";
import type { TaskJournal } from "./task-journal.ts";

export interface TaskPorts {
  readonly agent: RobotTimAgent;
  readonly reporter: Reporter;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly logger: Logger;
  readonly journal: TaskJournal;
  /** Resolves once it is known whether the agent acts here, or when a proposal has waited enough. */
  readonly settled: () => Promise<void>;
}

interface Task {
  readonly id: string;
  readonly instruction: string;
  readonly who: string;
  readonly lease: Lease;
  readonly abort: AbortController;
  readonly startMs: number;
  /** Milliseconds that the whole of it may take. */
  readonly timeoutMs: number;
  plan: Plan | null;
  step: number;
  /** What it reads or writes of the memory is told to whoever asked, and to nobody else. */
  quiet: boolean;
  /** What it may take the place of. */
  readonly rank: Provenance;
}

/** What every command says of itself. */
export interface Told {
  readonly who: string;
  /** The holder of the motion's lease, or null. */
  readonly lease: string | null;
  /** Wall milliseconds. */
  readonly deadlineMs: number;
  /** How far whoever said it is trusted. */
  readonly from: Provenance;
  /** It came in clear, under a name that everybody can use. */
  readonly inClear?: boolean;
}

type PlanAction = Extract<Action, { readonly type: "plan" }>;

/** Speaking goes on beside a motion; everything else takes its place. */
const movesBody = (steps: readonly PlanStep[]) => steps.some((step) => step.skill !== "say");

/** The deadline of a whole plan; each motion has a tighter one of its own. */
const planTimeoutMs = 600_000;

/** One instruction at a time: the newest takes the place of the one before, a stop ends it. */
export function createTasks(ports: TaskPorts) {
  const { agent, reporter, time, makeId, logger, journal } = ports;
  const waiting = new Set<Task>();
  /** Motions that no plan was made for: a turn, a distance. A stop and a newer task end them too. */
  const bare = new Set<Task>();
  let current: Task | null = null;

  function tell(
    task: Task,
    phase: EventPayload<"task">["phase"],
    result: ActionResult | null,
  ): void {
    if (task.quiet) return;
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
  function begin(instruction: string, command: Told): Task {
    const startMs = time.clock.monotonicMs();
    // A lease bounds a motion by itself; without one the command's own deadline does.
    const timeoutMs =
      command.lease === null ? command.deadlineMs - time.clock.wallMs() : planTimeoutMs;
    return {
      id: makeId(),
      instruction,
      who: command.who,
      lease: createLease(command.lease, startMs),
      abort: new AbortController(),
      startMs,
      timeoutMs: Math.max(0, Math.min(planTimeoutMs, timeoutMs)),
      plan: null,
      step: 0,
      quiet: false,
      rank: rankOfWords(command),
    };
  }
  function finish(task: Task, result: ActionResult): Answer {
    if (current === task) {
      current = null;
      journal.end();
    }
    const { outcome, reason } = result;
    const words = task.quiet ? {} : { sentence: result.sentence };
    logger.info("task ended", { task_id: task.id, outcome, reason, ...words });
    tell(task, "ended", result);
    const { sentence } = result;
    const code = reason;
    const speedMps = result.evidence?.speedMps ?? null;
    return { ok: result.outcome === "done", code, sentence, taskId: task.id, speedMps };
  }
  /** What was heard earlier from such a rank or a lower one, and is still thought about, is not done. */
  function dropWaiting(why: ErrorCode, rank: Provenance = "owner"): void {
    for (const task of waiting) if (!outranks(task.rank, rank)) task.abort.abort(why);
  }
  function resultOf({ startMs }: Task, outcome: Outcome, reason: ErrorCode): ActionResult {
    const { sentence } = errorTable[reason];
    return { outcome, reason, sentence, evidence: null, startMs, endMs: time.clock.monotonicMs() };
  }
  function ended(task: Task, outcome: Outcome, reason: ErrorCode): Answer {
    return finish(task, resultOf(task, outcome, reason));
  }
  function takeOver(task: Task, plan: Plan): void {
    current?.abort.abort("superseded");
    for (const other of bare) if (other !== task) other.abort.abort("superseded");
    current = task;
    journal.begin({
      task_id: task.id,
      instruction: task.instruction.slice(0, 200),
      who: task.who.slice(0, 64),
      decided_by: plan.decided_by,
      steps: plan.steps.map((step) => describeStep(step).slice(0, 200)),
      step: 0,
    });
  }
  /** What is told of a task while its plan runs. */
  const progressOf = (task: Task, onPlanned: (plan: Plan) => void): PlanProgress => ({
    planned(plan) {
      task.plan = plan;
      if (movesBody(plan.steps)) takeOver(task, plan);
      tell(task, "planned", null);
      onPlanned(plan);
    },
    stepStarted(index) {
      task.step = index;
      tell(task, "step-started", null);
    },
    stepEnded: (_index, result) => tell(task, "step-ended", result),
  });
  /** Answers as soon as the plan is admitted or refused; the rest goes out as events. */
  function perform(task: Task, action: PlanAction, from: Provenance): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    task.plan = action.plan;
    const progress = progressOf(task, ({ steps }) => {
      const sentence = steps.map(describeStep).join(", then ");
      resolve({ ok: true, code: null, sentence: `I will ${sentence}.`, taskId: task.id });
    });
    const { timeoutMs, lease } = task;
    const options = { signal: task.abort.signal, timeoutMs, lease, progress, from };
    agent
      .act(action, options)
      .then((result) => resolve(finish(task, result)))
      .catch((error: unknown) => {
        logger.error("task failed", { task_id: task.id, error: String(error) });
        resolve(ended(task, "failed", "internal"));
      });
    return promise;
  }
  /**
   * A task that began elsewhere: another mind's proposal, or the owner's yes to one. It has no lease,
   * so its deadline bounds it. What is refused is no task: nobody sees a plan of it.
   */
  async function carry(
    instruction: string,
    who: string,
    signal: AbortSignal,
    run: (options: RobotCallOptions) => Promise<Proposed>,
  ): Promise<Proposed> {
    const deadlineMs = time.clock.wallMs() + planTimeoutMs;
    const task = begin(instruction, { who, lease: null, deadlineMs, from: "agent" });
    const progress = progressOf(task, () => {});
    const both = AbortSignal.any([signal, task.abort.signal]);
    const { timeoutMs, lease } = task;
    waiting.add(task);
    await ports.settled();
    waiting.delete(task);
    const { signal: dropped } = task.abort;
    if (dropped.aborted)
      return { result: resultOf(task, "aborted", abortReason(dropped)), checks: [] };
    bare.add(task);
    try {
      const done = await run({ signal: both, timeoutMs, lease, progress });
      if (task.plan !== null) finish(task, done.result);
      return done;
    } catch (error) {
      if (task.plan !== null) ended(task, "failed", "internal");
      throw error;
    } finally {
      bare.delete(task);
    }
  }
  return {
    propose: (action: unknown, by: ProposedBy, signal: AbortSignal): Promise<Proposed> =>
      carry(by.trigger.value, by.who, signal, (options) => agent.propose(action, by, options)),
    confirm: (
      digest: string,
      yes: boolean,
      who: string,
      signal: AbortSignal,
    ): Promise<Proposed> => {
      const words = agent.waiting().find((one) => one.digest === digest)?.sentence ?? "";
      return carry(words, who, signal, (options) => agent.confirm(digest, yes, who, options));
    },
    async hear(text: string, command: Told): Promise<Answer> {
      const task = begin(text, command);
      // The newest word counts: an older one that is still being thought about is dropped, unless it
      // was said by somebody who may more. A stop is not thought about, and nothing takes its place.
      dropWaiting("superseded", task.rank);
      if (!isStopWord(text)) waiting.add(task);
      const options = { signal: task.abort.signal, timeoutMs: task.timeoutMs };
      let action: Action;
      try {
        const { who, from, inClear = false } = command;
        const percept = { type: "text", text, from, who, ...(inClear ? { inClear } : {}) } as const;
        const state = await agent.perceive(percept, options);
        action = await agent.decide(state, options);
      } finally {
        waiting.delete(task);
      }
      // Nothing that was asked before a stop happens after it, however long a mind thought.
      if (task.abort.signal.aborted) return ended(task, "aborted", abortReason(task.abort.signal));
      if (action.type === "plan") return perform(task, action, command.from);
      if (action.type === "stop") {
        task.plan = { id: task.id, decided_by: "reflex", steps: [{ skill: "stop" }] };
        tell(task, "planned", null);
        current?.abort.abort("stopped");
      }
      // What waits for a yes is shown in answer to it, and may be about the memory.
      const isShown = action.type === "text" && action.refusal === "needs-owner";
      task.quiet = action.type === "call" || isShown;
      bare.add(task);
      const { lease } = task;
      const progress = progressOf(task, () => {});
      const acted = agent.act(action, { ...options, lease, progress });
      return finish(task, await acted.finally(() => bare.delete(task)));
    },
    plan(steps: readonly PlanStep[], command: Told): Promise<Answer> {
      const task = begin(steps.map(describeStep).join(", then "), command);
      if (movesBody(steps)) dropWaiting("superseded");
      const plan: Plan = { id: task.id, decided_by: "owner", steps: [...steps] };
      const deadlineMs = Math.max(1, task.timeoutMs);
      return perform(task, { type: "plan", plan, deadlineMs }, command.from);
    },
    renew(lease: string): void {
      current?.lease.renew(lease, time.clock.monotonicMs());
    },
    dropWaiting,
    abort(why: ErrorCode): void {
      dropWaiting(why);
      for (const task of bare) task.abort.abort(why);
      if (current === null) return;
      logger.info("task aborted", { task_id: current.id, why });
      current.abort.abort(why);
    },
    /** Says of a task that a process before this one did not bring to its end that it ended. */
    closeOrphan(): void {
      const orphan = journal.orphan();
      if (orphan === null) return;
      journal.end();
      reporter.event("task", {
        ...orphan,
        phase: "ended",
        outcome: "aborted",
        reason: "robot-away",
        sentence: "The robot's process ended in the middle of it.",
        x_m: null,
        y_m: null,
        speed_mps: null,
        room: null,
        duration_s: 0,
      });
    },
    current: () => current,
    doing(): string {
      const step = current?.plan?.steps[current.step];
      return step === undefined ? "" : describeStep(step).slice(0, 160);
    },
  };
}
export type Tasks = ReturnType<typeof createTasks>;
