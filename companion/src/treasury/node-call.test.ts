import { describe, expect, it } from "vitest";
import { isPassing } from "./node-call.ts";

describe("a refusal on the way of a request", () => {
  it("is no end of it while another process writes to the books", () => {
    expect(isPassing("folder-in-use")).toBe(true);
    expect(isPassing("invoice-expired")).toBe(false);
  });
});
