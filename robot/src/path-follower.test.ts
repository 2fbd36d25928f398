import type { Pose } from "@timmy/shared/map/floor-plan";
import { describe, expect, it } from "vitest";
import { advance } from "./localisation.ts";
import { createPathFollower } from "./path-follower.ts";
import type { Point } from "./path-planner.ts";

const limits = { linearMps: 0.45, angularRadps: 1.2, accelMps2: 1 };

/** Follows a path with perfect wheels; answers the last pose and the farthest it strayed. */
function follow(path: readonly Point[], start: Pose) {
  const follower = createPathFollower(path, limits);
  let pose = start;
  let worstOffM = 0;
  for (let k = 0; k < 3000; k++) {
    const { velocity, remainingM, offM } = follower.step(pose);
    expect(Math.abs(velocity.linearMps)).toBeLessThanOrEqual(limits.linearMps);
    expect(Math.abs(velocity.angularRadps)).toBeLessThanOrEqual(limits.angularRadps);
    if (k > 200) worstOffM = Math.max(worstOffM, offM);
    if (remainingM < 0.02) return { pose, worstOffM, turns: k };
    const dt = 0.02;
    pose = advance(pose, {
      distanceM: velocity.linearMps * dt,
      turnRad: velocity.angularRadps * dt,
    });
  }
  return { pose, worstOffM, turns: 3000 };
}

describe("the path follower", () => {
  it("arrives at the end of a way with corners, and keeps near to it", () => {
    const path: Point[] = [
      [0, 0],
      [2, 0],
      [2, 2],
      [0.5, 3],
    ];
    const { pose, worstOffM, turns } = follow(path, { xM: 0, yM: 0, headingRad: 0 });
    expect(turns).toBeLessThan(3000);
    expect(Math.hypot(pose.xM - 0.5, pose.yM - 3)).toBeLessThan(0.1);
    expect(worstOffM).toBeLessThan(0.2);
  });
  it("turns on the spot first when the way lies behind", () => {
    const follower = createPathFollower(
      [
        [0, 0],
        [2, 0],
      ],
      limits,
    );
    const { velocity } = follower.step({ xM: 0, yM: 0, headingRad: Math.PI });
    expect(velocity.linearMps).toBe(0);
    expect(Math.abs(velocity.angularRadps)).toBeGreaterThan(0.5);
  });
  it("slows down before the end", () => {
    const follower = createPathFollower(
      [
        [0, 0],
        [2, 0],
      ],
      limits,
    );
    const { velocity } = follower.step({ xM: 1.99, yM: 0, headingRad: 0 });
    expect(velocity.linearMps).toBeLessThan(0.15);
  });
});
