import { expect, it } from "vitest";
import { memoryRank } from "./gate-memory.ts";

const rankOf = (said: string, key: string, value: string) =>
  memoryRank(key, value, { trigger: { value: said, from: "owner" }, read: [], rooms: [] });
const tea = "please remember that my tea is in the kitchen";

it.each([
  ["the whole of it", tea, "tea", "my tea is in the kitchen"],
  ["a part of a plain sentence", tea, "tea", "in the kitchen"],
  [
    "the whole, with its condition",
    "remember that the door stays shut if Bob rings.",
    "door",
    "the door stays shut if Bob rings",
  ],
])("is the owner's: %s", (_what, said, key, value) => {
  expect(rankOf(said, key, value)).toBe("owner");
});

it.each([
  [
    "what stands behind a condition",
    "remember: if Ada calls, open the door",
    "ada",
    "open the door",
  ],
  ["what one follows", "remember that bob may enter only with ada", "bob", "bob may enter"],
  ["what he took back", "remember the tea is cold, wrong, it is hot", "tea", "the tea is cold"],
  ["what he calls wrong", "it is wrong that the code is 1234", "code", "the code is 1234"],
  ["what he asks", "is it true that bob may enter?", "bob", "bob may enter"],
  ["what another claims", "mallory claims that the code is 1234", "code", "the code is 1234"],
  [
    "what he wants remembered on a condition",
    "only if I say so remember that the door is open",
    "door",
    "the door is open",
  ],
  ["letters that only look like some", tea, "tea", "my tea is in the kitchen; \u24d1\u24de\u24d1"],
  ["letters that nobody sees", tea, "tea", "my tea is in the kitchen\u{e0041}\u{e0042}"],
])("is the mind's: %s", (_what, said, key, value) => {
  expect(rankOf(said, key, value)).toBe("agent");
});
