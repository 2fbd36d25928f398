import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildCore, committedCore, missingTools } from "./core-build.ts";
import { instantiateCore } from "./wasm-core.ts";

const missing = missingTools();
const required = process.env["TIMMY_REQUIRE"] === "all";
const lacks = missing.length === 0 ? "" : ` [missing here: ${missing.join(", ")}]`;

describe("core.wasm", () => {
  it("needs nothing from its host, and its memory never grows", () => {
    const { memory } = instantiateCore();
    expect(memory.buffer.byteLength).toBe(65_536);
  });

  it("names no path of the machine that built it", () => {
    const text = readFileSync(committedCore, "latin1");
    expect(text).not.toMatch(/\/(tmp|home|usr|root)\//);
  });

  it.skipIf(missing.length > 0 && !required)(
    `is byte for byte what its sources give${lacks}`,
    () => {
      expect(missing).toEqual([]);
      const rebuilt = Buffer.from(buildCore());
      expect(rebuilt.equals(readFileSync(committedCore))).toBe(true);
    },
    60_000,
  );
});
