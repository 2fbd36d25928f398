import { describe, expect, it } from "vitest";
import { createLineReader } from "./json-lines.ts";

function read(chunks: readonly Uint8Array[], limit = 20): (string | null)[] {
  const lines: (string | null)[] = [];
  const take = createLineReader(limit, (line) => lines.push(line));
  for (const chunk of chunks) take(chunk);
  return lines;
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe("createLineReader", () => {
  it("joins pieces and cuts several lines of one piece", () => {
    expect(read([bytes("a"), bytes("b\nc\nd"), bytes("\ne")])).toEqual(["ab", "c", "d"]);
  });

  it("keeps a letter whole whose bytes come apart", () => {
    const all = bytes("grün\n");
    expect(read([...all].map((byte) => Uint8Array.of(byte)))).toEqual(["grün"]);
  });

  it("skips a line over the limit, says so, and reads the next one", () => {
    expect(read([bytes("x".repeat(50)), bytes("x\nok\n")])).toEqual([null, "ok"]);
  });

  it("passes over empty lines", () => {
    expect(read([bytes("\n \na\n")])).toEqual(["a"]);
  });
});
