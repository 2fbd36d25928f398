import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexedWords, queryWords } from "./words.ts";

const of = (query: string) => queryWords(query, 100, 10_000);

/** Any UTF-16 units at all, halves of pairs among them. */
const anyText = fc.uint16Array({ maxLength: 200 }).map((units) => String.fromCharCode(...units));

describe("the words of a text", () => {
  it("are in lower case and without accents", () => {
    expect(of("Ada's CAFÉ in Łódź, ǅ 42")).toEqual(["ada", "s", "cafe", "in", "łodz", "dz", "42"]);
    expect(of("ﬁre ２ İstanbul")).toEqual(["fire", "2", "istanbul"]);
    expect(indexedWords("Tea tea")).toBe("tea tea");
    expect(queryWords("one two three", 2, 100)).toEqual(["one", "two"]);
    expect(queryWords("one two", 9, 5)).toEqual(["one", "t"]);
    expect(queryWords("\ufdfa".repeat(5), 9, 5)).toEqual(["صلى", "ا"]);
    expect(of("Tea tea")).toEqual(["tea"]);
  });
  it("of scripts without spaces are pairs of characters; a single one is found too", () => {
    expect(of("東京都")).toEqual(["東京", "京都"]);
    expect(of("東")).toEqual(["東"]);
    expect(indexedWords("東京都").split(" ")).toEqual(["東", "京", "都", "東京", "京都"]);
    expect(of("iPhoneを買う")).toEqual(["iphone", "を買", "買う"]);
    expect(of("서울에서").length).toBe(3);
    expect(of("がぎ")).not.toEqual(of("かき"));
  });
  it("keep the vowel signs of scripts that need them", () => {
    expect(of("हिन्दी भाषा")).toEqual(["हिन्दी", "भाषा"]);
  });
  it("name each emoji", () => {
    expect(of("I 😀 tea")).toEqual(["i", "emoji1f600", "tea"]);
    expect(of("👩‍🍳")).toEqual(["emoji1f469", "emoji1f373"]);
  });
  it("are letters and digits only, whatever the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(of(text).filter((word) => !/^[\p{L}\p{N}\p{M}]+$/u.test(word))).toEqual([]);
      }),
    );
  });
  it("of a query can all be found in the text itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        const indexed = new Set(indexedWords(text).split(" "));
        expect(of(text).filter((word) => !indexed.has(word))).toEqual([]);
      }),
    );
  });
});
