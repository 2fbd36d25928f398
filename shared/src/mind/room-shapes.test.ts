import { describe, expect, it } from "vitest";
import { areaM2, crossed, type PlacedRoom, sharedWallM } from "./room-shapes.ts";

function room(id: string, outline: PlacedRoom["outline"], goal: PlacedRoom["goal"]): PlacedRoom {
  return { id, name: id, outline, goal, awayM: null };
}
const box = (id: string, west: number, south: number, east: number, north: number) =>
  room(
    id,
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
    ],
    [(west + east) / 2, (south + north) / 2],
  );
/** Around the south-west corner of a square of 6 m; the rest of the square is another room's. */
const corner = room(
  "corner",
  [
    [0, 0],
    [6, 0],
    [6, 2],
    [2, 2],
    [2, 6],
    [0, 6],
  ],
  [1, 1],
);

describe("the shape of a room", () => {
  it("has an area, also round a corner", () => {
    expect(areaM2(box("a", 1, 1, 4, 3))).toBe(6);
    expect(areaM2(corner)).toBe(20);
  });
  it("shares a wall with what lies on the other side, thick or thin, and none at a corner", () => {
    const a = box("a", 0, 0, 3, 3);
    expect(sharedWallM(a, box("b", 3, 0, 6, 3))).toBeGreaterThan(2.9);
    expect(sharedWallM(a, box("b", 3.2, 1, 6, 3))).toBeGreaterThan(1.9);
    expect(sharedWallM(a, box("b", 3, 3, 6, 6))).toBeLessThan(1);
    expect(sharedWallM(a, box("b", 3.5, 0, 6, 3))).toBe(0);
    expect(sharedWallM(corner, box("inner", 2, 2, 6, 6))).toBeGreaterThan(7.5);
  });
  it("lies between two others where the straight line leads through it", () => {
    const row = [box("a", 0, 0, 2, 2), box("b", 2, 0, 4, 2), box("c", 4, 0, 6, 2)] as const;
    expect(crossed(row[0], row[2], row).map(({ id }) => id)).toEqual(["b"]);
    expect(crossed(row[0], row[1], row)).toEqual([]);
  });
});
