import { describe, expect, it } from "vitest";
import { createCallSlots, createTurns } from "./call-slots.ts";

/** Work that ends when it is told to. */
function createWork() {
  const ends = new Map<string, () => void>();
  const begun: string[] = [];
  return {
    begun,
    work: (name: string) => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    },
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("slots for calls", () => {
  it("run a few at once, and the next in order", async () => {
    const { begun, work, end } = createWork();
    const slots = createCallSlots(2);
    for (const name of ["a", "b", "c", "d"]) void slots.run(() => work(name));
    expect(begun).toEqual(["a", "b"]);
    await end("b");
    expect(begun).toEqual(["a", "b", "c"]);
  });
  it("let others begin when one gives up its place, and count it once", async () => {
    const { begun, work, end } = createWork();
    const slots = createCallSlots(1);
    let leave = () => {};
    void slots.run((giveUpPlace) => {
      leave = giveUpPlace;
      return work("a");
    });
    for (const name of ["b", "c"]) void slots.run(() => work(name));
    leave();
    leave();
    expect(begun).toEqual(["a", "b"]);
    await end("a");
    expect(begun).toEqual(["a", "b"]);
    await end("b");
    expect(begun).toEqual(["a", "b", "c"]);
  });
  it("go on after work that failed", async () => {
    const slots = createCallSlots(1);
    await expect(slots.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await slots.run(async () => 7)).toBe(7);
  });
});

describe("turns", () => {
  it("do the work once more when it was asked for meanwhile", async () => {
    const { begun, work, end } = createWork();
    const turns = createTurns(work);
    for (const key of ["a", "b", "a", "a"]) turns.run(key);
    expect(begun).toEqual(["a", "b"]);
    await end("a");
    expect(begun).toEqual(["a", "b", "a"]);
    await end("a");
    expect(begun).toEqual(["a", "b", "a"]);
  });
});
