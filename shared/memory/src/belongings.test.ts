import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { internalsOf } from "./store-internals.ts";
import { createTallies } from "./tallies.ts";
import { useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();

describe("core blocks", () => {
  it("are few, short, and removed by an empty text", () => {
    const store = folder.open();
    store.setCoreBlock("owner", "Ada, who likes tea.", "owner");
    store.setCoreBlock("manners", "Be brief.", "agent");
    folder.nowMs = 2000;
    store.setCoreBlock("owner", "Ada.", "peer");
    expect(store.coreBlocks()).toEqual([
      { name: "manners", text: "Be brief.", from: "agent", changedMs: 1000 },
      { name: "owner", text: "Ada.", from: "peer", changedMs: 2000 },
    ]);
    store.setCoreBlock("owner", "", "owner");
    expect(store.coreBlocks()).toHaveLength(1);
    for (let k = 0; k < 7; k++) store.setCoreBlock(`b${k}`, "x".repeat(2000), "owner");
    expect(() => store.setCoreBlock("one more", "x", "owner")).toThrow("at most 8");
    store.setCoreBlock("b0", "still changed", "owner");
    expect(() => store.setCoreBlock("b0", "x".repeat(2001), "owner")).toThrow("characters");
    expect(() => store.setCoreBlock("", "x", "owner")).toThrow("name");
  });
});

describe("preferences", () => {
  it("are set, changed and removed by name", () => {
    const store = folder.open();
    store.setPreference("voice", "low");
    store.setPreference("units", "metric");
    store.setPreference("voice", "high");
    store.setPreference("units", null);
    store.setPreference("__proto__", "a name like any other");
    store.stop();
    const preferences = folder.open().preferences();
    expect(Object.entries(preferences)).toEqual([
      ["__proto__", "a name like any other"],
      ["voice", "high"],
    ]);
  });
  it("have limits", () => {
    const store = folder.open(":memory:");
    for (let k = 0; k < 200; k++) store.setPreference(`p${k}`, "x");
    expect(() => store.setPreference("one more", "x")).toThrow("at most 200");
    store.setPreference("p0", "y".repeat(2000));
    expect(() => store.setPreference("p0", "y".repeat(2001))).toThrow("characters");
    expect(() => store.setPreference("n".repeat(61), "y")).toThrow("characters");
  });
});

describe("blobs", () => {
  it("are kept once by the hash of their bytes", () => {
    const store = folder.open();
    const bytes = Uint8Array.from({ length: 300 }, (_, k) => k);
    const hash = store.putBlob(bytes);
    expect(hash).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(store.putBlob(bytes)).toBe(hash);
    store.putBlob(new Uint8Array(0));
    expect(store.getBlob(hash)).toEqual(bytes);
    expect(store.getBlob("0".repeat(64))).toBeNull();
    expect(store.blobs().find(({ sha256 }) => sha256 === hash)?.bytes).toBe(300);
    expect(store.counts().blobs).toBe(2);
  });
  it("hold at most eight mebibytes each", () => {
    const store = folder.open(":memory:");
    expect(() => store.putBlob(new Uint8Array(8 * 1024 * 1024 + 1))).toThrow("bytes");
    store.putBlob(new Uint8Array(8 * 1024 * 1024));
    expect(store.counts().blobs).toBe(1);
  });
  it("hold at most a gibibyte together", () => {
    const store = folder.open(":memory:");
    const hash = store.putBlob(new Uint8Array(9));
    const { db } = internalsOf(store).context;
    expect(createTallies(db).get("blob-bytes")).toBe(9);
    createTallies(db).set("blob-bytes", 1024 ** 3 - 2);
    expect(() => store.putBlob(new Uint8Array(3))).toThrow("together");
    expect(store.putBlob(new Uint8Array(9))).toBe(hash);
    store.putBlob(new Uint8Array(2));
    expect(store.counts().blobs).toBe(2);
  });
});
