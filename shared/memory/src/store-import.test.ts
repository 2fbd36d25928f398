import { existsSync, statSync } from "node:fs";
import type { AgentRecord } from "@timmy/shared/agent/agent-store";
import { describe, expect, it } from "vitest";
import type { OpenAgentStore } from "./agent-store.ts";
import { sha256 } from "./belongings.ts";
import { agentIdOf, verifySignature } from "./identity-key.ts";
import { lineageCount } from "./limits.ts";
import { beginImport } from "./store-import.ts";
import { internalsOf } from "./store-internals.ts";
import { exportSeed, isBlank, keepCopy, setRecord } from "./store-sections.ts";
import { openSnapshot } from "./store-snapshot.ts";
import { episodeOf, useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();

function teach(store: OpenAgentStore): void {
  store.remember("tea", "green", "owner");
  store.remember("tea", "poisoned", "world");
  store.note({ ...episodeOf("Ada drank tea."), tags: ["kitchen"], from: "peer" });
  store.setCoreBlock("owner", "Ada.", "owner");
  store.setPreference("voice", "low");
  store.putBlob(new TextEncoder().encode("a picture"));
  store.effects.append("perceived", { text: "hello" });
  store.effects.append("decided", { plan: "none" });
  store.search("tea");
}

/** Everything of a store, as a list of texts. */
function contentOf(store: OpenAgentStore): string[] {
  const moment = openSnapshot(store);
  try {
    const { facts, episodes, coreBlocks, preferences, lineage, documents } = moment;
    const rows = [facts(), episodes(), coreBlocks(), preferences(), lineage(), documents()];
    const blobs = [...moment.blobs()].map(({ bytes, ...row }) => [row, sha256(bytes)]);
    return [
      moment.agent,
      moment.effectHead,
      moment.counts(),
      ...rows.map((r) => [...r]),
      blobs,
    ].map((part) => JSON.stringify(part));
  } finally {
    moment.close();
  }
}

/** Brings all of one store into another. */
function carry(from: OpenAgentStore, to: OpenAgentStore, change: Partial<AgentRecord> = {}): void {
  const moment = openSnapshot(from);
  const load = beginImport(to);
  try {
    load.record({ ...moment.agent, ...change }, exportSeed(from));
    for (const row of moment.facts()) load.fact(row);
    for (const row of moment.episodes()) load.episode(row);
    for (const row of moment.coreBlocks()) load.coreBlock(row);
    for (const row of moment.preferences()) load.preference(row);
    for (const row of moment.blobs()) load.blob(row);
    for (const row of moment.lineage()) load.lineage(row);
    for (const row of moment.documents()) load.document(row);
    load.effectHead(moment.effectHead);
    load.commit();
  } finally {
    load.abort();
    moment.close();
  }
}

describe.each(["b.sqlite", ":memory:"])("an import into %s", (target) => {
  it("makes it the same agent, with the same key, memories and log", () => {
    const [one, two] = [folder.open("a.sqlite"), folder.open(target)];
    teach(one);
    two.remember("old", "of another agent", "owner");
    two.effects.append("acted", {});
    carry(one, two);
    expect(contentOf(two)).toEqual(contentOf(one));
    expect(two.recall("tea")).toMatchObject({ value: "green", from: "owner" });
    expect(two.search("poisoned")[0]?.from).toBe("world");
    expect(two.search("another")).toEqual([]);
    const bytes = new Uint8Array(5);
    expect(verifySignature(one.agent().id, bytes, two.sign(bytes))).toBe(true);
    expect(two.effects.append("acted", {}).seq).toBe(3);
    expect(two.effects.verify()).toBeNull();
    expect(two.forget(two.episodes({ limit: 1 })[0]?.id ?? "")).toBe(true);
  });
  it("leaves nothing behind when it is given up, and lets the store go on", () => {
    const store = folder.open(target);
    teach(store);
    const before = contentOf(store);
    const load = beginImport(store);
    load.preference({ name: "half", value: "done", extra: "" });
    expect(() => store.remember("tea", "black", "owner")).toThrow("imported");
    expect(() => beginImport(store)).toThrow("imported");
    load.abort();
    load.abort();
    expect(contentOf(store)).toEqual(before);
    store.remember("tea", "black", "owner");
    expect(store.recall("tea")?.value).toBe("black");
    expect(store.effects.verify()).toBeNull();
  });
  it("refuses two of one id, bytes of another hash, and somebody else's key", () => {
    const [one, two] = [folder.open("a.sqlite"), folder.open(target)];
    teach(one);
    const before = contentOf(two);
    const load = beginImport(two);
    const fact = one.facts({ limit: 1 })[0];
    if (fact === undefined) throw new Error("it was taught one");
    load.fact({ ...fact, extra: "" });
    expect(() => load.fact({ ...fact, extra: "" })).toThrow("missing or has the wrong type");
    const sha = "0".repeat(64);
    expect(() => load.blob({ sha256: sha, bytes: new Uint8Array(1), extra: "" })).toThrow("bytes");
    expect(() => load.record(one.agent(), null)).toThrow("not here");
    expect(() => load.record(one.agent(), exportSeed(two))).toThrow("another agent's");
    load.abort();
    expect(contentOf(two)).toEqual(before);
  });
});

describe("a snapshot", () => {
  it("stays at its moment while the store goes on", () => {
    const store = folder.open();
    teach(store);
    const moment = openSnapshot(store);
    store.remember("later", "not in it", "owner");
    const facts = moment.facts();
    expect(facts.next().value).toMatchObject({ key: "tea" });
    store.remember("later", "still not in it", "owner");
    expect([...facts].map(({ key }) => key)).toEqual(["tea"]);
    expect(moment.counts().facts).toBe(2);
    moment.close();
    expect(store.counts().facts).toBe(3);
  });
  it("keeps the fields that this version does not know", () => {
    const store = folder.open();
    const load = beginImport(store);
    load.preference({ name: "voice", value: "low", extra: '{"pitch":3}' });
    load.document({ name: "policy", text: "{}" });
    load.record(store.agent(), null);
    load.commit();
    const moment = openSnapshot(store);
    expect([...moment.preferences()]).toEqual([
      { name: "voice", value: "low", extra: '{"pitch":3}' },
    ]);
    expect([...moment.documents()]).toEqual([{ name: "policy", text: "{}" }]);
    moment.close();
  });
});

describe("the record of an agent", () => {
  it("is set together with a line of the lineage, or not at all", () => {
    const store = folder.open();
    const line = { atMs: 5, what: "moved", node: "robot", epoch: 2, note: "" } as const;
    setRecord(store, { epoch: 2, status: "departed", departedTo: "robot" }, line);
    expect(store.agent()).toMatchObject({ epoch: 2, status: "departed", departedTo: "robot" });
    expect(store.lineage().at(-1)).toEqual(line);
    expect(() => setRecord(store, { epoch: 3 }, { ...line, note: "x".repeat(2001) })).toThrow();
    expect(() => setRecord(store, { epoch: 3 }, { ...line, node: "x".repeat(61) })).toThrow();
    expect(() => setRecord(store, { epoch: 3, departedTo: "x".repeat(61) })).toThrow();
    expect(store.agent().epoch).toBe(2);
    expect(store.lineage()).toHaveLength(2);
    expect(() => setRecord(store, { epoch: 1 })).toThrow("epoch 2");
    expect(agentIdOf(exportSeed(store))).toBe(store.agent().id);
  });
  it("has the newest lines of a lineage that is at its limit, below where it was born", () => {
    const store = folder.open();
    const { db } = internalsOf(store).context;
    db.exec(`WITH RECURSIVE n(k) AS (SELECT 2 UNION ALL SELECT k + 1 FROM n WHERE k < ${lineageCount})
      INSERT INTO lineage SELECT k, k, 'moved', 'attic', 1, '', '' FROM n`);
    setRecord(store, {}, { atMs: 5, what: "moved", node: "robot", epoch: 2, note: "" });
    const lines = store.lineage();
    expect(lines).toHaveLength(lineageCount);
    expect(lines.map(({ atMs }) => atMs).slice(1, 3)).toEqual([3, 4]);
    expect([lines[0]?.what, lines.at(-1)?.node]).toEqual(["born", "robot"]);
  });
  it("is blank until something was done, unless nobody lives here", () => {
    const store = folder.open();
    store.effects.append("acted", {});
    expect(isBlank(store)).toBe(false);
    setRecord(store, { status: "vacant" });
    expect(isBlank(store)).toBe(true);
  });
  it("is blank until something was told", () => {
    const store = folder.open();
    expect(isBlank(store)).toBe(true);
    store.setPreference("voice", "low");
    expect(isBlank(store)).toBe(false);
  });
  it("can be copied whole, for the same key file", () => {
    const store = folder.open();
    teach(store);
    keepCopy(store, folder.path("copy.sqlite"));
    expect(statSync(folder.path("copy.sqlite")).mode & 0o777).toBe(0o600);
    expect(existsSync(folder.path("copy.sqlite.key"))).toBe(false);
    const copy = folder.open("copy.sqlite", { keyFile: folder.path("memory.sqlite.key") });
    expect(copy.locked).toBeNull();
    expect(contentOf(copy)).toEqual(contentOf(store));
  });
});
