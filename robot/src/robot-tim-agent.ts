import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { Mind } from "@timmy/shared/agent/mind";
import type { Plan } from "@timmy/shared/agent/plan";
import type {
  Action,
  ActionResult,
  AgentIdentity,
  CallOptions,
  Capability,
  Percept,
  StepResult,
  TimAgent,
} from "@timmy/shared/agent/tim-agent";
import type { WorldState } from "@timmy/shared/agent/world-state";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { type FloorPlan, type Pose, roomAt } from "@timmy/shared/map/floor-plan";
import { isStopWord } from "@timmy/shared/mind/stop-words";
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

export interface RobotAgentPorts {
  readonly identity: AgentIdentity;
  readonly body: Body;
  readonly navigator: Navigator;
  readonly skills: Skills;
  readonly mind: Mind;
  readonly memory: AgentStore;
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

export interface RobotCallOptions extends CallOptions {
  readonly lease?: Lease;
  readonly progress?: PlanProgress;
}

export interface RobotTimAgent extends TimAgent {
  act(action: Action, options: RobotCallOptions): Promise<ActionResult>;
}

/** The agent whose body is a robot: the loop of perceive, decide, act, remember. */
export function createRobotTimAgent(ports: RobotAgentPorts): RobotTimAgent {
  const { body, navigator, skills, memory, plan, clock } = ports;
  let heard: WorldState["heard"] = null;
  /** Where the last plan that moved began: what "come back" alone means. */
  let cameFrom: Point | null = null;

  function worldState(): WorldState {
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
      heard,
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
  async function runPlan(todo: Plan, options: RobotCallOptions): Promise<ActionResult> {
    const untilMs = clock.monotonicMs() + options.timeoutMs;
    const start = startOf(todo);
    const verdict = checkPlan(todo.steps, plan, start, navigator.wayLength);
    if (!verdict.ok) return ended("refused", verdict.reason, verdict.sentence);
    const moves = todo.steps.some((step) => step.skill !== "say" && step.skill !== "stop");
    const { mode, stopReason } = worldState();
    if (moves && (mode === "stopped" || mode === "stopping")) {
      return ended("refused", "stopped", `Stopped (${stopReason ?? "unknown"}): reset me first.`);
    }
    if (moves) cameFrom = here();
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

  return {
    identity: ports.identity,
    capabilities: [
      { name: "goto say stop patrol dock", available: true, note: "" },
      { name: "grip", available: false, note: "This body has no gripper." },
    ] satisfies Capability[],
    async perceive(input: Percept) {
      switch (input.type) {
        case "text":
          heard = { text: input.text, from: input.from };
          break;
        case "image":
        case "audio":
        case "sensor":
        case "motion":
        case "network":
        case "internal":
          // The body's own senses are read at each turn of its loop; nothing to add here.
          break;
        default:
          return input satisfies never;
      }
      return worldState();
    },
    async decide(state, options) {
      const asked = state.heard;
      heard = null;
      if (asked === null) return { type: "text", text: "" };
      if (isStopWord(asked.text)) return { type: "stop" };
      const rooms = plan.rooms;
      const answer = await ports.mind.decide({ text: asked.text, rooms }, options.signal);
      if (!answer.ok) return { type: "text", text: answer.sentence, refusal: answer.reason };
      return { type: "plan", plan: answer.plan, deadlineMs: options.timeoutMs };
    },
    async act(action, options) {
      switch (action.type) {
        case "plan":
          return runPlan(action.plan, options);
        case "goto": {
          const steps = [{ skill: "goto" as const, place: action.place }];
          return runPlan({ id: ports.makeId(), decided_by: "owner", steps }, options);
        }
        case "move": {
          const { xM, yM } = action.goal;
          const target: Pose = composePose(body.tracker.belief().pose, { xM, yM, headingRad: 0 });
          const limit = Math.min(action.deadlineMs, timeForWay(Math.hypot(xM, yM)));
          return driveTo([target.xM, target.yM], options, limit);
        }
        case "look":
          return look(action.headingRad, options, action.deadlineMs);
        case "speak":
          return skills.perform(
            { skill: "say", text: action.text },
            {
              lease: ownLease,
              signal: options.signal,
              start: here(),
              untilMs: clock.monotonicMs() + options.timeoutMs,
            },
          );
        case "text":
          return action.refusal === undefined
            ? ended("done", null, action.text)
            : ended("refused", action.refusal, action.text);
        case "stop":
          return skills.halt("owner");
        case "grip":
        case "call":
        case "emit":
        case "sleep":
          return ended("refused", "no-capability", `This body cannot ${action.type}.`);
        default:
          return action satisfies never;
      }
    },
    async remember(key, value, from) {
      memory.remember(key, value, from);
    },
    recall: async (key) => memory.recall(key),
    search: async (query, limit) =>
      memory.search(query, limit).map(({ key, text, from }) => ({ key, value: text, from })),
    async communicate(message) {
      ports.onSpoke(message.text);
    },
    async shutdown() {
      await body.halt("stop", "shutdown");
    },
  };
}
