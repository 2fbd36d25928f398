import { describe, expect, it } from "vitest";
import { readSpokenMemory } from "./spoken-memory.ts";

describe("what is said about the memory", () => {
  it.each([
    ["remember that my tea is in the kitchen.", "tea", "my tea is in the kitchen"],
    ["Remember:  the   key \n is here!!", "key", "the key is here"],
    ["please keep in mind that Ada likes tea", "ada likes tea", "Ada likes tea"],
    ["remember that my sister is Eva", "sister", "my sister is Eva"],
    ["remember that my sister lives in Paris", "sister lives in paris", "my sister lives in Paris"],
    ["remember that I like blue", "i like blue", "I like blue"],
    ["remember that I am Tom", "i am tom", "I am Tom"],
    [
      "remember: there is milk in the fridge",
      "there is milk in fridge",
      "there is milk in the fridge",
    ],
    ["remember we meet at noon", "we meet at noon", "we meet at noon"],
  ])("is kept under what it is about: %s", (text, key, value) => {
    expect(readSpokenMemory(text)).toEqual({ want: "remember", key, value });
  });
  it.each([
    ["where is my tea?", "tea"],
    ["who's  Ada ?!", "ada"],
    ["recall the spare key...", "spare key"],
  ])("is asked for: %s", (text, query) => {
    expect(readSpokenMemory(text)).toEqual({ want: "recall", query });
  });
  it.each(["go to the kitchen", "remember", "where is ?", ""])("is not this: %j", (text) => {
    expect(readSpokenMemory(text)).toBeNull();
  });
  // Looked at from each place again, such a text would never be read to its end.
  it.each([
    ["spaces", `remember a${" ".repeat(1_000_000)}b`, "a b"],
    ["marks", `remember a${"!".repeat(1_000_000)}`, "a"],
    ["questions", `recall a${"?".repeat(1_000_000)}b`, "b"],
  ])("is read in one go, however many %s stand in it", (_what, text, read) => {
    const found = readSpokenMemory(text);
    expect(found?.want === "remember" ? found.value : found?.query).toBe(read);
  });
});
