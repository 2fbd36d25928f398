import { describe, expect, it } from "vitest";
import { agentNameChars, blockChars, factKeyChars } from "../limits.ts";
import { checkBlock, checkFact, checkName } from "./agent-forms.ts";

describe("what a person types about the agent", () => {
  it("is trimmed, and refused field by field when empty", () => {
    expect(checkFact(" tea ", " in the tin ")).toEqual({
      ok: true,
      value: { key: "tea", text: "in the tin" },
    });
    const wrong = checkFact(" ", "");
    expect(wrong.ok ? [] : Object.keys(wrong.errors)).toEqual(["key", "text"]);
    expect(checkName("  ").ok).toBe(false);
  });
  it("fits at the limit and not above it", () => {
    expect(checkFact("k".repeat(factKeyChars), "t").ok).toBe(true);
    expect(checkFact("k".repeat(factKeyChars + 1), "t").ok).toBe(false);
    expect(checkBlock("b", "t".repeat(blockChars), []).ok).toBe(true);
    expect(checkBlock("b", "t".repeat(blockChars + 1), []).ok).toBe(false);
    expect(checkName("n".repeat(agentNameChars)).ok).toBe(true);
    expect(checkName("n".repeat(agentNameChars + 1)).ok).toBe(false);
  });
  it("does not write over another block by its name", () => {
    const wrong = checkBlock("persona", "new", ["persona"]);
    expect(wrong.ok ? "" : wrong.errors["name"]).toContain("edit that one");
  });
});
