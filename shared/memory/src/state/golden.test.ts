import { readdirSync, readFileSync } from "node:fs";
import { headerSchema } from "@timmy/shared/state/header";
import type { Migrations } from "@timmy/shared/state/migrations";
import { createStateReader } from "@timmy/shared/state/state-reader";
import { describe, expect, it } from "vitest";
import { createTicking, exportBytes, openTestStore } from "../testing/state-agent.ts";
import { importState } from "./import-state.ts";
import { sourceOfBytes } from "./state-file.ts";
import { verifyState } from "./verify-state.ts";

const folder = new URL("../../../src/state/golden/", import.meta.url);
const golden = (name: string) => readFileSync(new URL(name, folder));

describe("a state file of an earlier version", () => {
  it.each(readdirSync(folder))("%s is still read", async (name) => {
    expect(await verifyState(sourceOfBytes(golden(name)))).toMatchObject({ ok: true });
    const { store, ports } = openTestStore(9);
    const wish = { as: "fork", replace: false, node: "laptop", capabilities: [] } as const;
    const all = { ...ports, clock: createTicking() };
    const taken = await importState(sourceOfBytes(golden(name)), store, wish, all);
    expect(taken).toMatchObject({ ok: true, missing: ["cannot move here", "cannot speak here"] });
    expect(store.counts()).toEqual({ facts: 3, episodes: 3, blobs: 2 });
  });
  it("of this version is written again to the byte", async () => {
    const file = golden("state-1.timmy");
    // The agent of this seed has the key that the plain file leaves out.
    const { store, ports } = openTestStore(1);
    const wish = { as: "same", replace: false, node: "laptop" } as const;
    const all = { ...ports, clock: createTicking() };
    expect(await importState(sourceOfBytes(file), store, wish, all)).toMatchObject({ ok: true });
    expect((await exportBytes(store)).toString("utf8")).toBe(file.toString("utf8"));
  });
  it("is brought to this one by pure steps, line by line", () => {
    const table: Migrations = {
      0: {
        header: (header) => ({ ...header, schema: "timmy.state/1", to: "" }),
        record: (section, record) => {
          const { text, ...rest } = record;
          return section === "facts" ? { ...rest, value: text } : null;
        },
      },
    };
    const [first = "", ...lines] = golden("state-1.timmy").toString("utf8").split("\n");
    const old = first.replace("timmy.state/1", "timmy.state/0").replace(',"to":""', "");
    const fact = lines.find((line) => line.includes('"section":"facts"')) ?? "";
    const oldFact = fact.replace(/,"value":"([^,]+)"}$/, ',"text":"$1"}');
    // Canonical order puts "text" where "value" stood: nothing stands between them.
    const reader = createStateReader(table);
    expect(headerSchema.parse(okItem(reader.read(old)).header)).toMatchObject({ to: "" });
    expect(okItem(reader.read(oldFact)).record).toMatchObject({ value: expect.any(String) });
    expect(okItem(reader.read(lines.find((l) => l.includes("effect-log")) ?? "")).kind).toBe(
      "dropped",
    );
    expect(createStateReader().read(old)).toMatchObject({ ok: false, section: "header", line: 1 });
  });
});

function okItem(read: ReturnType<ReturnType<typeof createStateReader>["read"]>) {
  if (!read.ok) throw new Error(read.sentence);
  return read.item as { kind: string; header?: unknown; record?: unknown };
}
