import { describe, expect, it } from "vitest";
import { judgeClaim } from "./epoch-claim.ts";

const here = { id: "a", epoch: 3, status: "living", node: "m" } as const;
const claim = (epoch: number, node: string, agent = "a") => ({ agent, epoch, node });

describe("a claim to an agent's life", () => {
  it.each([
    ["of a higher epoch ends ours", claim(4, "z"), true, "stand-still"],
    ["of a higher epoch ends ours at our own node too", claim(4, "m"), true, "stand-still"],
    ["of a lower epoch is told again who lives", claim(2, "z"), true, "say-again"],
    ["of a lower epoch waits until we have claimed", claim(2, "z"), false, "ignore"],
    ["that stood before ours keeps the life", claim(3, "z"), false, "stand-still"],
    ["made beside ours yields to the smaller name", claim(3, "z"), true, "say-again"],
    ["made beside ours wins by the smaller name", claim(3, "b"), true, "stand-still"],
    ["of ours is ours", claim(3, "m"), false, "mine"],
    ["to another agent is none of ours", claim(9, "z", "b"), true, "ignore"],
  ] as const)("%s", (_, made, claimed, verdict) => {
    expect(judgeClaim(here, made, claimed)).toBe(verdict);
  });
  it("does not wake or move a body that does not live", () => {
    for (const status of ["leaving", "departed", "arriving"] as const) {
      expect(judgeClaim({ ...here, status }, claim(9, "z"), true)).toBe("ignore");
    }
  });
});
