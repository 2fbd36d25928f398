import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeLines } from "./text-file.ts";

const folder = mkdtempSync(join(tmpdir(), "timmy-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("lines of a report", () => {
  it("are written to a file of their owner's", () => {
    const path = join(folder, "a.csv");
    writeLines(path, ["a\n", "b\n"]);
    expect(readFileSync(path, "utf8")).toBe("a\nb\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
  it("are refused with a sentence where nothing can be written, not with a stack", () => {
    const path = join(folder, "nowhere", "a.csv");
    expect(() => writeLines(path, ["a\n"])).toThrow(
      expect.objectContaining({ code: "bad-file", message: expect.stringContaining(path) }),
    );
  });
});
