import type { CoreState } from "@timmy/firmware-bridge/core-link";
import { loadBoard } from "@timmy/hardware/board";
import type { Pose } from "@timmy/shared/map/floor-plan";
import { describe, expect, it } from "vitest";
import { advance } from "./localisation.ts";
import { createNavigator, type Motion, type MotionStep } from "./navigator.ts";
import { coreState } from "./testing/core-state.ts";
import { twoRooms } from "./testing/two-rooms.ts";

const board = loadBoard();
const start: Pose = { xM: 0.6, yM: 0.7, headingRad: 0 };

interface Body {
  readonly moves?: boolean;
  /** The core lets it turn, but not go forward. */
  readonly held?: boolean;
  readonly localised?: (atMs: number) => boolean;
  readonly core?: (pose: Pose) => Partial<CoreState>;
}

/** Steps a motion with perfect wheels until it ends, at most two minutes of it. */
function runMotion(motion: Motion, body: Body = {}) {
  let pose = start;
  let velocity = { linearMps: 0, angularRadps: 0 };
  let step: MotionStep = { status: "running", velocity };
  let nowMs = 0;
  let turnedRad = 0;
  while (step.status === "running" && nowMs < 120_000) {
    nowMs += 20;
    if (body.moves !== false) {
      const turnRad = velocity.angularRadps * 0.02;
      const forward = body.held === true ? Math.min(0, velocity.linearMps) : velocity.linearMps;
      pose = advance(pose, { distanceM: forward * 0.02, turnRad });
      turnedRad += turnRad;
    }
    const stands = body.moves === false || (body.held === true && velocity.linearMps > 0);
    const speed = stands ? 0 : velocity.linearMps;
    const spin = body.moves === false ? 0 : (velocity.angularRadps * board.track_m) / 2;
    const wheels = { leftMps: speed - spin, rightMps: speed + spin };
    const core = coreState({ ...wheels, ...body.core?.(pose) });
    const localised = body.localised?.(nowMs) ?? true;
    step = motion.step({ nowMs, pose, localised, core });
    if (step.status === "running") velocity = step.velocity;
  }
  return { reason: step.status === "ended" ? step.reason : "endless", pose, nowMs, turnedRad };
}

const navigator = () => createNavigator(twoRooms(), board);

describe("going somewhere", () => {
  it("ends there, standing still", () => {
    const { reason, pose } = runMotion(navigator().goTo([4.5, 2.2]));
    expect(reason).toBeNull();
    expect(Math.hypot(pose.xM - 4.5, pose.yM - 2.2)).toBeLessThan(0.15);
  });
  it("ends as no-path when the door is closed, without a velocity before", () => {
    const closed = createNavigator(twoRooms({ doorOpen: false }), board);
    const { reason, pose, nowMs } = runMotion(closed.goTo([4.5, 2.2]));
    expect(reason).toBe("no-path");
    expect(nowMs).toBe(20);
    expect(pose).toEqual(start);
    expect(closed.wayLength([0.6, 0.7], [4.5, 2.2])).toBeNull();
  });
  it("ends as no-motion when the wheels do not turn", () => {
    const { reason, nowMs } = runMotion(navigator().goTo([4.5, 2.2]), { moves: false });
    expect(reason).toBe("no-motion");
    expect(nowMs).toBeLessThan(3000);
  });
  it("turns on the spot for a tag while it is lost, and ends as lost when none comes", () => {
    const lost = runMotion(navigator().goTo([4.5, 2.2]), { localised: () => false });
    expect(lost.reason).toBe("lost");
    expect(Math.hypot(lost.pose.xM - start.xM, lost.pose.yM - start.yM)).toBeLessThan(0.01);
    expect(lost.turnedRad).toBeGreaterThan(2 * Math.PI);
    const found = runMotion(navigator().goTo([4.5, 2.2]), { localised: (atMs) => atMs > 4000 });
    expect(found.reason).toBeNull();
  });
  it("looks for ways around what the core will not drive into, and ends as blocked", () => {
    const core = () => ({ ceilingMps: 0, rangeFrontM: 0.12 });
    const { reason } = runMotion(navigator().goTo([4.5, 2.2]), { held: true, core });
    expect(reason).toBe("blocked");
  });
});

describe("turning", () => {
  it("ends at the heading, the short way round", () => {
    const { reason, pose, turnedRad } = runMotion(navigator().turnTo(-2.5));
    expect(reason).toBeNull();
    expect(pose.headingRad).toBeCloseTo(-2.5, 1);
    expect(turnedRad).toBeLessThan(0);
  });
  it("ends as no-motion when it does not turn", () => {
    expect(runMotion(navigator().turnTo(2), { moves: false }).reason).toBe("no-motion");
  });
});
