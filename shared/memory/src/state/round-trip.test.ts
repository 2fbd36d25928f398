import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LifeStatus } from "@timmy/shared/agent/agent-store";
import { createRandom } from "@timmy/shared/ports/random";
import { canonicalJson } from "@timmy/shared/state/canonical";
import { stateLimits } from "@timmy/shared/state/limits";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as storeLimits from "../limits.ts";
import { createSeededPorts } from "../seeded-ports.ts";
import { internalsOf } from "../store-internals.ts";
import { setRecord } from "../store-sections.ts";
import { createTicking, exportBytes, openTestStore, teach } from "../testing/state-agent.ts";
import { type ImportOptions, importState } from "./import-state.ts";
import { moveToFile } from "./move-to-file.ts";
import { openStateFile, previousOf, sourceOfBytes, writeWhole } from "./state-file.ts";
import { verifyState } from "./verify-state.ts";

const secret = { kind: "passphrase", passphrase: "four random words here" } as const;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-state-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Store = ReturnType<typeof openTestStore>["store"];
function take(file: Buffer, store: Store, options: Partial<ImportOptions> = {}) {
  const wish = { as: "same", replace: false, node: "laptop", ...options } as const;
  const ports = { ...createSeededPorts(createTicking(), createRandom(77)), clock: createTicking() };
  return importState(sourceOfBytes(file, secret), store, wish, ports);
}
const taught = (seed: number, memories = 30) => {
  const { store } = openTestStore(seed);
  teach(store, memories);
  return store;
};

describe("a state file", () => {
  it("is byte-equal after export, import and export", async () => {
    const file = await exportBytes(taught(1), { channel: "node" });
    const { store } = openTestStore(2);
    expect(await take(file, store, { keyAllowed: true })).toMatchObject({
      ok: true,
      previous: null,
    });
    expect((await exportBytes(store, { channel: "node" })).equals(file)).toBe(true);
  });
  it("is the same as long as nothing changed, and of the next generation when something did", async () => {
    const store = taught(1);
    const file = await exportBytes(store);
    expect((await exportBytes(store)).equals(file)).toBe(true);
    expect(store.agent().generation).toBe(1);
    store.remember("tea", "green", "owner");
    expect((await exportBytes(store)).equals(file)).toBe(false);
    expect(store.agent().generation).toBe(2);
  });
  it("keeps fields and sections of a newer version through import and export", async () => {
    const { store } = openTestStore(1);
    teach(store, 2);
    const unknown = canonicalJson({ section: "zz-skills", name: "juggle", level: 3 });
    const { context } = internalsOf(store);
    const put = context.db.prepare("INSERT INTO documents VALUES (?, ?)");
    put.run("section.zz-skills", unknown);
    context.db.prepare("UPDATE memories SET extra = ?").run('{"mood":"calm"}');
    const file = await exportBytes(store, { channel: "node" });
    expect(file.toString("utf8")).toContain('"mood":"calm"');
    const { store: other } = openTestStore(2);
    await take(file, other, { keyAllowed: true });
    const again = await exportBytes(other, { channel: "node" });
    expect(again.toString("utf8")).toBe(file.toString("utf8"));
  });
  it("holds the private key only when it is encrypted or goes to a node", async () => {
    const store = taught(1);
    const plain = await exportBytes(store);
    expect(plain.toString("utf8")).toContain('"what":"the private key"');
    expect(plain.toString("utf8")).not.toContain('"seed"');
    const refusal = await take(plain, openTestStore(2).store);
    expect(refusal).toMatchObject({ ok: false, code: "state-needs-key" });
    const fork = await take(plain, openTestStore(3).store, { as: "fork" });
    expect(fork).toMatchObject({ ok: true, agent: { parentId: store.agent().id, epoch: 1 } });
    const sealed = await exportBytes(store, { secret });
    expect(sealed.toString("latin1")).not.toContain("Anna");
    expect(await take(sealed, openTestStore(4).store)).toMatchObject({ ok: true, as: "same" });
  });
  it("never replaces an agent unasked, and keeps the one it replaces", async () => {
    const file = await exportBytes(taught(1), { secret });
    const { store, ports } = openTestStore(2, join(folder, "old.sqlite"));
    teach(store, 4);
    const id = store.agent().id;
    expect(await take(file, store)).toMatchObject({ ok: false, code: "state-occupied" });
    expect(store.agent().id).toBe(id);
    const keepAt = join(folder, "old.sqlite.before");
    const taken = await take(file, store, { replace: true, keepAt });
    expect(taken).toMatchObject({ ok: true, previous: keepAt });
    store.stop();
    const { openAgentStore } = await import("../agent-store.ts");
    const kept = openAgentStore(keepAt, ports, { keyFile: join(folder, "old.sqlite.key") });
    expect([kept.agent().id, kept.counts().facts]).toEqual([id, 2]);
    kept.stop();
  });
  it("of an earlier epoch, or of an agent that moved away, is refused", async () => {
    const store = taught(1);
    const file = await exportBytes(store);
    const path = join(folder, "move.timmy.age");
    const how = { exporter: "timmy", secret, to: "kitchen", workFactor: 4 };
    await moveToFile(store, path, how, { clock: createTicking() });
    expect(store.agent()).toMatchObject({ status: "departed", departedTo: "kitchen" });
    const back = await take(file, store, { replace: true });
    expect(back).toMatchObject({ ok: false, code: "state-older" });
    const later = await take(await exportBytes(taught(4), { secret }), store);
    expect(later).toMatchObject({
      code: "state-left",
      sentence: expect.stringMatching(/"kitchen"/),
    });
    expect(await take(file, store)).toMatchObject({ ok: false, code: "state-older" });
    const moved = readFileSync(path);
    const wrong = await take(moved, openTestStore(2).store);
    expect(wrong).toMatchObject({ ok: false, code: "state-elsewhere" });
    const { store: kitchen } = openTestStore(3);
    const taken = await take(moved, kitchen, { node: "kitchen" });
    expect(taken).toMatchObject({ ok: true, agent: { epoch: 2, id: store.agent().id } });
    expect(kitchen.lineage().at(-1)).toMatchObject({ what: "moved", node: "kitchen", epoch: 2 });
  });
  it("is not made where the agent does not live, so that no second life begins from it", async () => {
    const store = taught(1);
    const put = (status: LifeStatus) => setRecord(store, { status, departedTo: "attic" });
    put("departed");
    await expect(exportBytes(store)).rejects.toMatchObject({
      code: "agent-departed",
      details: expect.stringMatching(/left for "attic".*--mode fork/),
    });
    const move = exportBytes(store, { mode: "move", secret });
    await expect(move).rejects.toMatchObject({ code: "agent-departed" });
    const left = await exportBytes(store, { mode: "fork" });
    expect(await take(left, openTestStore(2).store)).toMatchObject({ ok: true, as: "fork" });
    put("leaving");
    await expect(exportBytes(store)).rejects.toMatchObject({ code: "agent-moving" });
    expect((await exportBytes(store, { mode: "fork" })).length).toBeGreaterThan(0);
    for (const status of ["arriving", "vacant"] as const) {
      put(status);
      const code = status === "vacant" ? "no-agent" : "agent-moving";
      for (const mode of ["snapshot", "fork", "move"] as const) {
        await expect(exportBytes(store, { mode, secret })).rejects.toMatchObject({ code });
      }
    }
  });
  it("is not made when its own header could not be read again", async () => {
    const written = exportBytes(taught(1), { exporter: "x".repeat(61) });
    await expect(written).rejects.toMatchObject({ details: expect.stringMatching(/"exporter"/) });
  });
  it("of an earlier epoch is refused while the agent lives in a later one", async () => {
    const store = taught(1);
    const file = await exportBytes(store);
    setRecord(store, { epoch: 3 });
    const taken = await take(file, store, { replace: true });
    expect(taken).toMatchObject({ ok: false, code: "state-older", section: "header", line: 1 });
    expect(await take(file, store, { as: "fork" })).toMatchObject({ ok: true, as: "fork" });
  });
  it("has no secret of the machine in it: refused by the record's name, or left out", async () => {
    const store = taught(1, 2);
    const canary = "canary-4f1e9d2c";
    store.remember("note", `the macaroon is ${Buffer.from(canary).toString("hex")}`, "world");
    store.putBlob(Buffer.from(`....${canary}....`));
    const secrets = [canary];
    await expect(exportBytes(store, { secrets })).rejects.toMatchObject({ code: "state-secret" });
    const file = (await exportBytes(store, { secrets, onSecret: "redact" })).toString("utf8");
    expect(file).not.toContain(Buffer.from(canary).toString("hex"));
    expect(file).toContain('"value":"the macaroon is [redacted]"');
    expect(file).toContain('{"count":2,"section":"redactions","what":"secrets"}');
  });
  const secret32 = Buffer.alloc(32, 0x5a);
  it.each([
    ["its own name", "the header", (store: Store) => store.rename(secret32.toString("base64url"))],
    [
      "a section of a newer version",
      "the section zz-skills",
      (store: Store) => {
        const text = canonicalJson({ section: "zz-skills", leak: secret32.toString("hex") });
        const put = "INSERT INTO documents VALUES ('section.zz-skills', ?)";
        internalsOf(store).context.db.prepare(put).run(text);
      },
    ],
    [
      "a text, without the end of line that the secret's file has",
      "the fact",
      (store: Store) => store.remember("token", "it is s3cr3t-token-0123456789", "owner"),
    ],
  ])("has no secret in %s", async (_, where, put) => {
    const store = taught(1, 2);
    put(store);
    const secrets = [secret32, "s3cr3t-token-0123456789\n"];
    const refusal = { code: "state-secret", details: expect.stringContaining(where) };
    await expect(exportBytes(store, { secrets })).rejects.toMatchObject(refusal);
    if (where === "the header") return;
    const file = (await exportBytes(store, { secrets, onSecret: "redact" })).toString("utf8");
    expect(file).not.toMatch(/5a5a5a5a|s3cr3t/);
    expect(file).toContain('{"count":1,"section":"redactions","what":"secrets"}');
    expect(await verifyState(sourceOfBytes(Buffer.from(file)))).toMatchObject({ ok: true });
  });
  it("lists what the agent cannot do here, and the stricter of two limits", async () => {
    const limit = (value: number) => ({ name: "speed_mps", rule: "at-most", value }) as const;
    const options = { channel: "node", requires: ["speak", "move"], policy: [limit(0.3)] } as const;
    const file = await exportBytes(taught(1, 2), options);
    const capabilities = [{ name: "speak", available: true, note: "" }];
    const here = { keyAllowed: true, capabilities, policy: [limit(0.5)] };
    const taken = await take(file, openTestStore(2).store, here);
    expect(taken).toMatchObject({ missing: ["cannot move here"], policy: [limit(0.3)] });
  });
  it("is written whole, and the one before it is kept", async () => {
    const path = join(folder, "a.timmy");
    const write = (text: string) => writeWhole(path, (sink) => sink.write(Buffer.from(text)));
    await write("one");
    await write("two");
    const failing = writeWhole(path, () => Promise.reject(new Error("full")));
    await expect(failing).rejects.toThrow("full");
    expect([readFileSync(path, "utf8"), readFileSync(previousOf(path), "utf8")]).toEqual([
      "two",
      "one",
    ]);
    await expect(openStateFile(join(folder, "none")).sealed()).rejects.toMatchObject({
      code: "bad-file",
    });
  });
  it("may hold what a store may hold", () => {
    expect(stateLimits).toMatchObject({
      count: storeLimits.countMost,
      timeMs: storeLimits.timeMs,
      memories: storeLimits.memoryCount,
      keyChars: storeLimits.keyChars,
      textChars: storeLimits.textChars,
      whoChars: storeLimits.whoChars,
      tagChars: storeLimits.tagChars,
      tags: storeLimits.tagsPerEpisode,
      nameChars: storeLimits.nameChars,
      agentNameChars: storeLimits.agentNameChars,
      blocks: storeLimits.coreBlockCount,
      blockChars: storeLimits.coreBlockChars,
      preferences: storeLimits.preferenceCount,
      preferenceChars: storeLimits.preferenceChars,
      blobs: storeLimits.blobCount,
      blobBytes: storeLimits.blobBytes,
      blobTotalBytes: storeLimits.blobTotalBytes,
      lineage: storeLimits.lineageCount,
      lineageChars: storeLimits.lineageChars,
      extraChars: storeLimits.extraChars,
      unknownSectionChars: storeLimits.documentChars,
    });
  });
});
