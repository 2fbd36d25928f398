import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFinder, createSearch } from "./search.ts";
import { beginImport } from "./store-import.ts";
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
  const told = (text: string, count: number) => Array<string>(count).fill(text);
  const rankOf = (room: number) => {
    const store = folder.open();
    fillWith(store, texts);
    const rank = createSearch(internalsOf(store).context.db, () => room);
    return (query: string, limit: number) => rank(query, limit).map(({ at_ms }) => at_ms);
  };
  it("puts what holds the rare word first, however many common ones stand beside it", () => {
    const store = folder.open();
    fillWith(store, texts);
    expect(store.search("the house even zanzibar")[0]?.atMs).toBe(40);
    expect(store.search("the even n77").slice(0, 2)).toMatchObject([{ atMs: 77 }, { atMs: 2998 }]);
  });
  it("puts what holds several everyday words before what holds one rarer word", () => {
    const store = folder.open();
    fillWith(store, [
      ...texts,
      ...["red", "green", "blue"].flatMap((word) => told(`a ${word} thing`, 80)),
      ...["violet", "pink", "cyan"].map((word) => `a ${word} thing`),
      "a red green blue thing",
    ]);
    const query = "violet pink cyan or red green blue";
    expect(store.search(query)[0]?.text).toBe("a red green blue thing");
  });
  it("uses the twelve rarest words and no more", () => {
    const store = folder.open();
    const letters = "abcdefghijklmn".split("");
    fillWith(store, [...texts, ...letters.flatMap((c, k) => Array<string>(k + 1).fill(c))]);
    const found = store.search(letters.join(" "), 100);
    expect(new Set(found.map(({ text }) => text))).toEqual(new Set(letters.slice(0, 12)));
  });
  it("reads no more postings than there is room for, the rarer words first", () => {
    const store = folder.open();
    fillWith(store, ["a c", ...told("a", 299), ...told("b", 300), ...told("c", 299), ...texts]);
    const find = (query: string, room: number) =>
      createSearch(internalsOf(store).context.db, () => room)(query, 1).map(({ text }) => text);
    expect(find("a b c", 1200)).toEqual(["a c"]);
    // Without room for c, 600 weigh the same, and the newest thousand hold none of the words.
    expect(find("a b c", 700)).toEqual([]);
  });
  it("gives no word more than half of the room", () => {
    const store = folder.open();
    fillWith(store, ["rare even", "rare other", ...texts]);
    const find = (room: number) =>
      createSearch(internalsOf(store).context.db, () => room)("rare even", 2);
    expect(find(20_000).map(({ text }) => text)).toEqual(["rare even", "rare other"]);
    expect(find(2000).map(({ text }) => text)).toEqual(["rare other", "rare even"]);
  });
  it("answers the newest with the most of the words when every word is common", () => {
    const find = rankOf(1000);
    expect(find("the even house", 2)).toEqual([2998, 2996]);
    expect(find("even mark", 3)).toEqual([2999, 2998, 2997]);
    expect(find("even mark zanzibar the", 2)).toEqual([40]);
    expect(find("even nothing", 2)).toEqual([2998, 2996]);
  });
  it("looks at the newest thousand when every word is common, and at no more", () => {
    const rank = rankOf(1000);
    expect(rank("the", 100)).toHaveLength(100);
    expect(rank("nowhere", 5)).toEqual([]);
    const store = folder.open("old.sqlite");
    fillWith(store, [...told("old", 1000), ...told("new", 1000)]);
    for (const room of [1000, 2500]) {
      const among = createSearch(internalsOf(store).context.db, () => room);
      expect(among("old", 5)).toEqual([]);
      expect(among("new", 5)).toHaveLength(5);
    }
  });
});

describe("search after a move", () => {
  const words = "red green blue tea house door key lamp the and".split(" ");
  const memory = fc.record({
    atMs: fc.integer({ min: 0, max: 3 }),
    content: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }),
  });
  it("answers the same, in whatever order the memories came into the file", () => {
    const all = fc.sample(memory, { seed: 7, numRuns: 600 });
    const rows = all.map(({ atMs, content }, k) => ({
      ...episodeOf(content.join(" ")),
      id: `id-${String(k).padStart(5, "0")}`,
      atMs,
      accessCount: 0,
      extra: "",
    }));
    const [first, second] = ["first", "second"].map((name) => {
      const store = folder.open(`${name}.sqlite`);
      const record = store.agent();
      const load = beginImport(store);
      load.record(record, null);
      for (const row of name === "first" ? rows : rows.toReversed()) load.episode(row);
      load.commit();
      const { db } = internalsOf(store).context;
      return [createSearch(db), createSearch(db, () => 300)];
    });
    const queries = fc.sample(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }), {
      seed: 8,
      numRuns: 30,
    });
    for (const query of queries.map((list) => list.join(" "))) {
      for (const [k, rank] of (first ?? []).entries()) {
        const ids = rank(query, 10).map(({ id }) => id);
        expect(ids.length).toBeGreaterThan(0);
        expect(second?.[k]?.(query, 10).map(({ id }) => id)).toEqual(ids);
      }
    }
  });
});
