import type { PlanStep } from "@timmy/shared/agent/plan";
import type { ActionResult, Evidence, Outcome } from "@timmy/shared/agent/tim-agent";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import { type FloorPlan, roomAt } from "@timmy/shared/map/floor-plan";
import type { Clock } from "@timmy/shared/ports/time";
import { roundTo } from "@timmy/shared/units";
import type { Body } from "./body.ts";
import type { Lease } from "./leases.ts";
import { isStill, type Motion, type Navigator } from "./navigator.ts";
import type { Point } from "./path-planner.ts";
import { placesOf } from "./plan-check.ts";
import type { Voice } from "./voice.ts";

export interface SkillPorts {
  readonly body: Body;
  readonly navigator: Navigator;
  readonly voice: Voice;
  readonly plan: FloorPlan;
  readonly clock: Clock;
  readonly onSpoke: (text: string) => void;
}

export interface SkillContext {
  readonly lease: Lease;
  readonly signal: AbortSignal;
  /** Monotonic milliseconds at which the whole plan has to have ended. */
  readonly untilMs: number;
  /** Where the robot was when it was told. */
  readonly start: Point;
}

/** Metres from a place within which the robot counts as there. */
const thereM = 0.25;

const outcomeOf: Partial<Record<ErrorCode, Outcome>> = {
  stopped: "aborted",
  superseded: "aborted",
  "lease-lost": "aborted",
  "agent-unsure": "aborted",
  "agent-departed": "aborted",
  "no-path": "refused",
  "not-armed": "refused",
  unconfirmed: "unconfirmed",
};

/** Milliseconds after which what the core said last is no measurement any more. */
const evidenceAgeMs = 300;

/** What is measured now, or null when the core is silent. */
export function measure(body: Body, plan: FloorPlan): Evidence | null {
  const view = body.view();
  const ageMs = body.link.latest()?.ageMs ?? Number.POSITIVE_INFINITY;
  if (view === null || ageMs > evidenceAgeMs) return null;
  const { pose, core } = view;
  return {
    xM: roundTo(pose.xM, 3),
    yM: roundTo(pose.yM, 3),
    headingRad: roundTo(pose.headingRad, 3),
    speedMps: roundTo(Math.abs(core.leftMps + core.rightMps) / 2, 3),
    room: roomAt(plan, pose.xM, pose.yM)?.id ?? null,
  };
}

/** The time that a way may take: slow driving, turns, looking for tags, one replan. */
export function timeForWay(lengthM: number): number {
  return Math.round(40_000 + (lengthM / 0.1) * 1000);
}

export function createSkills(ports: SkillPorts) {
  const { body, navigator, voice, plan, clock } = ports;

  function result(
    outcome: Outcome,
    reason: ErrorCode | null,
    sentence: string,
    startMs: number,
  ): ActionResult {
    const evidence = measure(body, plan);
    return { outcome, reason, sentence, evidence, startMs, endMs: clock.monotonicMs() };
  }
  function failure(reason: ErrorCode, startMs: number): ActionResult {
    const stop = body.view()?.core.stopReasons.join(", ") ?? "";
    const details = { stopped: stop, "not-armed": body.armingProblem() };
    const detail = reason === "stopped" || reason === "not-armed" ? details[reason] : "";
    const why = detail === "" ? "" : ` (${detail})`;
    return result(
      outcomeOf[reason] ?? "failed",
      reason,
      `${errorTable[reason].sentence}${why}`,
      startMs,
    );
  }
  async function drive(
    motion: Motion,
    lengthM: number,
    c: SkillContext,
  ): Promise<ErrorCode | null> {
    const timeoutMs = Math.min(timeForWay(lengthM), c.untilMs - clock.monotonicMs());
    return body.drive({ motion, timeoutMs, lease: c.lease, signal: c.signal });
  }
  function nameOf(goal: Point): string {
    const room = plan.rooms.find((r) => r.goal[0] === goal[0] && r.goal[1] === goal[1]);
    if (room !== undefined) return `in the ${room.name}`;
    return goal[0] === plan.dock.x_m && goal[1] === plan.dock.y_m ? "at the dock" : "back";
  }
  async function goTo(goal: Point, c: SkillContext): Promise<ActionResult> {
    const startMs = clock.monotonicMs();
    const from = body.view();
    if (from === null) return failure("link-down", startMs);
    const lengthM = navigator.wayLength([from.pose.xM, from.pose.yM], goal) ?? 0;
    const reason = await drive(navigator.goTo(goal), lengthM, c);
    if (reason !== null) return failure(reason, startMs);
    return arrived(goal, startMs);
  }
  /** `done` only when the place and the standstill were measured. */
  function arrived(goal: Point, startMs: number): ActionResult {
    const view = body.view();
    if (view === null) return failure("link-down", startMs);
    const off = Math.hypot(goal[0] - view.pose.xM, goal[1] - view.pose.yM);
    const speed = Math.max(Math.abs(view.core.leftMps), Math.abs(view.core.rightMps));
    const figures = `${off.toFixed(2)} m from the goal, ${speed.toFixed(2)} m/s measured`;
    if (!isStill(view.core))
      return result("unconfirmed", "unconfirmed", `Not standing still: ${figures}.`, startMs);
    if (!view.localised)
      return result("unconfirmed", "lost", `Not sure to be ${nameOf(goal)}: ${figures}.`, startMs);
    if (off > thereM)
      return result("failed", "no-path", `Not ${nameOf(goal)}: ${figures}.`, startMs);
    return result("done", null, `Arrived ${nameOf(goal)}: ${figures}.`, startMs);
  }
  async function visit(goals: readonly Point[], c: SkillContext): Promise<ActionResult> {
    const startMs = clock.monotonicMs();
    let last: ActionResult | null = null;
    for (const goal of goals) {
      last = await goTo(goal, c);
      if (last.outcome !== "done") return { ...last, startMs };
    }
    if (last === null) return failure("internal", startMs);
    if (goals.length === 1) return { ...last, startMs };
    return { ...last, startMs, sentence: `Patrolled ${goals.length} rooms. ${last.sentence}` };
  }
  return {
    failure,
    drive,
    arrived,
    async perform(step: PlanStep, c: SkillContext): Promise<ActionResult> {
      const startMs = clock.monotonicMs();
      switch (step.skill) {
        case "goto":
        case "dock":
        case "patrol": {
          const goals = placesOf(step, plan, c.start);
          return typeof goals === "string" ? failure("unknown-room", startMs) : visit(goals, c);
        }
        case "say":
          await voice.say(step.text);
          ports.onSpoke(step.text);
          return result("done", null, `Said "${step.text}".`, startMs);
        case "stop":
          return halt("owner", startMs);
        default:
          return step satisfies never;
      }
    },
    halt: (reason: string) => halt(reason, clock.monotonicMs()),
  };
  async function halt(reason: string, startMs: number): Promise<ActionResult> {
    const report = await body.halt("stop", reason);
    const speed = report.speedMps.toFixed(2);
    return report.state === "stopped"
      ? result(
          "done",
          null,
          `Stopped, ${speed} m/s measured. Reset before the next motion.`,
          startMs,
        )
      : result("unconfirmed", "unconfirmed", `Unconfirmed: last ${speed} m/s.`, startMs);
  }
}
export type Skills = ReturnType<typeof createSkills>;
