import { describe, expect, it } from "vitest";
import { readProblem } from "./problem.ts";

describe("a problem", () => {
  it("says what happened, the detail, what helps, and when it may work again", () => {
    const body = {
      title: "The node is away.",
      detail: "10.0.0.5",
      code: "lnd-away",
      remedy: "Wait.",
    };
    expect(readProblem(body, "10")).toEqual({
      code: "lnd-away",
      sentence: "The node is away. 10.0.0.5",
      remedy: "Wait.",
      retryS: 10,
    });
  });
  it("does not say a thing twice", () => {
    const body = { title: "No.", detail: "No.", code: "x", remedy: "" };
    expect(readProblem(body, null)).toMatchObject({ sentence: "No.", retryS: null });
  });
  it("has words even for an answer that is no problem document", () => {
    for (const body of [null, "", 5, {}]) {
      expect(readProblem(body, "soon").sentence).not.toBe("");
    }
  });
});
