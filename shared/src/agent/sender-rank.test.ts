import { describe, expect, it } from "vitest";
import { createSenderRank } from "./sender-rank.ts";

const rank = createSenderRank(["owner", "anna"]);

describe("the rank of a sender", () => {
  it.each([
    ["owner", undefined, "owner"],
    ["anna", undefined, "owner"],
    ["Anna", undefined, "peer"],
    ["", undefined, "peer"],
    ["doorbell", undefined, "peer"],
  ] as const)("of %s is that of the list of owners", (who, from, expected) => {
    expect(rank(who, from)).toBe(expected);
  });
  it("is lowered by what the sender says of the words, and never raised", () => {
    expect(rank("owner", "world")).toBe("world");
    expect(rank("owner", "agent")).toBe("agent");
    expect(rank("doorbell", "owner")).toBe("peer");
    expect(rank("doorbell", "world")).toBe("world");
  });
});
