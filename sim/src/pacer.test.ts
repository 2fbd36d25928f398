import { describe, expect, it } from "vitest";
import { createPacer } from "./pacer.ts";

describe("createPacer", () => {
  it("gives as many milliseconds as the clock moved, and keeps the fraction", () => {
    const pacer = createPacer(1, 1000);
    expect(pacer.due(1004.5)).toBe(4);
    expect(pacer.due(1009)).toBe(5);
  });

  it("goes faster or slower with the speed", () => {
    expect(createPacer(3, 0).due(10)).toBe(30);
    expect(createPacer(0.5, 0).due(10)).toBe(5);
  });

  it("pays a stall back in turns of at most 50 ms", () => {
    const pacer = createPacer(1, 0);
    expect(pacer.due(120)).toBe(50);
    expect(pacer.due(120)).toBe(50);
    expect(pacer.due(120)).toBe(20);
    expect(pacer.droppedMs()).toBe(0);
  });

  it("forgets what is beyond 250 ms and says how much", () => {
    const pacer = createPacer(1, 0);
    expect(pacer.due(1000)).toBe(50);
    expect(pacer.droppedMs()).toBe(750);
  });

  it("does not go back with a clock that does", () => {
    const pacer = createPacer(1, 100);
    expect(pacer.due(50)).toBe(0);
    expect(pacer.due(60)).toBe(10);
  });
});
