import { describe, expect, it } from "vitest";
import { matchingStep, otpauthUri, stepAt, totpCode } from "./totp.ts";

/** RFC 6238, appendix B: the SHA-1 column, and its secret. */
const secret = new TextEncoder().encode("12345678901234567890");
const vectors: readonly [atS: number, code: string][] = [
  [59, "94287082"],
  [1111111109, "07081804"],
  [1111111111, "14050471"],
  [1234567890, "89005924"],
  [2000000000, "69279037"],
  [20000000000, "65353130"],
];

describe("time-based codes", () => {
  it.each(vectors)("at %s seconds are those of RFC 6238: %s", (atS, code) => {
    expect(totpCode(secret, stepAt(atS * 1000), 8)).toBe(code);
  });
  it.each([
    [0, "755224"],
    [1, "287082"],
    [9, "520489"],
  ])("of counter %s are those of RFC 4226: %s", (step, code) => {
    expect(totpCode(secret, step)).toBe(code);
  });
  it("fit one step before and after, and no further", () => {
    const atMs = 1_000 * 30_000;
    const fits = (step: number) => matchingStep(secret, totpCode(secret, step), atMs, -1);
    expect([998, 999, 1000, 1001, 1002].map(fits)).toEqual([null, 999, 1000, 1001, null]);
  });
  it("fit no second time, nor any step before the last one used", () => {
    const atMs = 1_000 * 30_000;
    const after = (step: number) => matchingStep(secret, totpCode(secret, step), atMs, 1000);
    expect([999, 1000, 1001].map(after)).toEqual([null, null, 1001]);
  });
  it("are enrolled by an otpauth address", () => {
    expect(otpauthUri("anna", secret)).toBe(
      "otpauth://totp/Timmy%3Aanna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Timmy&digits=6&period=30&algorithm=SHA1",
    );
  });
});
