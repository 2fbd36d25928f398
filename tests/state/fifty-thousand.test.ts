import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importState } from "@timmy/memory/state/import-state";
import { createSource, openStateFile, writeWhole } from "@timmy/memory/state/state-file";
import { internalsOf } from "@timmy/memory/store-internals";
import {
  createTicking,
  exportBytes,
  openTestStore,
  teach,
} from "@timmy/memory/testing/state-agent";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-many-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("50,000 memories and 200 blobs are byte-equal after export, import and export", async () => {
  const { store } = openTestStore(1, join(folder, "a.sqlite"));
  internalsOf(store).context.write(() => teach(store, 50_000, 200, 20_000));
  const file = await exportBytes(store, { channel: "node" });
  const path = join(folder, "a.timmy");
  await writeWhole(path, (sink) => sink.write(file));
  const { store: other, ports } = openTestStore(2, join(folder, "b.sqlite"));
  const wish = { as: "same", replace: false, node: "b", keyAllowed: true } as const;
  const all = { ...ports, clock: createTicking() };
  expect(await importState(openStateFile(path), other, wish, all)).toMatchObject({ ok: true });
  expect(other.counts()).toEqual({ facts: 25_000, episodes: 25_000, blobs: 200 });
  const again = await exportBytes(other, { channel: "node" });
  expect(again.equals(file)).toBe(true);
  store.stop();
  other.stop();
});

it("a file that changes between check and import leaves the store as it was", async () => {
  const { store } = openTestStore(1);
  teach(store, 50);
  const file = await exportBytes(store, { channel: "node" });
  const changed = Buffer.from(file.toString("utf8").replace('"metric"', '"feet  "'));
  let opened = 0;
  const source = createSource(async function* () {
    // Each reading looks at the first bytes before it begins: the third is the one that imports.
    yield ++opened > 2 ? changed : file;
  });
  const { store: other, ports } = openTestStore(2);
  const id = other.agent().id;
  const wish = { as: "same", replace: false, node: "b", keyAllowed: true } as const;
  const taken = await importState(source, other, wish, { ...ports, clock: createTicking() });
  expect(taken).toMatchObject({ ok: false, section: "file" });
  expect([other.agent().id, other.counts().facts]).toEqual([id, 0]);
});
