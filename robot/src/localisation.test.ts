import type { Pose } from "@timmy/shared/map/floor-plan";
import { createRandom } from "@timmy/shared/ports/random";
import { wrapAngle } from "@timmy/shared/units";
import { describe, expect, it } from "vitest";
import {
  advance,
  beliefAt,
  composePose,
  positionSigma,
  predict,
  relativePose,
  sightTag,
} from "./localisation.ts";
import { relocalise } from "./relocalisation.ts";

const cameraM = 0.08;
const tag = { id: 1, x_m: 3, y_m: 1 };

function sight(pose: Pose, at: { id: number; x_m: number; y_m: number }) {
  const dx = at.x_m - pose.xM - cameraM * Math.cos(pose.headingRad);
  const dy = at.y_m - pose.yM - cameraM * Math.sin(pose.headingRad);
  const bearingRad = wrapAngle(Math.atan2(dy, dx) - pose.headingRad);
  return { id: at.id, rangeM: Math.hypot(dx, dy), bearingRad, ageMs: 0 };
}

describe("the pose filter", () => {
  it("drives a circle and comes back to where it began", () => {
    let pose: Pose = { xM: 1, yM: 1, headingRad: 0 };
    for (let k = 0; k < 360; k++) pose = advance(pose, { distanceM: 0.01, turnRad: Math.PI / 180 });
    expect(pose.xM).toBeCloseTo(1, 3);
    expect(pose.yM).toBeCloseTo(1, 3);
  });
  it("grows less sure with every metre driven blind", () => {
    let belief = beliefAt({ xM: 0, yM: 0, headingRad: 0 }, 0.05, 0.05);
    const before = positionSigma(belief);
    for (let k = 0; k < 500; k++) belief = predict(belief, { distanceM: 0.01, turnRad: 0 });
    expect(positionSigma(belief)).toBeGreaterThan(3 * before);
  });
  it("is pulled to the truth by tags from two sides", () => {
    const truth: Pose = { xM: 1, yM: 1.2, headingRad: 0.1 };
    const other = { id: 2, x_m: 1, y_m: 3 };
    let belief = beliefAt({ xM: 1.1, yM: 1.1, headingRad: 0.02 }, 0.2, 0.15);
    for (let k = 0; k < 10; k++) {
      belief = sightTag(belief, tag, cameraM, sight(truth, tag)).belief;
      belief = sightTag(belief, other, cameraM, sight(truth, other)).belief;
    }
    expect(belief.pose.xM).toBeCloseTo(truth.xM, 1);
    expect(belief.pose.yM).toBeCloseTo(truth.yM, 1);
    expect(Math.abs(wrapAngle(belief.pose.headingRad - truth.headingRad))).toBeLessThan(0.03);
    expect(positionSigma(belief)).toBeLessThan(0.05);
  });
  it("refuses a sighting that contradicts what it is sure of", () => {
    const belief = beliefAt({ xM: 1, yM: 1, headingRad: 0 }, 0.03, 0.03);
    const far = { id: 1, rangeM: 0.5, bearingRad: 1, ageMs: 0 };
    const result = sightTag(belief, tag, cameraM, far);
    expect(result.accepted).toBe(false);
    expect(result.belief).toBe(belief);
  });
  it("takes poses apart and puts them together again (seed 3)", () => {
    const random = createRandom(3);
    for (let k = 0; k < 100; k++) {
      const any = () => ({
        xM: 10 * random.uniform(),
        yM: 10 * random.uniform(),
        headingRad: wrapAngle(7 * random.uniform()),
      });
      const [a, b] = [any(), any()];
      const again = composePose(a, relativePose(a, b));
      expect(again.xM).toBeCloseTo(b.xM, 9);
      expect(again.yM).toBeCloseTo(b.yM, 9);
      expect(wrapAngle(again.headingRad - b.headingRad)).toBeCloseTo(0, 9);
    }
  });
});

describe("relocalisation", () => {
  const pair = (id: number, odom: [number, number], map: [number, number]) => ({
    id,
    odomXM: odom[0],
    odomYM: odom[1],
    mapXM: map[0],
    mapYM: map[1],
  });
  it("finds the pose of a kidnapped robot from two tags", () => {
    // On the map the odometry's frame is turned by 90 degrees and moved to (4, 2).
    const pairs = [pair(1, [1, 0], [4, 3]), pair(2, [0, 2], [2, 2])];
    const pose = relocalise(pairs, { xM: 0, yM: 0, headingRad: 0 });
    expect(pose?.xM).toBeCloseTo(4, 6);
    expect(pose?.yM).toBeCloseTo(2, 6);
    expect(pose?.headingRad).toBeCloseTo(Math.PI / 2, 6);
  });
  it("says nothing from one tag, or from tags that do not fit", () => {
    const one = pair(1, [1, 0], [4, 3]);
    expect(relocalise([one, one], { xM: 0, yM: 0, headingRad: 0 })).toBeNull();
    const wrong = pair(2, [0, 2], [9, 9]);
    expect(relocalise([one, wrong], { xM: 0, yM: 0, headingRad: 0 })).toBeNull();
  });
});
