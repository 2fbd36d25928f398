import { readFileSync, writeFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { afterEach, describe, expect, it } from "vitest";
import { createFinder } from "./search.ts";
import { openSqlite } from "./sqlite-file.ts";
import { internalsOf } from "./store-internals.ts";
import { createFakeEmbedder } from "./testing/fake-embedder.ts";
import { episodeOf, fillWith, useStoreFolder } from "./testing/store-folder.ts";
import { openVectorFile } from "./vector-file.ts";
import { formsOf } from "./vector-forms.ts";
import { openVectorIndex, type VectorIndex } from "./vector-index.ts";

const folder = useStoreFolder();
const { signal } = new AbortController();
let indexes: VectorIndex[] = [];
afterEach(() => {
  for (const index of indexes) index.stop();
  indexes = [];
});

function open(options: { count?: number } = {}) {
  const embedder = createFakeEmbedder();
  const logger = createMemoryLogger();
  const again = () => {
    const index = openVectorIndex(folder.path("vectors"), { embedder, logger }, options);
    indexes.push(index);
    return index;
  };
  const [store, index] = [folder.open(), again()];
  const { db } = internalsOf(store).context;
  const find = createFinder(db, index.nearest);
  /** Asks as a caller does: a vector first, then the search. */
  const ask = async (question: string) => {
    await index.prepare(question, signal);
    return find(question, 3).map(({ text }) => text);
  };
  return { embedder, logger, store, index, again, ask };
}

describe("the index of vectors", () => {
  it("finds by meaning what no word of the question names", async () => {
    const { store, index, ask } = open();
    store.note(episodeOf("Ada likes green tea"));
    store.note(episodeOf("the vehicle is red"));
    store.remember("pet", "Mia is a cat", "world");
    expect(await ask("beverage")).toEqual([]);
    expect(await index.catchUp(store, signal)).toEqual({ added: 3, removed: 0, done: true });
    expect((await ask("beverage"))[0]).toBe("Ada likes green tea");
    expect((await ask("which animal"))[0]).toBe("Mia is a cat");
    expect((await ask("red"))[0]).toBe("the vehicle is red");
  });
  it("follows what is changed and forgotten, and leaves nothing of it in the file", async () => {
    const { store, index, embedder, again, ask } = open();
    const fact = store.remember("morning", "a drink", "owner");
    const secret = store.note(episodeOf("a cat"));
    await index.catchUp(store, signal);
    expect((await ask("animal"))[0]).toBe("a cat");
    const [vector = []] = await embedder.embed(["a cat"], "memory", signal);
    const forms = formsOf(vector, 64);
    const isWritten = () => {
      const bytes = readFileSync(folder.path("vectors"));
      return [forms?.signs, forms?.fine].some((part) => bytes.includes(Buffer.from(part ?? "?")));
    };
    index.stop();
    expect(isWritten()).toBe(true);
    const next = again();
    folder.nowMs++;
    store.remember("morning", "a car", "owner");
    store.forget(secret.id);
    expect(await next.catchUp(store, signal)).toEqual({ added: 1, removed: 1, done: true });
    await next.prepare("animal", signal);
    expect(next.nearest("animal", 9)).toEqual([fact.id]);
    next.stop();
    expect(isWritten()).toBe(false);
  });
  it("embeds a bounded number of texts in a turn, and goes on where it ended", async () => {
    const { store, index, embedder } = open();
    fillWith(
      store,
      Array.from({ length: 600 }, (_, k) => `memory ${k}`),
    );
    const turns = [];
    for (let k = 0; k < 4; k++) turns.push(await index.catchUp(store, signal));
    expect(turns).toEqual([
      { added: 256, removed: 0, done: false },
      { added: 256, removed: 0, done: false },
      { added: 88, removed: 0, done: true },
      { added: 0, removed: 0, done: true },
    ]);
    expect(Math.max(...embedder.calls.map((texts) => texts.length))).toBe(16);
    expect(new Set(embedder.calls.flat()).size).toBe(600);
  });
  it("is one turn for all who ask while it runs", async () => {
    const { store, index, embedder } = open();
    store.note(episodeOf("tea"));
    await Promise.all([index.catchUp(store, signal), index.catchUp(store, signal)]);
    expect(embedder.calls).toEqual([["tea"]]);
  });
  it("outlives the process, and embeds nothing twice", async () => {
    const { store, index, again, embedder } = open();
    store.note(episodeOf("green tea"));
    await index.catchUp(store, signal);
    index.stop();
    const next = again();
    // No text goes to a model that was not looked at since the start.
    expect(await next.prepare("drink", signal)).toBe(false);
    expect(await next.catchUp(store, signal)).toEqual({ added: 0, removed: 0, done: true });
    expect(embedder.calls).toHaveLength(1);
    expect(await next.prepare("drink", signal)).toBe(true);
    expect(next.nearest("drink", 5)).toHaveLength(1);
  });
  it("is made anew for another model", async () => {
    const { store, index, embedder, ask } = open();
    store.note(episodeOf("green tea"));
    await index.catchUp(store, signal);
    await index.prepare("drink", signal);
    [embedder.model, embedder.dimensions] = ["fake@2", 100];
    expect(await index.catchUp(store, signal)).toEqual({ added: 1, removed: 0, done: true });
    expect(await ask("drink")).toEqual(["green tea"]);
    expect(embedder.calls).toEqual([["green tea"], ["drink"], ["green tea"], ["drink"]]);
  });
  it("keeps the newest, and lets the oldest go", async () => {
    const { store, index, ask } = open({ count: 2 });
    const memories = ["tea", "car", "cat"].map((text) => {
      folder.nowMs++;
      return store.note(episodeOf(text));
    });
    expect(await index.catchUp(store, signal)).toEqual({ added: 2, removed: 0, done: true });
    expect(await ask("beverage")).not.toContain("tea");
    folder.nowMs++;
    store.note(episodeOf("drink"));
    expect(await index.catchUp(store, signal)).toEqual({ added: 1, removed: 1, done: true });
    expect(index.nearest("beverage", 9)).not.toContain(memories[1]?.id);
  });
  it("makes a file anew that is broken or of another format", async () => {
    for (const spoil of [
      () => writeFileSync(folder.path("vectors"), "no database at all, but long enough".repeat(99)),
      () => {
        const db = openSqlite(folder.path("vectors"), "write");
        db.exec("UPDATE marks SET value = '0' WHERE name = 'format'");
        db.close();
      },
    ]) {
      const { store, index, again, embedder } = open();
      store.note(episodeOf("tea"));
      await index.catchUp(store, signal);
      index.stop();
      spoil();
      const next = again();
      expect(await next.catchUp(store, signal)).toMatchObject({ done: true });
      await next.prepare("drink", signal);
      expect(next.nearest("drink", 5)).not.toEqual([]);
      expect(embedder.calls.length).toBeGreaterThan(2);
    }
  });
  it("answers nothing of a question that nobody prepared, and keeps the last 64", async () => {
    const { store, index } = open();
    store.note(episodeOf("tea"));
    expect(await index.prepare("drink", signal)).toBe(false);
    await index.catchUp(store, signal);
    expect(index.nearest("drink", 5)).toEqual([]);
    for (let k = 0; k <= 64; k++) await index.prepare(`drink ${k}`, signal);
    expect(index.nearest("drink 0", 5)).toEqual([]);
    expect(index.nearest("drink 1", 5)).toHaveLength(1);
    expect(index.nearest("drink 1", 0)).toEqual([]);
    index.stop();
    expect(index.nearest("drink 1", 5)).toEqual([]);
    expect(await index.prepare("drink 1", signal)).toBe(false);
  });
});

describe("the index of vectors with a model that fails", () => {
  const away = async () => {
    throw new Error("away");
  };
  it("lets the turn fail, and the next one goes on", async () => {
    const { store, index, embedder } = open();
    fillWith(
      store,
      Array.from({ length: 20 }, (_, k) => `memory ${k}`),
    );
    embedder.fault = away;
    await expect(index.catchUp(store, signal)).rejects.toThrow("away");
    expect(await index.catchUp(store, signal)).toMatchObject({ added: 20, done: true });
    embedder.fault = away;
    expect(await index.prepare("memory", signal)).toBe(false);
    expect(await index.prepare("memory", signal)).toBe(true);
  });
  it.each([
    ["not a number", [Number.NaN, 1]],
    ["endless", [Number.POSITIVE_INFINITY, 1]],
    ["zero", [0, 0]],
    ["too short", []],
  ])("takes no vector that is %s, takes the others, and tries it again", async (_, wrong) => {
    const { store, index, embedder } = open();
    for (const text of ["tea", "cat"]) store.note(episodeOf(text));
    const rest = Array.from({ length: wrong.length === 0 ? 3 : 62 }, () => 0);
    const good = Array.from({ length: 64 }, (_, i) => i - 20);
    embedder.fault = async () => [[...wrong, ...rest], good];
    expect(await index.catchUp(store, signal)).toEqual({ added: 1, removed: 0, done: false });
    expect(await index.catchUp(store, signal)).toEqual({ added: 1, removed: 0, done: true });
    embedder.fault = async () => [[...wrong, ...rest]];
    expect(await index.prepare("drink", signal)).toBe(false);
  });
  it("leaves texts out for once at which the model fails again and again", async () => {
    const { store, index, embedder } = open();
    fillWith(
      store,
      Array.from({ length: 20 }, (_, k) => `memory ${k}`),
    );
    const failing = async () => {
      throw new TimmyError("model-failed");
    };
    for (let k = 0; k < 2; k++) {
      embedder.fault = failing;
      await expect(index.catchUp(store, signal)).rejects.toMatchObject({ code: "model-failed" });
    }
    embedder.fault = failing;
    expect(await index.catchUp(store, signal)).toEqual({ added: 4, removed: 0, done: false });
    expect(await index.catchUp(store, signal)).toEqual({ added: 16, removed: 0, done: true });
  });
  it("refuses another length once, and takes it for the model's own when it comes again", async () => {
    const { store, index, embedder } = open();
    store.note(episodeOf("tea"));
    await index.catchUp(store, signal);
    store.note(episodeOf("cat"));
    embedder.dimensions = 32;
    await expect(index.catchUp(store, signal)).rejects.toMatchObject({ code: "model-failed" });
    expect(await index.prepare("drink", signal)).toBe(false);
    embedder.dimensions = 64;
    expect(await index.catchUp(store, signal)).toMatchObject({ added: 1 });
    store.note(episodeOf("car"));
    embedder.dimensions = 32;
    await expect(index.catchUp(store, signal)).rejects.toMatchObject({ code: "model-failed" });
    expect(await index.catchUp(store, signal)).toMatchObject({ added: 1, done: true });
    store.note(episodeOf("pet"));
    expect(await index.catchUp(store, signal)).toMatchObject({ added: 3, done: true });
  });
  it("writes no vector of what was changed or forgotten while it was made", async () => {
    const { store, index, embedder } = open();
    const [first, second] = [store.note(episodeOf("tea")), store.note(episodeOf("cat"))];
    embedder.fault = async (texts) => {
      store.forget(first.id);
      return texts.map((_, k) => Array.from({ length: 64 }, (_, i) => (i % 3) - 1 + k));
    };
    expect(await index.catchUp(store, signal)).toMatchObject({ added: 1, done: true });
    expect(await index.catchUp(store, signal)).toMatchObject({ added: 0, done: true });
    await index.prepare("anything", signal);
    expect(index.nearest("anything", 5)).toEqual([second.id]);
  });
  it("ends with the signal, and with the index", async () => {
    const { store, index, embedder } = open();
    store.note(episodeOf("tea"));
    const ending = new AbortController();
    embedder.fault = async () => {
      ending.abort(new Error("enough"));
      return [[1]];
    };
    await expect(index.catchUp(store, ending.signal)).rejects.toThrow("enough");
    embedder.fault = async () => {
      index.stop();
      index.stop();
      return [[1]];
    };
    await expect(index.catchUp(store, signal)).rejects.toThrow(/abort/i);
  });
});

describe("the short forms of a vector", () => {
  it("keep who is near: nine of the ten nearest of 2,000 are found", () => {
    const random = createRandom(1);
    const dimensions = 256;
    const middles = Array.from({ length: 40 }, () =>
      Array.from({ length: dimensions }, () => random.normal()),
    );
    const around = (k: number) =>
      (middles[k % middles.length] ?? []).map((n) => n + random.normal());
    const vectors = Array.from({ length: 2000 }, (_, k) => around(k));
    const file = openVectorFile(":memory:");
    file.begin({ model: "x", dimensions });
    const forms = (vector: readonly number[]) => {
      const found = formsOf(vector, dimensions);
      if (found === null) throw new Error("no vector");
      return found;
    };
    file.put(vectors.map((vector, k) => ({ id: String(k), atMs: 0, ...forms(vector) })));
    const length = (v: readonly number[]) => Math.hypot(...v);
    const cosine = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, n, i) => sum + n * (b[i] ?? 0), 0) / (length(a) * length(b));
    let hits = 0;
    for (let k = 0; k < 20; k++) {
      const question = around(k);
      const ids = vectors.map((vector, i) => ({ id: String(i), near: cosine(vector, question) }));
      const nearest = new Set(
        ids
          .sort((a, b) => b.near - a.near)
          .slice(0, 10)
          .map(({ id }) => id),
      );
      hits += file.nearest(forms(question), 10).filter((id) => nearest.has(id)).length;
    }
    file.close();
    expect(hits / 200).toBeGreaterThan(0.9);
  });
});
