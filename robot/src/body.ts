import type {
  CoreLink,
  CoreState,
  LinkOutcome,
  StopReport,
} from "@timmy/firmware-bridge/core-link";
import type { Board } from "@timmy/hardware/board";
import type { ErrorCode } from "@timmy/shared/errors";
import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { clamp } from "@timmy/shared/units";
import { abortReason } from "./abort-reason.ts";
import { createLease, type Lease } from "./leases.ts";
import { idleDisarmMs, loopPeriodMs, setPointTtlMs } from "./limits.ts";
import { isStill, type Motion, type MotionView } from "./navigator.ts";
import { standstill, type Velocity } from "./path-follower.ts";
import type { Point } from "./path-planner.ts";
import { createPoseTracker, type PoseTracker, type StartPose } from "./pose-tracker.ts";
import type { TagSensor } from "./tag-sensor.ts";

export interface BodyPorts {
  readonly link: CoreLink;
  readonly tags: TagSensor;
  readonly time: Time;
  readonly logger: Logger;
  readonly plan: FloorPlan;
  readonly board: Board;
  readonly start: StartPose;
}

export interface MotionOrder {
  readonly motion: Motion;
  /** Milliseconds from now; mandatory for every motion. */
  readonly timeoutMs: number;
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

/** The body: turns motions into set-points that expire, and says what was measured. */
export interface Body {
  start(): void;
  stop(): Promise<void>;
  /** Runs a motion until it ends; null when it arrived, otherwise why it did not. */
  drive(order: MotionOrder): Promise<ErrorCode | null>;
  /** Drive by hand: a velocity until `untilMs` (monotonic), then standstill. */
  driveByHand(velocity: Velocity, untilMs: number): Promise<LinkOutcome>;
  halt(kind: "stop" | "estop", reason: string): Promise<StopReport>;
  reset(generation: number): Promise<LinkOutcome>;
  view(): MotionView | null;
  readonly tracker: PoseTracker;
  readonly link: CoreLink;
  path(): readonly Point[];
  /** A broker that went away ends every motion: nobody could stop it through there. */
  setBusUp(up: boolean): void;
  odometerM(): number;
  moving(): boolean;
  /** The sentence of the arming check that failed last, or empty. */
  armingProblem(): string;
}

interface Running extends MotionOrder {
  readonly deadlineMs: number;
  readonly finish: (reason: ErrorCode | null) => void;
  /** Whether a state since its beginning said that the core is armed. */
  armedSeen: boolean;
}

export function createBody(ports: BodyPorts): Body {
  const { link, tags, time, logger, plan, board } = ports;
  const tracker = createPoseTracker(plan, board, ports.start);
  let running: Running | null = null;
  let byHand: { velocity: Velocity; untilMs: number } | null = null;
  let busUp = true;
  let odometerM = 0;
  let lastOrderMs = 0;
  let armingProblem = "";
  let lastTick: CoreState | null = null;
  const closers: (() => void)[] = [];
  let loop: Timer | null = null;

  function view(): MotionView | null {
    const latest = link.latest();
    if (latest === null) return null;
    const nowMs = time.clock.monotonicMs();
    const { pose } = tracker.belief();
    return { nowMs, pose, localised: tracker.localised(), core: latest.state };
  }
  function send(velocity: Velocity): void {
    link.setPoint(velocity.linearMps, velocity.angularRadps, setPointTtlMs);
  }
  function finish(reason: ErrorCode | null): void {
    const ended = running;
    running = null;
    send(standstill);
    ended?.finish(reason);
  }
  /** Why a running motion must end now, `hold` to stand still for a while, or null to go on. */
  function interruption(order: Running, nowMs: number): ErrorCode | "hold" | null {
    const latest = link.latest();
    if (!link.linkUp() || latest === null) return "link-down";
    const { mode, stopReasons } = latest.state;
    if (mode === "stopping" || mode === "stopped") {
      return stopReasons.includes("stall") ? "no-motion" : "stopped";
    }
    if (order.signal.aborted) return abortReason(order.signal);
    if (mode === "armed") order.armedSeen = true;
    // Disarmed by somebody else: what armed it is over. Before that, the state is older than the
    // answer that it is armed.
    else if (order.armedSeen) return "stopped";
    if (nowMs > order.deadlineMs) return "deadline-passed";
    const lease = order.lease.state(nowMs);
    if (lease === "lost" || !busUp) return "lease-lost";
    return lease === "lapsed" || latest.ageMs > 200 || mode !== "armed" ? "hold" : null;
  }
  function stepMotion(order: Running, nowMs: number): void {
    const why = interruption(order, nowMs);
    if (why === "hold") return send(standstill);
    if (why !== null) return finish(why);
    const now = view();
    if (now === null) return finish("link-down");
    const step = order.motion.step(now);
    if (step.status === "ended") finish(step.reason);
    else send(step.velocity);
  }
  function turn(): void {
    const nowMs = time.clock.monotonicMs();
    if (running !== null) {
      lastOrderMs = nowMs;
      return stepMotion(running, nowMs);
    }
    if (byHand !== null) {
      lastOrderMs = nowMs;
      if (nowMs > byHand.untilMs || !busUp) byHand = null;
      return send(byHand?.velocity ?? standstill);
    }
    const latest = link.latest();
    if (latest?.state.mode !== "armed") return;
    if (nowMs - lastOrderMs > idleDisarmMs && isStill(latest.state)) link.disarm();
  }
  async function arm(): Promise<LinkOutcome> {
    const latest = link.latest();
    if (!link.linkUp() || latest === null) return { ok: false, reason: "link-down", detail: "" };
    const { mode, stopReasons } = latest.state;
    if (mode === "stopped" || mode === "stopping") {
      return { ok: false, reason: "stopped", detail: stopReasons.join(", ") };
    }
    lastOrderMs = time.clock.monotonicMs();
    const outcome: LinkOutcome = mode === "armed" ? { ok: true } : await link.arm();
    armingProblem = outcome.ok ? "" : outcome.detail;
    return outcome;
  }
  return {
    tracker,
    link,
    start() {
      if (loop !== null) return;
      closers.push(
        link.onState((state) => {
          tracker.onState(state, time.clock.monotonicMs());
          if (lastTick !== null) {
            odometerM += Math.hypot(state.xM - lastTick.xM, state.yM - lastTick.yM);
          }
          lastTick = state;
        }),
        tags.onSightings((sightings) => tracker.onSightings(sightings, time.clock.monotonicMs())),
      );
      link.start();
      loop = time.timers.every("robot loop", loopPeriodMs, turn);
    },
    async stop() {
      loop?.cancel();
      loop = null;
      for (const close of closers.splice(0)) close();
      tags.stop();
      await link.stop();
    },
    async drive(order) {
      if (running !== null) finish("superseded");
      byHand = null;
      const armed = await arm();
      if (!armed.ok) {
        logger.warn("motion refused", { reason: armed.reason, detail: armed.detail });
        return armed.reason;
      }
      if (order.signal.aborted) return abortReason(order.signal);
      return new Promise((resolve) => {
        // Another order may have come while this one waited to be armed.
        if (running !== null) finish("superseded");
        const deadlineMs = time.clock.monotonicMs() + order.timeoutMs;
        running = { ...order, deadlineMs, finish: resolve, armedSeen: false };
      });
    },
    async driveByHand(velocity, untilMs) {
      if (running !== null) finish("superseded");
      const armed = await arm();
      if (armed.ok) {
        const { linear_mps, angular_radps } = board.limits;
        byHand = {
          velocity: {
            linearMps: clamp(velocity.linearMps, -linear_mps, linear_mps),
            angularRadps: clamp(velocity.angularRadps, -angular_radps, angular_radps),
          },
          untilMs,
        };
      }
      return armed;
    },
    async halt(kind, reason) {
      byHand = null;
      if (running !== null) finish("stopped");
      return link.halt(kind, reason);
    },
    reset: (generation) => link.reset(generation),
    view,
    path: () => running?.motion.path() ?? [],
    setBusUp(up) {
      busUp = up;
    },
    odometerM: () => odometerM,
    moving: () => running !== null || byHand !== null,
    armingProblem: () => armingProblem,
  };
}

/** A lease for motions that nobody else has to keep alive. */
export const ownLease: Lease = createLease(null, 0);
