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
  it("leaves the word of a command that is none to whoever knows them all", () => {
    expect(readStateOptions(["constructor", "x"])).toMatchObject({ command: "constructor" });
  });
  it.each([
    [["import"], "wants a file"],
    [["diff", "a"], "wants two files"],
    [["show", "a", "b"], "one file at most"],
    [["where", "x", "y"], "wants no file"],
    [["stay", "x"], "wants no file"],
    [["move", "x", "--to", "attic"], "wants no file but"],
    [["export", "extra", "--out", "y"], "wants no file but"],
    [["export", "--mode", "move"], "snapshot or fork"],
    [["import", "a", "--as", "you"], "wants fork"],
    [["move", "--to", "../up"], "a-z, 0-9"],
    [["export", "--ask", "--recipient", "age1x"], "one of"],
    [["export", "--nope"], "nope"],
  ])("refuses %j", (argv, sentence) => {
    expect(() => readStateOptions(argv)).toThrow(sentence);
  });
});
