import { describe, expect, it } from "vitest";
import { errorTable, TimmyError, toProblem } from "./errors.ts";

describe("the error table", () => {
  it("says for each code what is wrong and what to do, in sentences", () => {
    for (const [code, entry] of Object.entries(errorTable)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(entry.sentence, code).toMatch(/^[A-Z].*\.$/);
      expect(entry.remedy, code).toMatch(/^[A-Z].*\.$/);
      expect(entry.status, code).toBeGreaterThanOrEqual(400);
    }
  });
  it("makes errors and problem answers from it", () => {
    const error = new TimmyError("port-taken", "Port 8420.");
    expect(error.message).toContain("Port 8420.");
    expect(error.message).toContain("another port");
    expect(toProblem("unknown-room", "moon")).toMatchObject({ status: 422, detail: "moon" });
  });
});
