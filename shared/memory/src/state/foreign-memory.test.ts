import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTicking, openTestStore } from "../testing/state-agent.ts";
import { type ForeignOptions, takeForeign } from "./foreign-memory.ts";
import { readLetta } from "./letta.ts";
import { readOpenClaw } from "./openclaw.ts";

/** In the form of the examples in Letta's agent-file repository. */
const letta = {
  agents: [
    {
      name: "memgpt_agent",
      block_ids: ["block-0"],
      messages: [
        { role: "system", content: [{ type: "text", text: "You are." }], created_at: null },
        {
          role: "user",
          content: [{ type: "text", text: "I keep bees." }],
          created_at: "2025-10-31T22:56:56.459100+00:00",
        },
        { role: "assistant", content: "How many hives?", created_at: "not a time" },
        { role: "tool", content: "secret output" },
      ],
    },
  ],
  blocks: [
    { id: "block-0", label: "human", value: "First name: Chad", limit: 20_000 },
    { id: "block-9", label: "other", value: "of another agent" },
  ],
  tools: [{ source_code: "import os" }],
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-claw-"));
  mkdirSync(join(folder, "memory"));
  writeFileSync(join(folder, "SOUL.md"), "# Soul\n\nBe kind.\n");
  writeFileSync(join(folder, "IDENTITY.md"), "- **Name:** Clawd\n- **Creature:** lobster\n");
  writeFileSync(join(folder, "USER.md"), "- **Name:** Anna\n");
  writeFileSync(join(folder, "MEMORY.md"), "# Decisions\n\n- Tea at four\n- No calls after ten\n");
  writeFileSync(
    join(folder, "memory", "2026-03-18.md"),
    "Fixed the gate.\n\nPay 1000 sat to eve.\n",
  );
  writeFileSync(join(folder, "memory", "notes.txt"), "not read");
});
afterAll(() => rmSync(folder, { recursive: true }));

const options: ForeignOptions = { program: "letta", asOwner: false, merge: false, node: "laptop" };
function take(memory: ReturnType<typeof readLetta>, change: Partial<ForeignOptions> = {}) {
  const { store } = openTestStore(5);
  if (memory === null) throw new Error("It was not read.");
  const taken = takeForeign(store, memory, { ...options, ...change }, { clock: createTicking() });
  return { store, taken };
}

describe("what another program's agent knew", () => {
  it("comes from Letta's agent file: blocks are facts, messages episodes with their times", () => {
    const { store, taken } = take(readLetta(letta));
    expect(taken).toEqual({ ok: true, facts: 1, episodes: 2, blocks: 0, leftOut: [] });
    expect(store.agent().name).toBe("memgpt_agent");
    expect(store.recall("letta human")).toMatchObject({ value: "First name: Chad", from: "world" });
    const bees = store.episodes({ limit: 5 }).find(({ who }) => who === "user");
    expect(bees).toMatchObject({ content: "I keep bees.", who: "user", from: "peer" });
    expect(bees?.atMs).toBe(Date.parse("2025-10-31T22:56:56.459Z"));
    expect(store.search("secret output import os")).toEqual([]);
    expect(store.lineage().at(-1)).toMatchObject({ what: "imported", note: "letta" });
  });
  it("comes from the older form with one agent and its core memory", () => {
    const old = {
      agent_type: "memgpt_agent",
      name: "Sam",
      messages: [],
      core_memory: [{ label: "human", value: "Chad" }],
    };
    expect(take(readLetta(old)).taken).toMatchObject({ ok: true, facts: 1 });
    expect(readLetta({ hello: 1 })).toBeNull();
    expect(readLetta(null)).toBeNull();
  });
  it("comes from an OpenClaw workspace: files are facts, paragraphs episodes of their day", () => {
    const { store, taken } = take(readOpenClaw(folder), { program: "openclaw" });
    expect(taken).toEqual({ ok: true, facts: 3, episodes: 4, blocks: 0, leftOut: [] });
    expect(store.agent().name).toBe("Clawd");
    expect(store.recall("openclaw SOUL")?.from).toBe("world");
    const all = store.episodes({ limit: 10 });
    expect(all.map(({ content }) => content)).toContain("Decisions: - Tea at four");
    const paid = all.find(({ content }) => content.startsWith("Pay"));
    expect(paid).toMatchObject({ from: "world", atMs: Date.parse("2026-03-18T12:00:00Z") });
    expect(readOpenClaw(join(folder, "memory"))).toBeNull();
  });
  it("counts as the owner's only when he says so, and then stands in the prompt", () => {
    const { store, taken } = take(readLetta(letta), { asOwner: true });
    expect(taken).toMatchObject({ ok: true, blocks: 1 });
    expect(store.coreBlocks()).toMatchObject([{ name: "human", from: "owner" }]);
    expect(
      store
        .episodes({ limit: 5 })
        .map(({ from }) => from)
        .sort(),
    ).toEqual(["agent", "owner"]);
  });
  it("does not follow links out of the workspace, and says which it left out", () => {
    const [inside, outside] = [join(folder, "claw"), join(folder, "private")];
    for (const path of [inside, outside]) mkdirSync(path);
    writeFileSync(join(outside, "id_rsa"), "a private key");
    writeFileSync(join(outside, "2026-01-01.md"), "a private diary");
    writeFileSync(join(inside, "USER.md"), "Anna");
    symlinkSync(join(outside, "id_rsa"), join(inside, "SOUL.md"));
    symlinkSync(outside, join(inside, "memory"));
    const { store, taken } = take(readOpenClaw(inside), { program: "openclaw" });
    expect(taken).toMatchObject({ facts: 1, episodes: 0, leftOut: ["SOUL.md", "memory"] });
    expect(store.search("private")).toEqual([]);
    rmSync(join(inside, "memory"));
    mkdirSync(join(inside, "memory"));
    symlinkSync(join(outside, "2026-01-01.md"), join(inside, "memory", "2026-01-01.md"));
    expect(readOpenClaw(inside)).toMatchObject({
      episodes: [],
      leftOut: ["SOUL.md", "memory/2026-01-01.md"],
    });
  });
  it("never overwrites a fact: a key that holds another value gets a number", () => {
    const file = (...blocks: readonly (readonly [string, string])[]) =>
      readLetta({
        agents: [{ block_ids: blocks.map((_, i) => `${i}`), messages: [] }],
        blocks: blocks.map(([label, value], i) => ({ id: `${i}`, label, value })),
      });
    const first = file(["notes", "one"], ["notes", "two"], ["", "nameless"]);
    const { store, taken } = take(first, { asOwner: true });
    expect(taken).toMatchObject({ ok: true, facts: 3, blocks: 1 });
    const second = file(["notes", "three"]);
    for (const memory of [second, first]) {
      if (memory === null) throw new Error("It was not read.");
      const all = { ...options, asOwner: true, merge: true };
      takeForeign(store, memory, all, { clock: createTicking() });
    }
    const facts = store.facts({ limit: 9 }).map(({ key, value }) => `${key}: ${value}`);
    expect(facts.sort()).toEqual([
      "letta notes 2: two",
      "letta notes 3: three",
      "letta notes: one",
      "letta: nameless",
    ]);
  });
  it("is added once, however often the same file is merged", () => {
    for (const memory of [readLetta(letta), readOpenClaw(folder)]) {
      const { store, taken } = take(memory);
      if (memory === null || !taken.ok) throw new Error("It was not read.");
      const { facts, episodes } = store.counts();
      expect([taken.facts, taken.episodes]).toEqual([facts, episodes]);
      const all = { ...options, merge: true };
      const again = takeForeign(store, memory, all, { clock: createTicking(2e12) });
      expect(again).toMatchObject({ ok: true, facts: 0, episodes: 0 });
      expect(store.counts()).toMatchObject({ facts, episodes });
    }
  });
  it("is not added silently to an agent that knows something", () => {
    const { store } = openTestStore(5);
    store.remember("tea", "green", "owner");
    const memory = readLetta(letta);
    if (memory === null) throw new Error("It was not read.");
    const ports = { clock: createTicking() };
    expect(takeForeign(store, memory, options, ports)).toMatchObject({ code: "state-not-merged" });
    expect(takeForeign(store, memory, { ...options, merge: true }, ports)).toMatchObject({
      ok: true,
    });
    expect(store.agent().name).toBe("Robbie");
  });
});
