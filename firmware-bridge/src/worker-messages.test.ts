import { describe, expect, it } from "vitest";
import { remainingMs } from "./worker-messages.ts";

describe("a wish on its way to the link's thread", () => {
  it("arrives with what is left of its life, and never with more than it had", () => {
    expect(remainingMs({ ttlMs: 200, atMs: 1000 }, 1050)).toBe(150);
    expect(remainingMs({ ttlMs: 200, atMs: 1000 }, 1000)).toBe(200);
    expect(remainingMs({ ttlMs: 200, atMs: 1000 }, 5000)).toBe(0);
    expect(remainingMs({ ttlMs: 200, atMs: 1000 }, 900)).toBe(200);
  });
});
