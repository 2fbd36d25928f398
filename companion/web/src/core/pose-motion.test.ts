import { describe, expect, it } from "vitest";
import { glideTo, isMoving, poseAt } from "./pose-motion.ts";

const at = (xM: number, headingRad = 0) => ({ xM, yM: 0, headingRad });

describe("the glide of the robot", () => {
  it("goes evenly from the last measured pose to the new one", () => {
    const motion = glideTo(glideTo(null, at(0), 0, false), at(0.1), 100, false);
    expect(poseAt(motion, 150).xM).toBeCloseTo(0.05);
    expect(poseAt(motion, 250).xM).toBe(0.1);
    expect(isMoving(motion, 250)).toBe(false);
  });
  it("turns the short way round", () => {
    const motion = glideTo(glideTo(null, at(0, 3.1), 0, false), at(0, -3.1), 100, false);
    expect(Math.cos(poseAt(motion, 150).headingRad)).toBeCloseTo(-1);
  });
  it("shows a corrected pose at once", () => {
    const motion = glideTo(glideTo(null, at(0), 0, false), at(3), 100, false);
    expect(poseAt(motion, 100).xM).toBe(3);
  });
  it("does not glide for a reader who wants less motion", () => {
    const motion = glideTo(glideTo(null, at(0), 0, true), at(0.1), 100, true);
    expect(poseAt(motion, 100).xM).toBe(0.1);
  });
});
