import { describe, expect, it } from "vitest";
import {
  formatSat,
  formatWholeSat,
  largest,
  parseTypedSats,
  readMsat,
  shareOf,
  sum,
} from "./sats.ts";

describe("an amount", () => {
  it("is grouped by three, with its unit, and shows millisatoshi only where there are some", () => {
    expect(formatSat(1_234_567_000n)).toBe("1\u2009234\u2009567 sat");
    expect(formatSat(999_000n)).toBe("999 sat");
    expect(formatSat(1_001n)).toBe("1.001 sat");
    expect(formatSat(-50_000n)).toBe("\u221250 sat");
  });
  it("is rounded down where it is only glanced at, never up", () => {
    expect(formatWholeSat(412_350_999n)).toBe("412\u2009350 sat");
  });
  it("stays exact above what a number can hold", () => {
    expect(formatSat(readMsat("2099999999999999999"))).toContain("999.999 sat");
    expect(sum(["9007199254740993", "1", "-2"])).toBe(9_007_199_254_740_992n);
  });
  it("counts as nothing when it is no amount", () => {
    expect(["", "1.5", "NaN", "1e9", "--1"].map(readMsat)).toEqual([0n, 0n, 0n, 0n, 0n]);
  });
  it("is drawn as a share between nothing and all", () => {
    expect(shareOf(1n, 4n)).toBe(0.25);
    expect([shareOf(5n, 4n), shareOf(-1n, 4n), shareOf(1n, 0n)]).toEqual([1, 0, 0]);
    expect(largest([3n, 7n, 5n])).toBe(7n);
  });
});

describe("typed sats", () => {
  it("may have gaps between the thousands, as the page itself shows them", () => {
    for (const text of ["1234567", " 1 234 567 ", "1\u2009234\u2009567", "1_234_567"]) {
      expect(parseTypedSats(text, 1n)).toEqual({ ok: true, msat: 1_234_567_000n });
    }
  });
  it("are refused with points, commas, signs and letters: a wrong guess would move money", () => {
    for (const text of ["", "1.5", "1,000", "-5", "0x10", "1e3", "ten"]) {
      expect(parseTypedSats(text, 0n).ok, text).toBe(false);
    }
  });
  it("have a least and a most", () => {
    expect(parseTypedSats("0", 1n).ok).toBe(false);
    expect(parseTypedSats("0", 0n)).toEqual({ ok: true, msat: 0n });
    expect(parseTypedSats("2100000000000001", 1n).ok).toBe(false);
  });
});
