import { describe, expect, it } from "vitest";
import { lackOf } from "./lack.ts";

const able = { platform: "linux", missing: [], isRoot: true, refusal: "" };

describe("a network of our own", () => {
  it("can be made by root on Linux, with the programs there", () => {
    expect(lackOf(able)).toBeNull();
  });
  it.each([
    [{ platform: "darwin" }, /Linux/],
    [{ missing: ["tcpdump", "ip"] }, /^tcpdump, ip missing: apt-get install tcpdump iproute2/],
    [{ isRoot: false }, /root.*sudo/],
    [{ refusal: "Operation not permitted" }, /allows no.*Operation not permitted/],
  ])("is refused in a sentence with %o", (lack, sentence) => {
    expect(lackOf({ ...able, ...lack })).toMatch(sentence);
  });
});
