import { describe, expect, it } from "vitest";
import { createChatLines } from "./chat-lines.ts";

const text = (words: string): string => `${JSON.stringify({ type: "text", text: words })}\n`;

describe("the lines of a chat", () => {
  it("are read wherever the stream breaks them", () => {
    const stream = text("one") + text("two\nlines") + text("three");
    for (const size of [1, 2, 7, 1000]) {
      const lines = createChatLines();
      const read = [];
      for (let at = 0; at < stream.length; at += size) {
        read.push(...lines.take(stream.slice(at, at + size)));
      }
      expect(
        read.map((piece) => piece.type === "text" && piece.text),
        `${size} at a time`,
      ).toEqual(["one", "two\nlines", "three"]);
    }
  });
  it("leave out what is damaged, and what this page does not know", () => {
    const lines = createChatLines();
    const read = lines.take(`{"type":"text"\nnull\n{"type":"smell"}\n\n${text("good")}`);
    expect(read).toEqual([{ type: "text", text: "good" }]);
  });
});
