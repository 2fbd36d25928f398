import { describe, expect, it } from "vitest";
import { createSecretScanner } from "./gate-secrets.ts";

const token = "tmy_9f4b27d1c8e6503a7b1f";
const words = "quiet marble lantern orchard";
const scanner = createSecretScanner([token, words, "x1"]);
// What base64, base32, od and tr of GNU coreutils 8.32 or newer write of the token.
const written: Readonly<Record<string, string>> = {
  plain: `It is ${token}.`,
  upper: token.toUpperCase(),
  spaced: [...token].join(" "),
  invisible: [...token].join("\u200d"),
  reversed: [...token].reverse().join(""),
  hex: "746d795f396634623237643163386536353033613762",
  "hex with gaps": "74 6d 79 5f 39 66 34 62 32 37 64 31 63 38",
  base64: "dG15XzlmNGIyN2QxYzhlNjUwM2E3YjFm",
  "base64 inside of words": "see dG15XzlmNGIyN2Qx YzhlNjUwM2E3YjFm ok",
  "base64 of base64": "ZEcxNVh6bG1OR0l5TjJReFl6aGxOalV3TTJFM1lqRm0=",
  base32: "ORWXSXZZMY2GEMRXMQYWGODFGY2TAM3BG5RDCZQ=",
  rot13: "gzl_9s4o27q1p8r6503n7o1s",
  percent: "%74%6d%79%5f%39%66%34%62%32%37%64%31",
  decimal: "116 109 121 95 57 102 52 98 50 55 100 49",
  "look-alikes": token.replaceAll("c", "\u0441").replaceAll("e", "\u0435"),
  "a long piece": "the end is c8e6503a7b",
  "of words": "the quiet marble lantern",
};

describe("the scan for secrets", () => {
  it.each(Object.entries(written))("finds one that is written %s", (_name, text) => {
    expect(scanner.find(text)).toBe(true);
  });
  it.each([
    "",
    "The marble is quiet, and the orchard has a lantern.",
    "commit 354e166, hash 5f4dcc3b5aa765d61d8327deb882cf99",
    "x1 is too short to be looked for",
    "0123456789 9876543210",
    "\u{1f680}\ud800 \u4eca\u65e5",
  ])("lets what is none pass: %s", (text) => {
    expect(scanner.find(text)).toBe(false);
    expect(scanner.findAcross("", text)).toBe(false);
  });
  it("puts together what is told in pieces", () => {
    expect(scanner.findAcross("tmy_9", "f4b27")).toBe(true);
    expect(scanner.findAcross("dG15XzlmN", "GIyN2QxYzhl")).toBe(true);
    expect(scanner.findAcross("first 9f4b2 then 7d1c8 then", "e6503 last")).toBe(true);
    expect(scanner.findAcross("tmy_9", "fine")).toBe(false);
  });
  it("holds nothing of a secret that went by against what comes after it", () => {
    expect(scanner.findAcross(token, "I am in the kitchen.")).toBe(false);
  });
  it("is not used up by padding in front of it", () => {
    const padding = "deadbeef01. QUJDREVG, MFRGGZDF; ".repeat(60);
    expect(scanner.find(`${padding} ${written["base64 of base64"]} ${padding}`)).toBe(true);
    expect(scanner.find(padding)).toBe(false);
  });
  it("lets nothing out that hides more than it may look through", () => {
    const hex = (value: string) =>
      [...value].map((char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
    const digits = Array.from({ length: 300 }, (_, k) => 100 + ((k * 37) % 27)).join(" ");
    const inner = `${hex(digits)} ${btoa(digits)} ${digits} ${hex(btoa(digits))} `;
    const crowded = `${btoa(inner)}. ${hex(inner)}; ${btoa(hex(inner))} ${inner}`;
    expect(scanner.find(inner)).toBe(false);
    expect(scanner.find(crowded)).toBe(true);
  });
  it("comes to its end on a text that is all encodings", () => {
    const text = "QUJD".repeat(3000);
    expect(scanner.find(text)).toBe(false);
  });
});
