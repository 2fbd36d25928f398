import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFinder, createSearch } from "./search.ts";
import { internalsOf } from "./store-internals.ts";
import { episodeOf, fillWith, useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();

describe("search", () => {
  it("finds facts and episodes by any of their words, with who said them", () => {
    const store = folder.open();
    store.remember("drink", "Ada likes green tea", "owner");
    store.note({ ...episodeOf("A stranger asked for coffee."), from: "world", tags: ["door"] });
    expect(store.search("likes TEA")).toMatchObject([
      { kind: "fact", key: "drink", text: "Ada likes green tea", from: "owner", atMs: 1000 },
    ]);
    expect(store.search("coffee")).toMatchObject([{ kind: "episode", key: "", from: "world" }]);
    expect(store.search("drink")).toHaveLength(1);
    expect(store.search("door")).toHaveLength(1);
    expect(store.search("ada", 10)).toHaveLength(2);
    expect(store.search("zanzibar")).toEqual([]);
  });
  it("puts first what holds more of the query's rarer words", () => {
    const store = folder.open();
    store.note(episodeOf("the spare key lies in the drawer"));
    store.note(episodeOf("the spare wheel lies in the cellar"));
    store.note(episodeOf("the key of the cellar lies under the mat"));
    expect(store.search("where is the key of the cellar")[0]?.text).toContain("under the mat");
  });
  it("answers at most what was asked for, five unless told, a hundred at the most", () => {
    const store = folder.open();
    fillWith(
      store,
      Array.from({ length: 120 }, (_, k) => `tea ${k}`),
    );
    expect(store.search("tea")).toHaveLength(5);
    expect(store.search("tea", 0)).toEqual([]);
    expect(store.search("tea", -1)).toEqual([]);
    expect(store.search("tea", 1)).toHaveLength(1);
    expect(store.search("tea", 1e9)).toHaveLength(100);
    expect(store.search("tea", Number.NaN)).toHaveLength(100);
  });
  it("reads scripts without spaces, accents and emoji as people write them", () => {
    const store = folder.open();
    store.note(episodeOf("昨日、東京都庁で会議がありました。"));
    store.note(episodeOf("Le café d'Élodie 😀"));
    store.note(episodeOf("서울에서 만났다"));
    expect(store.search("東京")).toHaveLength(1);
    expect(store.search("会議")).toHaveLength(1);
    expect(store.search("京")).toHaveLength(1);
    expect(store.search("大阪")).toEqual([]);
    expect(store.search("ELODIE cafe")).toHaveLength(1);
    expect(store.search("😀")).toHaveLength(1);
    expect(store.search("😢")).toEqual([]);
    expect(store.search("서울")).toHaveLength(1);
  });
  const hostile = [
    "",
    " ",
    "\u0000",
    '"',
    '" OR 1=1 --',
    "words:tea",
    "tea*",
    "^tea",
    "NEAR(tea, 5)",
    "tea NOT green",
    "{words} : tea",
    "(((((",
    "-tea +green",
    "%_\\",
    "'; DROP TABLE memories; --",
    "\ud800",
    "AND",
    "OR OR OR",
  ];
  it.each(hostile)("takes %j as words", (query) => {
    const store = folder.open(":memory:");
    store.remember("drink", "not green but black tea", "owner");
    const found = store.search(query);
    expect(found).toHaveLength(/tea|not|green/iu.test(query) ? 1 : 0);
    expect(store.counts().facts).toBe(1);
  });
  it("takes any text at all, and answers the same twice", () => {
    const store = folder.open(":memory:");
    store.remember("drink", "black tea 東京 😀", "owner");
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 100 }), (units) => {
        const query = String.fromCharCode(...units);
        expect(store.search(query)).toEqual(store.search(query));
      }),
    );
  });
  it("reads the beginning of a megabyte", () => {
    const store = folder.open(":memory:");
    store.remember("drink", "black tea", "owner");
    const megabyte = "no other word is like ".repeat(50_000);
    expect(store.search(`tea ${megabyte}`)).toHaveLength(1);
    expect(store.search(megabyte)).toEqual([]);
    expect(store.search("\u0000".repeat(1_000_000))).toEqual([]);
    expect(store.search("😀".repeat(500_000))).toEqual([]);
  });
  it("is fused with what is nearest in meaning, where there is an index of that", () => {
    const store = folder.open();
    const drink = store.remember("drink", "black tea", "owner");
    const beverage = store.remember("beverage", "he likes it hot", "world");
    const nearest = () => ["forgotten meanwhile", beverage.id, drink.id];
    const find = createFinder(internalsOf(store).context.db, nearest);
    expect(find("a drink", 5).map(({ key }) => key)).toEqual(["drink", "beverage"]);
    expect(find("", 5).map(({ key, from }) => [key, from])).toEqual([
      ["beverage", "world"],
      ["drink", "owner"],
    ]);
    expect(find("a drink", 1)).toHaveLength(1);
    expect(find("a drink", 0)).toEqual([]);
  });
  it("ends ties by time, newest first, in every copy of the store", () => {
    const store = folder.open();
    fillWith(
      store,
      Array.from({ length: 10 }, () => "the same words"),
    );
    expect(store.search("words").map(({ atMs }) => atMs)).toEqual([9, 8, 7, 6, 5]);
  });
});

describe("search among many memories", () => {
  /** 3,000: "the" in each, "even" in half of them, "mark" in 1,500 others, one "zanzibar". */
  const texts = Array.from({ length: 3000 }, (_, k) =>
    ["the house", k % 2 === 0 ? "even" : "mark", k === 40 ? "zanzibar" : "", `n${k}`].join(" "),
  );
  it("finds by the rare word, however many common ones stand beside it", () => {
    const store = folder.open();
    fillWith(store, texts);
    expect(store.search("the house even zanzibar").map(({ atMs }) => atMs)).toEqual([40]);
    expect(store.search("the even n77").map(({ atMs }) => atMs)).toEqual([77]);
  });
  it("uses the four rarest words and no more", () => {
    const store = folder.open();
    fillWith(store, [...texts, ..."abcdef".split("").flatMap((c, k) => Array(k + 1).fill(c))]);
    const found = store.search("a b c d e f", 100);
    expect(new Set(found.map(({ text }) => text))).toEqual(new Set(["a", "b", "c", "d"]));
  });
  it("answers the newest with the most of the words when every word is common", () => {
    const store = folder.open();
    fillWith(store, texts);
    expect(store.search("the even house", 2).map(({ atMs }) => atMs)).toEqual([2998, 2996]);
    const found = store.search("even mark", 3);
    expect(found.map(({ atMs }) => atMs)).toEqual([2999, 2998, 2997]);
  });
  it("looks at few documents of a common word", () => {
    const store = folder.open();
    fillWith(store, texts);
    const rank = createSearch(internalsOf(store).context.db);
    expect(rank("the", 5)).toHaveLength(5);
    expect(rank("the house even mark", 5)).toHaveLength(5);
  });
});
