import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { ask } from "./ask.ts";

describe("a question on the terminal", () => {
  it("answers the line without its blanks", async () => {
    const input = new PassThrough();
    input.end(" 123456 \n");
    expect(await ask("Code: ", input, new PassThrough())).toBe("123456");
  });
  it("ends when the input ends without an answer, instead of waiting for ever", async () => {
    const input = new PassThrough();
    input.end();
    await expect(ask("Code: ", input, new PassThrough())).rejects.toMatchObject({ code: "usage" });
  });
});
