import { describe, expect, it } from "vitest";
import { createVirtualTime } from "./time.ts";

describe("virtual time", () => {
  it("runs timers in the order of their time, then of their making", () => {
    const time = createVirtualTime();
    const ran: string[] = [];
    time.timers.after("late", 20, () => ran.push("late"));
    time.timers.after("first", 10, () => ran.push("first"));
    time.timers.after("second", 10, () => ran.push("second"));
    expect(time.pending()).toEqual(["first", "second", "late"]);
    expect(time.advanceTo(15)).toBe(2);
    expect(ran).toEqual(["first", "second"]);
    time.advanceTo(20);
    expect(ran).toEqual(["first", "second", "late"]);
  });
  it("shows each timer the time at which it was due", () => {
    const time = createVirtualTime({ startWallMs: 1000 });
    const seen: number[] = [];
    time.timers.every("tick", 10, () => seen.push(time.clock.monotonicMs(), time.clock.wallMs()));
    time.advanceTo(25);
    expect(seen).toEqual([10, 1010, 20, 1020]);
  });
  it("does not run what was cancelled, also when it is cancelled by another timer", () => {
    const time = createVirtualTime();
    const ran: string[] = [];
    const second = time.timers.after("second", 10, () => ran.push("second"));
    time.timers.after("canceller", 5, () => second.cancel());
    const every = time.timers.every("every", 5, () => {
      ran.push("every");
      every.cancel();
    });
    time.advanceTo(100);
    expect(ran).toEqual(["every"]);
  });
});
