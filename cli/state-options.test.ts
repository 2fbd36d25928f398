import { describe, expect, it } from "vitest";
import { readStateOptions } from "./state-options.ts";

describe("timmy state", () => {
  it("reads its arguments", () => {
    const argv = ["import", "a.timmy", "--replace", "--node", "kitchen", "--as", "fork"];
    expect(readStateOptions(argv)).toMatchObject({
      command: "import",
      words: ["a.timmy"],
      replace: true,
      node: "kitchen",
      as: "fork",
      data: ".timmy",
      mode: "snapshot",
    });
  });
  it.each([
    [["import"], "wants a file"],
    [["diff", "a"], "wants two files"],
    [["export", "--mode", "move"], "snapshot or fork"],
    [["import", "a", "--as", "you"], "wants fork"],
    [["move", "--to", "../up"], "a-z, 0-9"],
    [["export", "--ask", "--recipient", "age1x"], "one of"],
    [["export", "--nope"], "nope"],
  ])("refuses %j", (argv, sentence) => {
    expect(() => readStateOptions(argv)).toThrow(sentence);
  });
});
