import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setRecord } from "@timmy/memory/store-sections";
import { signState } from "@timmy/memory/testing/signed-state";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { state } from "./state.ts";
import { openAgentOf } from "./state-parts.ts";

let root = "";
const at = (...names: string[]) => join(root, ...names);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "timmy-cli-import-"));
  writeFileSync(at("words"), "four random words here\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const noBroker = () => Promise.reject(new Error("No broker is asked."));

/** What an import into a new folder says, and its exit code. */
async function take(...argv: string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const spies = [process.stdout, process.stderr].map((to) =>
    vi.spyOn(to, "write").mockImplementation((piece) => {
      text += String(piece);
      return true;
    }),
  );
  try {
    const code = await state(["import", ...argv, "--data", at("new")], noBroker);
    return { code, text };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const letta = JSON.stringify(
  {
    agents: [{ name: "Sam", block_ids: ["b"], messages: [{ role: "user", content: "Hi." }] }],
    blocks: [{ id: "b", label: "human", value: "Chad" }],
  },
  null,
  2,
);

describe("timmy state import that is refused", () => {
  it("makes nothing: no agent, no key, no folder", async () => {
    writeFileSync(at("mind.png"), Buffer.from("\x89PNG\r\n\x1a\n\0", "latin1"));
    writeFileSync(at("plain.timmy"), signState([]));
    const seed = Buffer.alloc(32, 7).toString("hex");
    const cut = signState([{ section: "key", seed }], { key: "included" });
    writeFileSync(at("cut.timmy"), cut.subarray(0, 200));
    for (const [name, why] of [
      ["mind.png", /^This is no Timmy state file/],
      ["plain.timmy", /does not hold the agent's private key/],
      ["cut.timmy", /ends within a line/],
    ] as const) {
      const { code, text } = await take(at(name));
      expect([code, text]).toEqual([1, expect.stringMatching(why)]);
      expect(existsSync(at("new")), name).toBe(false);
    }
  });
  it("says of an agent that left that it left", async () => {
    writeFileSync(at("plain.timmy"), signState([]));
    const store = openAgentOf({ data: at("new"), node: "desktop" }, "make");
    store.remember("tea", "green", "owner");
    setRecord(store, { status: "departed", departedTo: "garden" });
    store.stop();
    const { code, text } = await take(at("plain.timmy"));
    expect([code, text]).toEqual([1, expect.stringMatching(/has left.*left for "garden"/)]);
    expect(text).not.toContain("lives here already");
  });
});

describe("timmy state import of a Letta file", () => {
  it.each(["sam.AF", "sam.json"])("knows it by its name or by what it holds: %s", async (name) => {
    writeFileSync(at(name), letta);
    const { code, text } = await take(at(name));
    expect([code, text]).toEqual([0, "Added 1 fact and 1 episode as strangers' words.\n"]);
  });
  it.each([["--as", "fork"], ["--replace"], ["--passphrase-file", "none"], ["--ask"]])(
    "refuses %s, which means nothing for it",
    async (...words) => {
      writeFileSync(at("sam.af"), letta);
      const details = expect.stringMatching(/is for a state file, and this is another program's/);
      await expect(take(at("sam.af"), ...words)).rejects.toMatchObject({ code: "usage", details });
      expect(existsSync(at("new"))).toBe(false);
    },
  );
  it.each(["--merge", "--as-owner"])("alone takes %s", async (word) => {
    writeFileSync(at("plain.timmy"), signState([]));
    const details = `${word} is for another program's agent, and this is a state file.`;
    const taken = take(at("plain.timmy"), word);
    await expect(taken).rejects.toMatchObject({ code: "usage", details });
  });
});
