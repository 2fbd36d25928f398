import { createRandom } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import { buildGrid, clearanceAt, lineClearance } from "./occupancy-grid.ts";
import { pathLength, planPath } from "./path-planner.ts";
import { twoRooms } from "./testing/two-rooms.ts";

const options = { keepAwayM: 0.17, comfortM: 0.32 };

describe("the occupancy grid", () => {
  it("knows how far it is to the nearest wall", () => {
    const grid = buildGrid(twoRooms());
    expect(clearanceAt(grid, 1.5, 1.5)).toBeGreaterThan(1.2);
    expect(clearanceAt(grid, 1.5, 1.5)).toBeLessThan(1.6);
    expect(clearanceAt(grid, 0.06, 1.5)).toBe(0);
  });
  it("counts everything outside of the house as solid", () => {
    expect(clearanceAt(buildGrid(twoRooms()), -1, 1)).toBe(0);
    expect(clearanceAt(buildGrid(twoRooms()), 7, 1)).toBe(0);
  });
  it("puts an obstacle that was seen on the map", () => {
    const grid = buildGrid(twoRooms(), [{ xM: 1.5, yM: 1.5, radiusM: 0.12 }]);
    expect(clearanceAt(grid, 1.5, 1.5)).toBe(0);
  });
});

describe("the path planner", () => {
  it("leads through the door, never nearer to a solid than it may", () => {
    const grid = buildGrid(twoRooms());
    const path = planPath(grid, [0.5, 0.6], [4.5, 2.2], options);
    expect(path).not.toBeNull();
    const points = path ?? [];
    for (const [k, point] of points.entries()) {
      const next = points[k + 1];
      if (next !== undefined) {
        expect(lineClearance(grid, point, next)).toBeGreaterThanOrEqual(options.keepAwayM - 0.03);
      }
    }
    expect(pathLength(points)).toBeLessThan(5.5);
    expect(points.at(-1)).toEqual([4.5, 2.2]);
  });
  it("answers null when the door is closed", () => {
    const grid = buildGrid(twoRooms({ doorOpen: false }));
    expect(planPath(grid, [0.5, 0.6], [4.5, 2.2], options)).toBeNull();
  });
  it("goes around an obstacle in the door when there is room, and says no when there is none", () => {
    const aside = buildGrid(twoRooms(), [{ xM: 3, yM: 1.05, radiusM: 0.12 }]);
    expect(planPath(aside, [0.5, 0.6], [4.5, 2.2], options)).not.toBeNull();
    const middle = buildGrid(twoRooms(), [{ xM: 3, yM: 1.5, radiusM: 0.4 }]);
    expect(planPath(middle, [0.5, 0.6], [4.5, 2.2], options)).toBeNull();
  });
  it("starts from inside the margin, as a robot in its dock does", () => {
    const grid = buildGrid(twoRooms());
    expect(planPath(grid, [0.2, 0.2], [1.5, 1.5], options)).not.toBeNull();
  });
  it("never returns a way through a wall between random places (seed 7)", () => {
    const grid = buildGrid(twoRooms());
    const random = createRandom(7);
    for (let k = 0; k < 200; k++) {
      const a = [0.4 + 5.2 * random.uniform(), 0.4 + 2.2 * random.uniform()] as const;
      const b = [0.4 + 5.2 * random.uniform(), 0.4 + 2.2 * random.uniform()] as const;
      const path = planPath(grid, a, b, options) ?? [];
      expect(path.length).toBeGreaterThan(0);
      for (const [i, point] of path.entries()) {
        const next = path[i + 1];
        if (next !== undefined) expect(lineClearance(grid, point, next)).toBeGreaterThan(0.1);
      }
    }
  });
});
