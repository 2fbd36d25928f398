import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatHeading,
  formatReason,
  formatSince,
  formatSpeed,
  formatUntil,
  shorten,
} from "./format.ts";

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
  it("tell how long is left in the unit that still says something", () => {
    const left = [-1, 20_000, 38 * 60_000, 5 * 3_600_000, 7 * 86_400_000].map(formatUntil);
    expect(left).toEqual([
      "now",
      "in 20\u202fs",
      "in 38\u202fmin",
      "in 5\u202fh",
      "in 7\u202fdays",
    ]);
  });
  it("tell an age for two days, and then the day", () => {
    expect(formatSince(0, 47 * 3_600_000)).toBe("47\u202fh ago");
    expect(formatSince(Date.UTC(2026, 10, 20, 12), Date.UTC(2026, 10, 24, 12))).toBe("2026-11-20");
  });
  it("keep both ends of a long name", () => {
    expect(shorten("02".repeat(33))).toBe("02020202...020202");
  });
  it("write the codes of a stop as words", () => {
    expect(formatReason("link-lost,estop")).toBe("link lost, emergency stop");
  });
});
