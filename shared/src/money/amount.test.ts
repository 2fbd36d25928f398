import { describe, expect, it } from "vitest";
import { formatMsat, maxAmountMsat, parseMsat, parseSat } from "./amount.ts";

describe("an amount from a stranger", () => {
  it("is a whole number above zero and not above all bitcoin", () => {
    expect(parseMsat("1")).toBe(1n);
    expect(parseMsat(2 ** 53 - 1)).toBe(9007199254740991n);
    expect(parseMsat(maxAmountMsat)).toBe(maxAmountMsat);
    expect(parseSat("2100000000000000")).toBe(maxAmountMsat);
  });
  it("is refused when it is negative, zero, fractional, inexact, not a number or too much", () => {
    const bad = [
      -1,
      0,
      1.5,
      Number.NaN,
      2 ** 53,
      Number.POSITIVE_INFINITY,
      "-1",
      "0",
      "1.5",
      "1e3",
      "",
      " 1",
      "0x1",
    ];
    for (const value of [...bad, null, undefined, {}, [], true, maxAmountMsat + 1n, "9".repeat(30)])
      expect(parseMsat(value), String(value)).toBeNull();
    expect(parseSat("2100000000000001")).toBeNull();
  });
  it("reads in groups of three, with millisatoshi only where there are some", () => {
    expect(formatMsat(1_000_000_000n)).toBe("1\u2009000\u2009000 sat");
    expect(formatMsat(-50_001n)).toBe("-50.001 sat");
    expect(formatMsat(0n)).toBe("0 sat");
  });
});
