import { describe, expect, it } from "vitest";
import { samplePlan } from "../core/sample-payloads.ts";
import { placeLabel } from "./label-place.ts";
import { fitPlan, toXPx, toYPx } from "./viewport.ts";

describe("the map's viewport", () => {
  it("fits the whole plan, centred, north up", () => {
    const view = fitPlan({ width_m: 8, height_m: 4 }, 840, 840, 20);
    expect(view.scale).toBe(100);
    expect([toXPx(view, 0), toXPx(view, 8)]).toEqual([20, 820]);
    expect([toYPx(view, 0), toYPx(view, 4)]).toEqual([620, 220]);
  });
});

describe("a room's name", () => {
  const room = samplePlan.rooms[0];
  const size = { widthM: 1, heightM: 0.3 };
  const inRoom = (x: number, y: number): boolean => x > 0 && x < 4 && y > 0 && y < 4;
  it("stands in the middle of an empty room", () => {
    if (room === undefined) throw new Error("no room");
    expect(placeLabel(room, samplePlan, size, inRoom)).toEqual([2, 2]);
  });
  it("gives way to furniture and stays in the room", () => {
    if (room === undefined) throw new Error("no room");
    const bed = {
      kind: "furniture",
      label: "bed",
      x_m: 2,
      y_m: 2,
      size_x_m: 2,
      size_y_m: 2,
    } as const;
    const plan = { ...samplePlan, solids: [{ ...bed, heading_rad: 0, height_m: 0.5 }] };
    const [x, y] = placeLabel(room, plan, size, inRoom);
    expect(Math.abs(y - 2)).toBeGreaterThan(1);
    expect(inRoom(x, y)).toBe(true);
  });
});
