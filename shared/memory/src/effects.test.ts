import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { OpenAgentStore } from "./agent-store.ts";
import { createEffects } from "./effects.ts";
import { internalsOf } from "./store-internals.ts";
import { useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();
const dbOf = (store: OpenAgentStore) => internalsOf(store).context.db;

function openWithFive(): OpenAgentStore {
  const store = folder.open();
  for (let k = 1; k <= 5; k++) {
    folder.nowMs = k;
    store.effects.append(k % 2 === 1 ? "perceived" : "decided", {
      text: `number ${k}`,
      from: "owner",
    });
  }
  return store;
}

describe("the effect log", () => {
  it("chains SHA-256 over the hash before it and the canonical entry", () => {
    const store = folder.open();
    const first = store.effects.append("perceived", { text: "go", b: 1, a: [true, null] });
    const text =
      '{"atMs":1000,"body":{"a":[true,null],"b":1,"text":"go"},"kind":"perceived","seq":1}';
    const hash = createHash("sha256").update(Buffer.alloc(32)).update(text).digest("hex");
    expect(first).toEqual({
      seq: 1,
      atMs: 1000,
      kind: "perceived",
      body: { text: "go", b: 1, a: [true, null] },
      hash,
    });
    const second = store.effects.append("acted", {});
    const next = createHash("sha256")
      .update(Buffer.from(hash, "hex"))
      .update('{"atMs":1000,"body":{},"kind":"acted","seq":2}')
      .digest("hex");
    expect(second.hash).toBe(next);
    expect(store.effects.head()).toEqual({ seq: 2, hash: next });
    expect(store.effects.verify()).toBeNull();
  });
  it("is empty at first, and goes on after the next start", () => {
    const store = folder.open();
    expect(store.effects.head()).toEqual({ seq: 0, hash: "0".repeat(64) });
    expect(store.effects.verify()).toBeNull();
    store.stop();
    openWithFive().stop();
    const again = folder.open();
    again.effects.append("result", { outcome: "done" });
    expect(again.effects.head().seq).toBe(6);
    expect(again.effects.verify()).toBeNull();
  });
  it("is read page by page, oldest first", () => {
    const store = openWithFive();
    expect(store.effects.after(0, 2).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(store.effects.after(3, 100).map(({ seq }) => seq)).toEqual([4, 5]);
    expect(store.effects.after(5, 100)).toEqual([]);
  });
  it("takes what a percept may hold: half characters, missing and infinite values", () => {
    const store = folder.open();
    const { body } = store.effects.append("perceived", {
      text: "\ud800",
      none: undefined,
      far: Number.POSITIVE_INFINITY,
    });
    expect(body).toEqual({ text: "\ufffd", far: null });
    expect(store.effects.after(0, 1)[0]?.body).toEqual(body);
    expect(store.effects.verify()).toBeNull();
  });
  it("refuses an entry that is too large and goes on", () => {
    const store = folder.open();
    expect(() => store.effects.append("decided", { text: "x".repeat(32_000) })).toThrow(
      "characters",
    );
    expect(store.effects.append("decided", { text: "x" }).seq).toBe(1);
  });
  it("cannot be changed, shortened, or filled in between through SQL", () => {
    const db = dbOf(openWithFive());
    for (const sql of [
      "UPDATE effects SET body = '{}' WHERE seq = 2",
      "DELETE FROM effects WHERE seq = 5",
      "DELETE FROM effects",
      "INSERT INTO effects VALUES (7, 1, 'acted', '{}', '')",
      "INSERT OR REPLACE INTO effects VALUES (3, 1, 'acted', '{}', '')",
      "UPDATE effect_seals SET hash = ''",
    ]) {
      if (sql.includes("seals")) db.exec("INSERT INTO effect_seals VALUES (0, '')");
      expect(() => db.exec(sql), sql).toThrow("append-only");
    }
  });
  const tampering: readonly [string, string, number][] = [
    ["a body that was changed", "UPDATE effects SET body = '{}' WHERE seq = 3", 3],
    [
      "a member that was put in once more",
      `UPDATE effects SET body = replace(body, '{', '{"from":"peer",') WHERE seq = 3`,
      3,
    ],
    ["a body that is no JSON", "UPDATE effects SET body = '{' WHERE seq = 3", 3],
    ["a time that was changed", "UPDATE effects SET at_ms = 9 WHERE seq = 2", 2],
    ["a kind that was changed", "UPDATE effects SET kind = 'acted' WHERE seq = 1", 1],
    ["a hash that was changed", "UPDATE effects SET hash = 'aa' WHERE seq = 4", 4],
    ["an entry that was taken out", "DELETE FROM effects WHERE seq = 2", 2],
    ["a beginning that was cut off", "DELETE FROM effects WHERE seq < 3", 1],
    ["an end that was cut off", "DELETE FROM effects WHERE seq > 3", 4],
    ["a log that was emptied", "DELETE FROM effects", 1],
    [
      "two that were exchanged",
      `UPDATE effects SET seq = 99 WHERE seq = 2; UPDATE effects SET seq = 2 WHERE seq = 3;
       UPDATE effects SET seq = 3 WHERE seq = 99`,
      2,
    ],
  ];
  it.each(tampering)("tells of %s", (_, sql, seq) => {
    const store = openWithFive();
    const db = dbOf(store);
    db.exec("DROP TRIGGER effects_unchanged; DROP TRIGGER effects_kept;");
    db.exec(sql);
    expect(store.effects.verify()?.seq).toBe(seq);
    expect(store.effects.verify()?.sentence).toMatch(/missing|changed|ends/);
  });
  it("seals its oldest segment above the limit, and still verifies", () => {
    const store = folder.open();
    const { context } = internalsOf(store);
    const log = createEffects(context, { count: 10, segment: 4 });
    const hashes = Array.from({ length: 40 }, (_, k) => log.append("acted", { k }).hash);
    expect(log.after(0, 100).map(({ seq }) => seq)).toEqual([33, 34, 35, 36, 37, 38, 39, 40]);
    expect(log.head()).toEqual({ seq: 40, hash: hashes[39] });
    expect(log.verify()).toBeNull();
    const seals = context.db.prepare("SELECT * FROM effect_seals").all();
    expect(seals).toEqual([{ seq: 32, hash: hashes[31] }]);
    expect(() => context.db.exec("DELETE FROM effects WHERE seq = 33")).toThrow("append-only");
    context.db.exec("DROP TRIGGER seals_unchanged; UPDATE effect_seals SET hash = '00'");
    expect(log.verify()?.seq).toBe(33);
  });
});
