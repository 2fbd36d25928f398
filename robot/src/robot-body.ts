import type { AgentBody, BodyAction, BodyKind, BodyRefusal } from "@timmy/shared/agent/agent-body";
import type { Plan } from "@timmy/shared/agent/plan";
import type {
  ActionResult,
  ActOptions,
  Capability,
  StepResult,
} from "@timmy/shared/agent/tim-agent";
import type { WorldState } from "@timmy/shared/agent/world-state";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { type FloorPlan, type Pose, roomAt } from "@timmy/shared/map/floor-plan";
import type { Clock } from "@timmy/shared/ports/time";
import { abortReason } from "./abort-reason.ts";
import type { Body } from "./body.ts";
import { ownLease } from "./body.ts";
import type { Lease } from "./leases.ts";
import { composePose } from "./localisation.ts";
import type { Navigator } from "./navigator.ts";
import type { Point } from "./path-planner.ts";
import { checkPlan } from "./plan-check.ts";
import { measure, type Skills, timeForWay } from "./skills.ts";

export interface RobotBodyPorts {
  /** `sim` when the core, the sensors and the house are simulated. */
  readonly kind: Extract<BodyKind, "robot" | "sim">;
  readonly body: Body;
  readonly navigator: Navigator;
  readonly skills: Skills;
  readonly plan: FloorPlan;
  readonly clock: Clock;
  readonly makeId: MakeId;
  readonly onSpoke: (text: string) => void;
}

/** What the robot tells of a plan while it runs. */
export interface PlanProgress {
  readonly planned?: (plan: Plan) => void;
  readonly stepStarted?: (index: number) => void;
  readonly stepEnded?: (index: number, result: ActionResult) => void;
}

export interface RobotCallOptions extends ActOptions {
  readonly lease?: Lease;
  readonly progress?: PlanProgress;
}

const skillNames = ["goto", "say", "stop", "patrol", "dock"];
export const robotCapabilities: readonly Capability[] = [
  ...[...skillNames, "move", "look", "speak"].map((name) => ({ name, available: true, note: "" })),
  { name: "grip", available: false, note: "It has no gripper." },
  { name: "sleep", available: false, note: "It stays awake for its sensors." },
];

/** A robot as a body of the agent: what it senses, and its skills; the same on the simulator. */
export function createRobotBody(ports: RobotBodyPorts): AgentBody<RobotCallOptions> {
  const { body, navigator, skills, plan, clock } = ports;
  /** Where the last plan that moved began: what "come back" alone means. */
  let cameFrom: Point | null = null;

  function sense(): Omit<WorldState, "heard"> {
    const latest = body.link.latest();
    const core = latest?.state;
    const ageMs = latest?.ageMs ?? Number.POSITIVE_INFINITY;
    const { pose } = body.tracker.belief();
    const reading = <T>(value: T, valid = true) => ({ value, ageMs, valid: valid && ageMs < 500 });
    return {
      atMs: clock.monotonicMs(),
      pose: reading(pose, body.tracker.localised()),
      poseSigmaM: body.tracker.sigmaM(),
      room: roomAt(plan, pose.xM, pose.yM)?.id ?? null,
      rangeFrontM: {
        value: core?.rangeFrontM ?? 0,
        ageMs: ageMs + (core?.rangeFrontAgeMs ?? 0),
        valid: core?.rangeFrontValid ?? false,
      },
      speedMps: reading(core === undefined ? 0 : (core.leftMps + core.rightMps) / 2),
      batteryV: reading(core?.batteryV ?? 0),
      mode: core?.mode ?? "boot",
      stopReason:
        core === undefined || core.stopReasons.length === 0 ? null : core.stopReasons.join(", "),
    };
  }
  function ended(
    outcome: ActionResult["outcome"],
    reason: ErrorCode | null,
    sentence: string,
  ): ActionResult {
    const now = clock.monotonicMs();
    return { outcome, reason, sentence, evidence: measure(body, plan), startMs: now, endMs: now };
  }
  const here = (): Point => {
    const { pose } = body.tracker.belief();
    return [pose.xM, pose.yM];
  };

  /** "Come back" within a plan is where it began; as its first way it is where the last one did. */
  function startOf(todo: Plan): Point {
    const first = todo.steps.find((step) => step.skill !== "say" && step.skill !== "stop");
    const back = first?.skill === "goto" && first.place === "start";
    return back && cameFrom !== null ? cameFrom : here();
  }
  const moves = (todo: Plan) =>
    todo.steps.some((step) => step.skill !== "say" && step.skill !== "stop");
  /** Whether a whole plan is possible now, before anything of it moves. */
  function checkSteps(todo: Plan): BodyRefusal | null {
    const verdict = checkPlan(todo.steps, plan, startOf(todo), navigator.wayLength);
    if (!verdict.ok) return { code: verdict.reason, sentence: verdict.sentence };
    const { mode, stopReason } = sense();
    if (!moves(todo) || (mode !== "stopped" && mode !== "stopping")) return null;
    const sentence = `Stopped (${stopReason ?? "unknown"}): reset me first.`;
    return { code: "stopped", sentence };
  }
  async function runPlan(todo: Plan, options: RobotCallOptions): Promise<ActionResult> {
    const untilMs = clock.monotonicMs() + options.timeoutMs;
    const start = startOf(todo);
    if (moves(todo)) cameFrom = here();
    options.progress?.planned?.(todo);
    const startMs = clock.monotonicMs();
    const steps: StepResult[] = [];
    for (const [index, step] of todo.steps.entries()) {
      options.progress?.stepStarted?.(index);
      const { signal } = options;
      const context = { lease: options.lease ?? ownLease, signal, start, untilMs };
      const why = signal.aborted ? abortReason(signal) : null;
      const result =
        why === null
          ? await skills.perform(step, context)
          : ended("aborted", why, errorTable[why].sentence);
      options.progress?.stepEnded?.(index, result);
      steps.push({ step, result });
      if (result.outcome !== "done") return { ...result, startMs, steps };
    }
    const last = steps.at(-1)?.result ?? ended("done", null, "Nothing to do.");
    return { ...last, evidence: measure(body, plan), startMs, steps };
  }
  async function driveTo(
    goal: Point,
    options: RobotCallOptions,
    deadlineMs: number,
  ): Promise<ActionResult> {
    const startMs = clock.monotonicMs();
    if (navigator.wayLength(here(), goal) === null) {
      return ended("refused", "no-path", "There is no free way to that place.");
    }
    const reason = await body.drive({
      motion: navigator.goTo(goal),
      timeoutMs: deadlineMs,
      lease: options.lease ?? ownLease,
      signal: options.signal,
    });
    return reason === null ? skills.arrived(goal, startMs) : skills.failure(reason, startMs);
  }
  async function look(
    headingRad: number,
    options: RobotCallOptions,
    deadlineMs: number,
  ): Promise<ActionResult> {
    const startMs = clock.monotonicMs();
    const motion = navigator.turnTo(headingRad);
    const order = {
      motion,
      timeoutMs: deadlineMs,
      lease: options.lease ?? ownLease,
      signal: options.signal,
    };
    const reason = await body.drive(order);
    return reason === null ? ended("done", null, "Turned.") : skills.failure(reason, startMs);
  }

  const gotoPlan = (place: string): Plan => ({
    id: ports.makeId(),
    decided_by: "owner",
    steps: [{ skill: "goto", place }],
  });
  async function perform(action: BodyAction, options: RobotCallOptions): Promise<ActionResult> {
    switch (action.type) {
      case "plan":
        return runPlan(action.plan, options);
      case "goto":
        return runPlan(gotoPlan(action.place), options);
      case "move": {
        const { xM, yM } = action.goal;
        const target: Pose = composePose(body.tracker.belief().pose, { xM, yM, headingRad: 0 });
        const limit = Math.min(action.deadlineMs, timeForWay(Math.hypot(xM, yM)));
        return driveTo([target.xM, target.yM], options, limit);
      }
      case "look":
        return look(action.headingRad, options, action.deadlineMs);
      case "speak": {
        const untilMs = clock.monotonicMs() + options.timeoutMs;
        const context = { lease: ownLease, signal: options.signal, start: here(), untilMs };
        return skills.perform({ skill: "say", text: action.text }, context);
      }
      case "stop":
        return skills.halt("owner");
      case "grip":
      case "sleep":
        return ended("refused", "no-capability", `This body cannot ${action.type}.`);
      default:
        return action satisfies never;
    }
  }
  return {
    kind: ports.kind,
    capabilities: robotCapabilities,
    sense,
    // The body's own senses are read at each turn of its loop; nothing to add here.
    notice() {},
    check(action) {
      if (action.type === "plan") return checkSteps(action.plan);
      return action.type === "goto" ? checkSteps(gotoPlan(action.place)) : null;
    },
    perform,
    evidence: () => measure(body, plan),
    async tell(message) {
      ports.onSpoke(message.text);
    },
    async stop() {
      await body.halt("stop", "shutdown");
    },
  };
}
