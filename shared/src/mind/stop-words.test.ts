import { describe, expect, it } from "vitest";
import { isStopWord } from "./stop-words.ts";

describe("stop words", () => {
  it.each([
    "stop",
    "STOP!",
    "halt",
    "stopp",
    "alto",
    "arr\u00eate",
    "ferma",
    "\u0441\u0442\u043e\u043f",
    "\u505c",
  ])("knows %s", (text) => expect(isStopWord(text)).toBe(true));
  it.each([
    "",
    "please",
    "don't stop",
    "do not stop",
    "stop by the kitchen",
    "go",
    "never stop",
    "bus stop",
    "stpo",
    "stop and go",
  ])("does not take %j for one", (text) => expect(isStopWord(text)).toBe(false));
});
