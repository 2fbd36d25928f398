import { canonicalJson } from "@timmy/shared/state/canonical";
import { stateLimits } from "@timmy/shared/state/limits";
import { describe, expect, it } from "vitest";
import { effectHeadOf, episodeOf, factOf, signState } from "../testing/signed-state.ts";
import { createTicking, exportBytes, openTestStore } from "../testing/state-agent.ts";
import { type ImportOptions, importState } from "./import-state.ts";
import { sourceOfBytes } from "./state-file.ts";
import { verifyState } from "./verify-state.ts";

const most = stateLimits.count;
const check = (file: Buffer) => verifyState(sourceOfBytes(file), { keyAllowed: true });

function openFork() {
  const { store, ports } = openTestStore(3);
  const all = { ...ports, clock: createTicking() };
  const take = (file: Buffer, options: Partial<ImportOptions> = {}) => {
    const wish = {
      as: "fork",
      replace: false,
      node: "laptop",
      keyAllowed: true,
      ...options,
    } as const;
    return importState(sourceOfBytes(file), store, wish, all);
  };
  return { store, take };
}

describe("a file that a stranger made and signed", () => {
  it.each([
    ["effect-log", signState([effectHeadOf(most + 1)])],
    ["episodes", signState([episodeOf(1, { access_count: most + 1 })])],
    ["episodes", signState([episodeOf(1, { at_ms: 8.64e15 + 1 })])],
    ["header", signState([], { epoch: most + 1 })],
    ["header", signState([], { generation: most + 1 })],
    ["header", signState([], { exported_ms: -8.64e15 - 1 })],
  ])("is refused when a number in its %s has no room above it", async (section, file) => {
    expect(await check(file)).toMatchObject({ ok: false, section });
  });
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
  const proto = (value: string) => {
    const line = canonicalJson(factOf(1));
    return line.replace("{", `{"__proto__":"${value}",`);
  };
  it.each([
    ["one id of a fact and an episode", "episodes", [factOf(1), episodeOf(1)], /same id/],
    ["one key twice", "facts", [factOf(1), factOf(2, { key: "k1" })], /same source.* same key/],
    ["a fact without a key", "facts", [factOf(1, { key: "" })], /"key"/],
    ["a large member __proto__", "facts", [proto("x".repeat(20_000))], /unknown members/],
  ])("is refused by verify for %s, as by an import", async (_, section, records, why) => {
    const file = signState(records);
    const refusal = { ok: false, section, sentence: expect.stringMatching(why) };
    expect(await check(file)).toMatchObject(refusal);
    expect(await openFork().take(file)).toMatchObject(refusal);
  });
  it.each(["included", "absent"])("is refused when the key is not %s", async (said) => {
    const seed = Buffer.alloc(32, 7).toString("hex");
    const records = said === "absent" ? [{ section: "key", seed }] : [];
    const refusal = { ok: false, section: "header", sentence: expect.stringContaining(said) };
    const file = signState(records, { key: said });
    expect(await check(file)).toMatchObject(refusal);
    expect(await openFork().take(file, { as: "same" })).toMatchObject(refusal);
  });
  it.each([
    [
      "as many tags as there may be, all of control characters",
      episodeOf(1, { tags: [...Array(16)].map(() => "\u0001".repeat(60)) }),
    ],
    [
      "a record that is nested as deep as may be",
      { section: "capabilities", name: "walk", newer: nested(31) },
    ],
    ["a member __proto__", proto("x")],
  ])("is taken over, and written again to the byte, with %s", async (_, record) => {
    const seed = Buffer.alloc(32, 7).toString("hex");
    const last = [effectHeadOf(0), { section: "key", seed }];
    const before = typeof record === "object" && record["section"] === "capabilities";
    const records = before ? [last[0], record, last[1]] : [record, ...last];
    const file = signState(records as never[], { key: "included" });
    const { store, take } = openFork();
    expect(await take(file, { as: "same" })).toMatchObject({ ok: true });
    expect((await exportBytes(store, { channel: "node" })).toString()).toBe(file.toString());
  });
  it("keeps the unknown members of every record, also of those that are written anew", async () => {
    const newer = { kept: [1] };
    const secret = { section: "redactions", what: "the private key", count: 2, newer };
    const file = signState([effectHeadOf(3, { newer }), secret]);
    const { store, take } = openFork();
    const seed = Buffer.alloc(32, 7).toString("hex");
    const whole = signState([effectHeadOf(0), { section: "key", seed }], { key: "included" });
    expect(await take(whole, { as: "same" })).toMatchObject({ ok: true });
    expect(await take(file, { as: "same", replace: true })).toMatchObject({ ok: true });
    expect((await exportBytes(store)).toString()).toBe(file.toString());
  });
  it("is refused when its schema is written in another way", async () => {
    const refusal = { ok: false, section: "header" };
    expect(await check(signState([], { schema: "timmy.state/01" }))).toMatchObject(refusal);
  });
  it("cannot fill the lists that an export adds to", async () => {
    const names = [...Array(64)].map((_, i) => `a${String(i).padStart(2, "0")}`);
    const { store, take } = openFork();
    const file = signState([
      effectHeadOf(0),
      ...names.map((name) => ({ section: "capabilities", name })),
      ...names.map((what) => ({ section: "redactions", what, count: 1 })),
    ]);
    expect(await take(file)).toMatchObject({ ok: true });
    const again = await check(await exportBytes(store, { requires: ["speak"] }));
    expect(again).toMatchObject({ ok: true, required: expect.arrayContaining(["speak", "a00"]) });
    expect(again).toMatchObject({ redactions: expect.arrayContaining(["the private key"]) });
  });
  it("cannot stop the log, the counting or the export of the fork that is made of it", async () => {
    const { store, take } = openFork();
    const file = signState([
      episodeOf(1, { content: "tea", access_count: most }),
      effectHeadOf(most),
    ]);
    expect(await take(file)).toMatchObject({ ok: true, as: "fork" });
    for (let k = 1; k <= 3; k++) {
      expect(store.effects.append("acted", {}).seq).toBe(k);
      expect(store.search("tea")).toHaveLength(1);
    }
    expect(await check(await exportBytes(store))).toMatchObject({ ok: true });
    expect(store.episodes({ limit: 1 })[0]?.accessCount).toBe(most);
  });
  it("is taken with as many lines of lineage as it may have, and one more is not too many", async () => {
    const line = { section: "lineage", at_ms: 1, what: "moved", node: "x", epoch: 1, note: "" };
    const file = signState([...Array(stateLimits.lineage)].map((_, i) => ({ ...line, at_ms: i })));
    const { store, take } = openFork();
    expect(await take(file)).toMatchObject({ ok: true, as: "fork" });
    const times = store.lineage().map(({ atMs }) => atMs);
    expect([times.length, ...times.slice(0, 3)]).toEqual([stateLimits.lineage, 0, 2, 3]);
    expect(store.lineage().at(-1)).toMatchObject({ what: "forked", node: "laptop" });
    expect(await check(await exportBytes(store))).toMatchObject({ ok: true });
  });
  it("cannot stop the exports of its own agent by its generation, nor move in the last epoch", async () => {
    const { store, take } = openFork();
    const seed = new Uint8Array(32).fill(7);
    const key = { section: "key", seed: Buffer.from(seed).toString("hex") };
    const file = signState([key], { generation: most, key: "included" });
    expect(await take(file, { as: "same" })).toMatchObject({ ok: true });
    store.remember("tea", "green", "owner");
    expect(await check(await exportBytes(store))).toMatchObject({ ok: true });
    const move = signState([key], { epoch: most, mode: "move", key: "included" });
    const wish = { as: "same", replace: true } as const;
    expect(await openFork().take(move, wish)).toMatchObject({ ok: false, section: "header" });
  });
});
