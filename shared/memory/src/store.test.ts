import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMemoryStore } from "./store.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-memory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const clock = { wallMs: () => 1 };

describe("the agent's memory", () => {
  it("keeps what it was told after it was closed and opened again", () => {
    const path = join(folder, "memory.sqlite");
    const first = openMemoryStore(path, clock);
    first.remember("owner's name", "Ada", "owner");
    first.stop();
    const second = openMemoryStore(path, clock);
    expect(second.recall("owner's name")).toEqual({
      key: "owner's name",
      value: "Ada",
      from: "owner",
    });
    expect(second.recall("nothing")).toBeNull();
    second.stop();
  });
  it("finds facts by any words, and takes operators of search languages as words", () => {
    const store = openMemoryStore(":memory:", clock);
    store.remember("tea", "Ada likes green tea", "owner");
    store.remember("coffee", "Bob likes black coffee", "world");
    expect(store.search("likes TEA").map((m) => m.key)).toEqual(["tea"]);
    expect(store.search('" OR 1=1 -- % *')).toEqual([]);
    expect(store.search("")).toEqual([]);
    expect(store.search("likes", 1)).toHaveLength(1);
    store.stop();
  });
  it("refuses a fact without a key", () => {
    const path = join(folder, "memory.sqlite");
    const store = openMemoryStore(path, clock);
    expect(() => store.remember("", "x", "owner")).toThrow("characters");
    store.stop();
  });
  it("says which file cannot be opened", () => {
    expect(() => openMemoryStore(join(folder, "no", "where.sqlite"), clock)).toThrow(
      "where.sqlite",
    );
  });
});
