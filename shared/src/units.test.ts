import { describe, expect, it } from "vitest";
import { insideOutline } from "./map/floor-plan.ts";
import { clamp, roundTo, wrapAngle } from "./units.ts";

describe("units", () => {
  it.each([
    [0, 0],
    [Math.PI, Math.PI],
    [-Math.PI, Math.PI],
    [3 * Math.PI, Math.PI],
    [-0.5, -0.5],
    [2 * Math.PI + 0.25, 0.25],
  ])("wraps %s to %s", (angle, wanted) => expect(wrapAngle(angle)).toBeCloseTo(wanted, 9));
  it("rounds without a negative zero, and clamps", () => {
    expect(Object.is(roundTo(-0.001, 2), 0)).toBe(true);
    expect([clamp(5, 0, 1), clamp(-5, 0, 1), clamp(0.5, 0, 1)]).toEqual([1, 0, 0.5]);
  });
  it("tells inside from outside of an outline with a corner cut in", () => {
    const outline: [number, number][] = [
      [0, 0],
      [4, 0],
      [4, 4],
      [2, 4],
      [2, 2],
      [0, 2],
    ];
    expect(insideOutline(outline, 1, 1)).toBe(true);
    expect(insideOutline(outline, 3, 3)).toBe(true);
    expect(insideOutline(outline, 1, 3)).toBe(false);
  });
});
