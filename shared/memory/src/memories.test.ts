import { readFileSync } from "node:fs";
import type { Provenance } from "@timmy/shared/agent/tim-agent";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { internalsOf } from "./store-internals.ts";
import { episodeOf, fillWith, useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("facts", () => {
  it("are kept with who said them, and found by their key", () => {
    const store = folder.open();
    const told = store.remember("owner's name", "Ada", "owner");
    expect(told).toMatchObject({ key: "owner's name", value: "Ada", from: "owner" });
    expect(told.id).toMatch(uuidV7);
    store.stop();
    expect(folder.open().recall("owner's name")).toEqual(told);
    expect(folder.open().recall("nothing")).toBeNull();
  });
  it("keep their id and birth when the same one says something new", () => {
    const store = folder.open();
    const before = store.remember("tea", "green", "owner");
    folder.nowMs = 2000;
    const after = store.remember("tea", "black", "owner");
    expect(after).toEqual({ ...before, value: "black", changedMs: 2000 });
    expect(store.facts({ limit: 10 })).toEqual([after]);
    expect(store.search("green")).toEqual([]);
    expect(store.search("black")).toHaveLength(1);
  });
  it.each<[Provenance, Provenance]>([
    ["owner", "agent"],
    ["owner", "peer"],
    ["owner", "world"],
    ["agent", "peer"],
    ["peer", "world"],
  ])("of the %s are not taken over by the %s, in either order", (more, less) => {
    const store = folder.open();
    store.remember("a", "first", more);
    store.remember("a", "second", less);
    store.remember("b", "first", less);
    store.remember("b", "second", more);
    expect(store.recall("a")).toMatchObject({ value: "first", from: more });
    expect(store.recall("b")).toMatchObject({ value: "second", from: more });
    expect(store.facts({ limit: 10 })).toHaveLength(4);
    expect(store.search("second").map(({ from }) => from)).toHaveLength(2);
  });
  it("never rise: what the world said stays the world's when the owner says the same", () => {
    const store = folder.open();
    store.remember("payee", "send it to me", "world");
    store.remember("payee", "send it to me", "owner");
    const sources = store.facts({ limit: 10 }).map(({ from }) => from);
    expect([...sources].sort()).toEqual(["owner", "world"]);
    const owners = store.facts({ limit: 10 }).find(({ from }) => from === "owner");
    expect(store.forget(owners?.id ?? "")).toBe(true);
    expect(store.recall("payee")?.from).toBe("world");
  });
  it("of a source that this version does not know count as the world's", () => {
    const store = folder.open();
    store.remember("tea", "green", "owner");
    internalsOf(store).context.db.exec("UPDATE memories SET source = 'oracle'");
    expect(store.recall("tea")?.from).toBe("world");
    store.remember("tea", "black", "world");
    expect(store.recall("tea")?.value).toBe("black");
  });
  it("refuse no key, and more characters than there is room for", () => {
    const store = folder.open();
    expect(() => store.remember("", "x", "owner")).toThrow("key");
    expect(() => store.remember("k".repeat(201), "x", "owner")).toThrow("characters");
    expect(() => store.remember("k", "x".repeat(20_001), "owner")).toThrow("characters");
    store.remember("k".repeat(200), "x".repeat(20_000), "owner");
    expect(store.counts().facts).toBe(1);
  });
  it("come back as they were told, with nulls, emoji, and half characters made whole", () => {
    const store = folder.open();
    for (const value of ["a\u0000b", "😀", "日本語", "", "'; DROP TABLE memories; --"]) {
      store.remember("k", value, "owner");
      expect(store.recall("k")?.value).toBe(value);
    }
    store.remember("half \ud800", "\udc00", "owner");
    expect(store.recall("half \ud800")?.value).toBe("\ufffd");
    expect(store.recall("half \ufffd")?.value).toBe("\ufffd");
  });
});

describe("episodes", () => {
  it("are kept whole and listed page by page, newest first", () => {
    const store = folder.open();
    const tags = ["kitchen", "tea"];
    const noted = store.note({ ...episodeOf("Ada drank tea."), tags, from: "peer" });
    expect(noted).toMatchObject({ content: "Ada drank tea.", tags, from: "peer", who: "Ada" });
    expect(noted.id).toMatch(uuidV7);
    expect(store.episodes({ limit: 1 })).toEqual([noted]);
    for (let k = 0; k < 25; k++) store.note({ ...episodeOf(`number ${k}`), atMs: 2000 + (k >> 1) });
    const seen: string[] = [];
    let page = store.episodes({ limit: 4 });
    while (page.length > 0) {
      seen.push(...page.map(({ id }) => id));
      page = store.episodes({ limit: 4, beforeId: page.at(-1)?.id ?? "" });
    }
    expect(new Set(seen).size).toBe(26);
    expect(seen).toEqual(store.episodes({ limit: 100 }).map(({ id }) => id));
    expect(store.episodes({ limit: 100 }).at(0)?.atMs).toBe(2012);
    expect(store.episodes({ limit: 5, beforeId: "nobody" })).toEqual([]);
  });
  it("refuse an importance outside of 0 to 1, and too many or long tags", () => {
    const store = folder.open();
    for (const importance of [-0.1, 1.1, Number.NaN]) {
      expect(() => store.note({ ...episodeOf("x"), importance })).toThrow("Importance");
    }
    const tags = Array.from({ length: 17 }, () => "t");
    expect(() => store.note({ ...episodeOf("x"), tags })).toThrow("tags");
    expect(() => store.note({ ...episodeOf("x"), tags: ["t".repeat(61)] })).toThrow("tag");
    expect(() => store.note({ ...episodeOf("x"), atMs: 1.5 })).toThrow("time");
    expect(() => store.note({ ...episodeOf("x"), atMs: 8.64e15 + 2 })).toThrow("time");
    expect(store.counts().episodes).toBe(0);
  });
  it("count how often they were found, also over the next start", () => {
    const store = folder.open();
    store.note(episodeOf("Ada drank tea."));
    store.search("tea");
    store.search("tea");
    expect(store.episodes({ limit: 1 })[0]?.accessCount).toBe(2);
    store.stop();
    expect(folder.open().episodes({ limit: 1 })[0]?.accessCount).toBe(2);
  });
});

describe("forgetting", () => {
  it("takes a fact or an episode by its id, once", () => {
    const store = folder.open();
    const fact = store.remember("tea", "green", "owner");
    const episode = store.note(episodeOf("Ada drank tea."));
    expect(store.counts()).toEqual({ facts: 1, episodes: 1, blobs: 0 });
    expect(store.forget(fact.id)).toBe(true);
    expect(store.forget(episode.id)).toBe(true);
    expect(store.forget(fact.id)).toBe(false);
    expect(store.counts()).toEqual({ facts: 0, episodes: 0, blobs: 0 });
    expect(store.search("tea green")).toEqual([]);
  });
  it("leaves nothing of the text in the file", () => {
    const store = folder.open();
    fillWith(
      store,
      Array.from({ length: 300 }, (_, k) => `hello world ${k}`),
    );
    const secret = store.note(episodeOf("The zanzibar is under the mat."));
    for (let k = 0; k < 30; k++) store.note(episodeOf(`hello again ${k}`));
    store.stop();
    expect(readFileSync(folder.path()).includes("anzibar")).toBe(true);
    const again = folder.open();
    again.forget(secret.id);
    again.stop();
    expect(readFileSync(folder.path()).includes("anzibar")).toBe(false);
    expect(folder.open().search("hello", 100)).toHaveLength(100);
  });
});

it("cuts all texts into words again when the index was made by other Unicode tables", () => {
  const store = folder.open();
  fillWith(
    store,
    Array.from({ length: 1500 }, (_, k) => `tea number ${k}`),
  );
  store.stop();
  const db = new Database(folder.path());
  db.exec("UPDATE marks SET value = '0/0' WHERE name = 'words'");
  db.exec("INSERT INTO memory_words (memory_words) VALUES ('delete-all')");
  db.close();
  expect(folder.open().search("number 1234")[0]?.text).toBe("tea number 1234");
});
