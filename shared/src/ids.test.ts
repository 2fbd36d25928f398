import { describe, expect, it } from "vitest";
import { createIds } from "./ids.ts";
import { createRandom } from "./ports/random.ts";

describe("ids", () => {
  it("are UUIDs of version 7 that sort by time", () => {
    let wallMs = Date.UTC(2026, 0, 1);
    const makeId = createIds({ wallMs: () => wallMs++ }, createRandom(1));
    const ids = Array.from({ length: 100 }, makeId);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
  });
});
