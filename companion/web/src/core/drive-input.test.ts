import { describe, expect, it } from "vitest";
import { driveTurnRadps } from "../limits.ts";
import type { DriveKey } from "./drive-input.ts";
import { driveCommand, driveKeyOf, isHeld, noDrive, standstill, stickAt } from "./drive-input.ts";

const keys = (...held: readonly DriveKey[]) =>
  driveCommand({ keys: new Set(held), stick: null }, 0.5);

describe("the hand drive", () => {
  it("stands still when nothing is held", () => {
    expect(driveCommand(noDrive, 0.5)).toEqual(standstill);
    expect(isHeld(noDrive)).toBe(false);
  });
  it("cancels opposite keys", () => {
    expect(keys("ahead", "back", "left", "right")).toEqual(standstill);
  });
  it("drives ahead and turns left with positive signs", () => {
    expect(keys("ahead", "left").linear_mps).toBeGreaterThan(0);
    expect(keys("ahead", "left").angular_radps).toBeGreaterThan(0);
  });
  it("never asks for more than the robot allows", () => {
    const wild = driveCommand({ keys: new Set(), stick: { x: -7, y: 9 } }, 0.5);
    expect(wild).toEqual({ linear_mps: 0.5, angular_radps: driveTurnRadps });
  });
  it("keeps the stick on its disc and still in its middle", () => {
    const far = stickAt(300, -400, 100);
    expect(Math.hypot(far.x, far.y)).toBeCloseTo(1);
    expect(stickAt(3, -4, 100)).toEqual({ x: 0, y: 0 });
  });
  it("knows arrows and letters in either case", () => {
    expect([driveKeyOf("ArrowUp"), driveKeyOf("W"), driveKeyOf("x")]).toEqual([
      "ahead",
      "ahead",
      null,
    ]);
  });
});
