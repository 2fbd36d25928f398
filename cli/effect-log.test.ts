import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EffectKind } from "@timmy/shared/agent/effect-log";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { log } from "./effect-log.ts";
import { openAgentOf } from "./state-parts.ts";

let data = "";
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "timmy-cli-log-"));
  write();
});
afterEach(() => rmSync(data, { recursive: true }));

function write(...entries: readonly (readonly [EffectKind, Record<string, unknown>])[]): void {
  const store = openAgentOf({ data, node: "desktop" }, "make");
  for (const [kind, body] of entries) store.effects.append(kind, body);
  store.stop();
}

async function said(...argv: string[]): Promise<string> {
  let text = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  try {
    await log([...argv, "--data", data]);
  } finally {
    spy.mockRestore();
  }
  return text;
}

describe("timmy log", () => {
  it("says of an empty log that nothing was done yet", async () => {
    expect(await said("show")).toBe("Nothing was done yet.\n");
    expect(JSON.parse(await said("show", "--json"))).toEqual({ ok: true, entries: [] });
  });
  it("says what was acted: the steps of a plan, the tool, or what else it was", async () => {
    const steps = [
      { skill: "goto", place: "living_room" },
      { skill: "say", text: "hello" },
    ];
    write(
      ["acted", { turn: "t1", action: { type: "plan", plan: { id: "p", steps }, deadlineMs: 1 } }],
      ["acted", { turn: "t2", action: { type: "call", tool: "remember", input: {} } }],
      ["acted", { turn: "t3", action: { type: "stop" } }],
      ["acted", { turn: "t4", action: "of another form" }],
    );
    const ends = [...(await said("show")).matchAll(/acted {2}(.*)$/gm)].map(([, words]) => words);
    expect(ends).toEqual(['go to the living room, say "hello"', "call remember", "stop", ""]);
  });
  it("says why decisions were not judged", async () => {
    const stop = { turn: "t1", source: "reflex", heard: "stop", from: "owner", who: "Anna" };
    write(["decided", { ...stop, action: { type: "stop" }, verdicts: [], memories: [] }]);
    expect(await said("replay")).toMatch(/1 not judged \(.*stop, or not possible/);
    expect(JSON.parse(await said("replay", "--json"))).toMatchObject({
      same: 0,
      unjudged: [{ seq: 1, heard: "stop", sentence: expect.stringMatching(/did not reach/) }],
    });
  });
  it.each(["show", "verify", "replay"])("refuses a word too many: log %s extra", async (name) => {
    await expect(said(name, "extra")).rejects.toMatchObject({ code: "usage" });
  });
});
