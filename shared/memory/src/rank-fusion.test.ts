import { describe, expect, it } from "vitest";
import { fuseRanks } from "./rank-fusion.ts";

describe("a fusion of rankings", () => {
  it("puts first what stands high in both, whatever their scores were", () => {
    expect(
      fuseRanks([
        ["a", "b", "c"],
        ["d", "b", "a"],
      ]),
    ).toEqual(["a", "b", "d", "c"]);
  });
  it("leaves a single ranking as it is, and counts a name once", () => {
    expect(fuseRanks([["b", "a", "b"]])).toEqual(["b", "a"]);
    expect(fuseRanks([[], []])).toEqual([]);
  });
});
