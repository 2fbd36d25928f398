import { describe, expect, it } from "vitest";
import { formatAge, formatHeading, formatReason, formatSpeed } from "./format.ts";

describe("numbers for people", () => {
  it("carry their unit and no sign of zero", () => {
    expect(formatSpeed(-0.001)).toBe("0.00\u202fm/s");
  });
  it("keep headings within one turn", () => {
    expect([formatHeading(-90), formatHeading(359.7), formatHeading(720)]).toEqual([
      "270°",
      "0°",
      "0°",
    ]);
  });
  it("tell ages in the unit that still says something", () => {
    const ages = [900, 12_000, 180_000, 8_000_000].map(formatAge);
    expect(ages).toEqual(["now", "12\u202fs ago", "3\u202fmin ago", "2\u202fh ago"]);
  });
  it("write the codes of a stop as words", () => {
    expect(formatReason("link-lost,estop")).toBe("link lost, emergency stop");
  });
});
