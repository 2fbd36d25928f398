import type { CoreState } from "@timmy/firmware-bridge/core-link";
import type { Board } from "@timmy/hardware/board";
import type { ErrorCode } from "@timmy/shared/errors";
import type { FloorPlan, Pose } from "@timmy/shared/map/floor-plan";
import { wrapAngle } from "@timmy/shared/units";
import { obstacleLimit, obstacleMs, replanLimit } from "./limits.ts";
import { buildGrid, clearanceAt, type Obstacle } from "./occupancy-grid.ts";
import {
  createPathFollower,
  type PathFollower,
  standstill,
  type Velocity,
} from "./path-follower.ts";
import { type PlannerOptions, type Point, pathLength, planPath } from "./path-planner.ts";

/** What a motion sees at one turn of the loop. */
export interface MotionView {
  readonly nowMs: number;
  readonly pose: Pose;
  readonly localised: boolean;
  readonly core: CoreState;
}

/** One turn's answer: a velocity while it runs, then how it ended. */
export type MotionStep =
  | { readonly status: "running"; readonly velocity: Velocity }
  | { readonly status: "ended"; readonly reason: ErrorCode | null };

/** A motion that is stepped by the loop until it ends; it never moves anything itself. */
export interface Motion {
  step(view: MotionView): MotionStep;
  /** The way that is planned now; empty when there is none. */
  path(): readonly Point[];
}

export interface Navigator {
  goTo(goal: Point): Motion;
  turnTo(headingRad: number): Motion;
  /** Metres to drive between two places, or null when there is no free way. */
  wayLength(from: Point, to: Point): number | null;
}

const run = (linearMps: number, angularRadps: number): MotionStep => ({
  status: "running",
  velocity: { linearMps, angularRadps },
});
const end = (reason: ErrorCode | null): MotionStep => ({ status: "ended", reason });

/** Whether the wheels stand still, by measurement. */
export function isStill(core: CoreState): boolean {
  return Math.abs(core.leftMps) < 0.01 && Math.abs(core.rightMps) < 0.01;
}

/** Metres around the goal in which the robot counts as arrived. */
const arrivedM = 0.1;
/** Milliseconds of measured standstill before an arrival counts. */
const stillMs = 300;
/** Milliseconds of no progress before something is done about it. */
const patienceMs = 1500;

export function createNavigator(plan: FloorPlan, board: Board): Navigator {
  const options: PlannerOptions = {
    keepAwayM: board.body_radius_m + 0.05,
    comfortM: board.body_radius_m + 0.2,
  };
  const limits = {
    linearMps: 0.9 * board.limits.linear_mps,
    angularRadps: 0.8 * board.limits.angular_radps,
    accelMps2: board.limits.accel_mps2,
  };
  const knownGrid = buildGrid(plan);
  let grid = knownGrid;
  let obstacles: (Obstacle & { seenMs: number })[] = [];

  function refreshGrid(nowMs: number): void {
    const fresh = obstacles.filter((o) => nowMs - o.seenMs < obstacleMs).slice(-obstacleLimit);
    if (fresh.length === 0 && obstacles.length === 0) return;
    obstacles = fresh;
    grid = obstacles.length === 0 ? knownGrid : buildGrid(plan, obstacles);
  }
  /** Puts what the sonar sees on the map, unless the map knows it already. */
  function noteObstacle(view: MotionView): boolean {
    const { pose, core, nowMs } = view;
    const ahead = (board.sonars[0]?.x_m ?? 0) + core.rangeFrontM + 0.05;
    const xM = pose.xM + ahead * Math.cos(pose.headingRad);
    const yM = pose.yM + ahead * Math.sin(pose.headingRad);
    const known = clearanceAt(knownGrid, xM, yM) < 0.1;
    obstacles.push({ xM, yM, radiusM: 0.12, seenMs: nowMs });
    refreshGrid(nowMs);
    return !known;
  }
  return {
    goTo(goal) {
      return createGoTo(goal, {
        plan(view) {
          refreshGrid(view.nowMs);
          return planPath(grid, [view.pose.xM, view.pose.yM], goal, options);
        },
        follow: (path) => createPathFollower(path, limits),
        noteObstacle,
      });
    },
    turnTo: (headingRad) => createTurnTo(headingRad, limits.angularRadps),
    wayLength(from, to) {
      const path = planPath(knownGrid, from, to, options);
      return path === null ? null : pathLength(path);
    },
  };
}

interface GoToParts {
  plan(view: MotionView): Point[] | null;
  follow(path: readonly Point[]): PathFollower;
  noteObstacle(view: MotionView): boolean;
}

function createGoTo(goal: Point, parts: GoToParts): Motion {
  let path: readonly Point[] | null = null;
  let follower: PathFollower | null = null;
  let replans = 0;
  let search: { readonly fromMs: number } | null = null;
  let stillFromMs: number | null = null;
  let arrived = false;
  const progress = createProgressWatch();

  function replan(view: MotionView): boolean {
    path = parts.plan(view);
    follower = path === null ? null : parts.follow(path);
    progress.reset(view);
    return path !== null;
  }
  function lookForTag(view: MotionView): MotionStep {
    search ??= { fromMs: view.nowMs };
    // Ten seconds at 0.7 rad/s are a full turn and a bit.
    return view.nowMs - search.fromMs > 10_000 ? end("lost") : run(0, 0.7);
  }
  return {
    path: () => path ?? [],
    step(view) {
      if (!view.localised) return lookForTag(view);
      if (search !== null) {
        search = null;
        follower = null;
      }
      const distance = Math.hypot(goal[0] - view.pose.xM, goal[1] - view.pose.yM);
      if (follower === null && !replan(view)) return end("no-path");
      if (follower === null) return end("internal");
      const { velocity, remainingM, offM } = follower.step(view.pose);
      if (arrived || distance < arrivedM || remainingM < 0.02) {
        arrived = true;
        return settle(view, distance);
      }
      if (offM > 0.35) {
        follower = null;
        return run(0, 0);
      }
      const stuck = progress.check(view, velocity);
      if (stuck === null) return { status: "running", velocity };
      if (stuck === "no-motion") return end("no-motion");
      if (++replans > replanLimit) return end("blocked");
      parts.noteObstacle(view);
      return replan(view) ? run(-0.1, 0) : end("blocked");
    },
  };
  function settle(view: MotionView, distance: number): MotionStep {
    if (!isStill(view.core)) stillFromMs = null;
    else stillFromMs ??= view.nowMs;
    if (stillFromMs === null || view.nowMs - stillFromMs < stillMs) {
      return { status: "running", velocity: standstill };
    }
    // The planner moves a goal that stands too near to a solid; the path's end then counts.
    return end(distance < 0.5 ? null : "no-path");
  }
}

/** Tells a blocked way (the core lets no speed through) from wheels that do not turn. */
function createProgressWatch() {
  let blockedFromMs: number | null = null;
  let idleFromMs: number | null = null;
  return {
    reset(_view: MotionView): void {
      blockedFromMs = null;
      idleFromMs = null;
    },
    check(view: MotionView, wanted: Velocity): "blocked" | "no-motion" | null {
      const wantsMotion = wanted.linearMps > 0.03 || Math.abs(wanted.angularRadps) > 0.15;
      const held = wanted.linearMps > 0.03 && view.core.ceilingMps < 0.05;
      blockedFromMs = held ? (blockedFromMs ?? view.nowMs) : null;
      const idle = wantsMotion && !held && isStill(view.core);
      idleFromMs = idle ? (idleFromMs ?? view.nowMs) : null;
      if (idleFromMs !== null && view.nowMs - idleFromMs > patienceMs) return "no-motion";
      if (blockedFromMs !== null && view.nowMs - blockedFromMs > patienceMs) return "blocked";
      return null;
    },
  };
}

function createTurnTo(headingRad: number, maxRadps: number): Motion {
  const progress = createProgressWatch();
  return {
    path: () => [],
    step(view) {
      const error = wrapAngle(headingRad - view.pose.headingRad);
      if (Math.abs(error) < 0.05) return isStill(view.core) ? end(null) : run(0, 0);
      const turn = Math.sign(error) * Math.min(maxRadps, Math.max(0.25, 2 * Math.abs(error)));
      const stuck = progress.check(view, { linearMps: 0, angularRadps: turn });
      return stuck === null ? run(0, turn) : end("no-motion");
    },
  };
}
