import { describe, expect, it } from "vitest";
import { createRayCaster, type RayBox, type RayHit } from "./ray-caster.ts";

const box = (x_m: number, y_m: number, size: Partial<RayBox> = {}): RayBox => ({
  label: "box",
  x_m,
  y_m,
  size_x_m: 1,
  size_y_m: 1,
  heading_rad: 0,
  ...size,
});
const newHit = (): RayHit => ({ distanceM: 0, incidenceRad: 0, soft: false });

describe("cast", () => {
  it("measures head on to the near face", () => {
    const hit = newHit();
    expect(createRayCaster([box(3, 0)]).cast(0, 0.2, 0, 4, hit)).toBe(true);
    expect(hit).toEqual({ distanceM: 2.5, incidenceRad: 0, soft: false });
  });

  it("takes the nearest of several, wherever it stands in the list", () => {
    const hit = newHit();
    createRayCaster([box(8, 0), box(3, 0), box(5, 0)]).cast(0, 0, 0, 10, hit);
    expect(hit.distanceM).toBe(2.5);
  });

  it("misses what is beside, behind or beyond the limit", () => {
    const rays = createRayCaster([box(3, 0)]);
    expect(rays.cast(0, 0.6, 0, 4, newHit())).toBe(false);
    expect(rays.cast(0, 0, Math.PI, 4, newHit())).toBe(false);
    expect(rays.cast(0, 0, 0, 2.4, newHit())).toBe(false);
  });

  it("knows the angle of incidence on a turned box", () => {
    const hit = newHit();
    const turned = box(3, 0, { heading_rad: Math.PI / 6 });
    expect(createRayCaster([turned]).cast(0, 0, 0, 4, hit)).toBe(true);
    expect(hit.incidenceRad).toBeCloseTo(Math.PI / 6, 9);
    expect(hit.distanceM).toBeCloseTo(3 - 0.5 / Math.cos(Math.PI / 6), 9);
  });

  it("says 0 from inside a box", () => {
    const hit = newHit();
    createRayCaster([box(0, 0)]).cast(0.1, 0.1, 1, 4, hit);
    expect(hit.distanceM).toBe(0);
  });

  it("tells soft from hard by the label", () => {
    const hit = newHit();
    createRayCaster([box(3, 0, { label: "sofa" })], ["sofa"]).cast(0, 0, 0, 4, hit);
    expect(hit.soft).toBe(true);
  });
});

describe("sees", () => {
  it("is blocked by a box between, not by the wall that carries the point", () => {
    const wall = box(3, 0, { size_y_m: 4 });
    expect(createRayCaster([wall]).sees(0, 0, 2.5, 0)).toBe(true);
    expect(createRayCaster([wall]).sees(0, 0, 3.5, 0)).toBe(false);
    expect(createRayCaster([wall, box(1.5, 0)]).sees(0, 0, 2.5, 0)).toBe(false);
  });
});

describe("clearanceM", () => {
  it("is the distance to the nearest face or corner, and negative inside", () => {
    const rays = createRayCaster([box(3, 0)]);
    expect(rays.clearanceM(0, 0)).toBe(2.5);
    expect(rays.clearanceM(3.5 + 0.3, 0.5 + 0.4)).toBeCloseTo(0.5, 9);
    expect(rays.clearanceM(3, 0.4)).toBeCloseTo(-0.1, 9);
    expect(createRayCaster([]).clearanceM(0, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("setExtra", () => {
  it("adds boxes that come and go beside the fixed ones", () => {
    const rays = createRayCaster([box(3, 0)]);
    const hit = newHit();
    rays.setExtra([box(2, 0)]);
    rays.cast(0, 0, 0, 4, hit);
    expect(hit.distanceM).toBe(1.5);
    rays.setExtra([]);
    rays.cast(0, 0, 0, 4, hit);
    expect(hit.distanceM).toBe(2.5);
  });
});
