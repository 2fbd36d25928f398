import { describe, expect, it } from "vitest";
import { createContactCounter } from "./contact-counter.ts";

const touch = (geom: number, bearingRad = 0, normalMps = 0) => ({ geom, bearingRad, normalMps });

describe("createContactCounter", () => {
  it("counts a touch that chatters once, and again after a pause", () => {
    const counter = createContactCounter();
    for (const ms of [0, 2, 4, 60, 200]) counter.take(ms, [touch(5)]);
    expect(counter.count()).toBe(1);
    counter.take(500, [touch(5)]);
    expect(counter.count()).toBe(2);
  });

  it("counts two pieces separately, and each of two contact points of one piece once", () => {
    const counter = createContactCounter();
    expect(counter.take(0, [touch(5), touch(5), touch(6)]).map((t) => t.geom)).toEqual([5, 6]);
  });

  it("keeps the strongest blow", () => {
    const counter = createContactCounter();
    counter.take(0, [touch(5, 0, 0.2)]);
    counter.take(2, [touch(5, 0, 0.1)]);
    expect(counter.strongestMps()).toBe(0.2);
  });

  it.each([
    ["left", 0.8, { left: true, right: false }],
    ["right", -0.8, { left: false, right: true }],
    ["both in the middle", 0.1, { left: true, right: true }],
    ["none behind", 3, { left: false, right: false }],
  ] as const)("presses the bumper: %s", (_, bearing, pressed) => {
    const counter = createContactCounter();
    counter.take(10, [touch(5, bearing)]);
    expect(counter.bumpers(12)).toEqual(pressed);
    expect(counter.bumpers(60)).toEqual({ left: false, right: false });
  });
});
