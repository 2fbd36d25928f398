import { describe, expect, it } from "vitest";
import { checkPlan, listRooms } from "./plan-check.ts";
import { twoRooms } from "./testing/two-rooms.ts";

const plan = twoRooms();
const free = () => 2;

describe("the check before anything moves", () => {
  it("adds up the way of the whole plan, there and back", () => {
    const steps = [
      { skill: "goto", place: "east" },
      { skill: "say", text: "hello" },
      { skill: "goto", place: "start" },
    ] as const;
    expect(checkPlan(steps, plan, [0.5, 0.6], free)).toEqual({ ok: true, lengthM: 4 });
  });
  it("refuses a place that does not exist and names the rooms that do", () => {
    const verdict = checkPlan([{ skill: "goto", place: "moon" }], plan, [0, 0], free);
    expect(verdict).toMatchObject({ ok: false, reason: "unknown-room" });
    expect(verdict.ok ? "" : verdict.sentence).toContain("west room and east room");
  });
  it("refuses the whole plan when one leg of it has no way", () => {
    const steps = [
      { skill: "say", text: "off I go" },
      { skill: "goto", place: "east" },
    ] as const;
    expect(checkPlan(steps, plan, [0, 0], () => null)).toMatchObject({
      ok: false,
      reason: "no-path",
      sentence: "There is no free way to the east room.",
    });
  });
  it("lists rooms as a person would", () => {
    expect(listRooms(plan)).toBe("west room and east room");
  });
});
