import { loadBoard } from "@timmy/hardware/board";
import { describe, expect, it } from "vitest";
import { createRayCaster } from "./ray-caster.ts";
import { createReplayRandom } from "./replay-random.ts";
import { seeTag, sightTags } from "./tag-camera.ts";

const { camera } = loadBoard();
const nothing = createRayCaster([]);
/** 2 m ahead of a robot at the origin, facing it. */
const tag = { id: 3, x_m: 2, y_m: 0, heading_rad: Math.PI };
const at = (xM: number, yM: number, headingDeg = 0) => ({
  xM,
  yM,
  headingRad: (headingDeg * Math.PI) / 180,
});

describe("a tag is seen", () => {
  it("ahead, with its range from the camera and not from the robot's middle", () => {
    expect(seeTag(tag, camera, nothing, at(0, 0))).toEqual({
      bearingRad: 0,
      rangeM: 2 - camera.x_m,
    });
  });

  it("to the left with a positive bearing", () => {
    expect(seeTag(tag, camera, nothing, at(0, 0, -20))?.bearingRad).toBeGreaterThan(0.3);
  });

  it.each([
    ["beyond 2.5 m", at(-0.7, 0)],
    ["outside the field of view", at(0, 0, 45)],
    ["from more than 40 degrees off its normal", at(1, 1, -45)],
    ["from behind", at(3, 0, 180)],
    ["from too near to fit in the picture", at(1.8, 0)],
  ])("not %s", (_, pose) => {
    expect(seeTag(tag, camera, nothing, pose)).toBeNull();
  });

  it("not through a solid", () => {
    const shelf = { label: "s", x_m: 1, y_m: 0, size_x_m: 0.3, size_y_m: 0.3, heading_rad: 0.5 };
    expect(seeTag(tag, camera, createRayCaster([shelf]), at(0, 0))).toBeNull();
  });
});

describe("sightTags", () => {
  it("misses a few, and is off by a little and not to one side", () => {
    const random = createReplayRandom(5, "tags");
    const all = Array.from({ length: 3000 }, () =>
      sightTags([tag], camera, nothing, at(0, 0), random),
    ).flat();
    expect(all.length / 3000).toBeGreaterThan(0.95);
    expect(all.length).toBeLessThan(3000);
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(Math.abs(mean(all.map((s) => s.bearingRad)))).toBeLessThan(0.001);
    expect(mean(all.map((s) => s.rangeM))).toBeCloseTo(1.92, 2);
    expect(Math.max(...all.map((s) => Math.abs(s.bearingRad)))).toBeGreaterThan(0.006);
    expect(new Set(all.map((s) => s.id))).toEqual(new Set([3]));
  });
});
