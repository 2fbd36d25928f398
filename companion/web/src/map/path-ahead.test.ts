import { describe, expect, it } from "vitest";
import { pathAhead } from "./path-ahead.ts";

const corner = [0, 0, 2, 0, 2, 2];

describe("the planned way", () => {
  it("is drawn from the robot on, not back to where it was planned", () => {
    expect(pathAhead(corner, 1, 0.1)).toEqual([2, 0, 2, 2]);
    expect(pathAhead(corner, 2.1, 1)).toEqual([2, 2]);
  });
  it("goes on from a corner that is reached", () => {
    expect(pathAhead(corner, 2, 0)).toEqual([2, 2]);
  });
  it("keeps its goal, also for a robot that stands off the way", () => {
    expect(pathAhead(corner, -5, -5)).toEqual([2, 0, 2, 2]);
    expect(pathAhead([1, 1], 0, 0)).toEqual([1, 1]);
    expect(pathAhead([], 0, 0)).toEqual([]);
  });
});
