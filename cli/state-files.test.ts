import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setRecord } from "@timmy/memory/store-sections";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { state } from "./state.ts";
import { openAgentOf } from "./state-parts.ts";

let root = "";
const at = (...names: string[]) => join(root, ...names);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "timmy-cli-state-"));
  const store = openAgentOf({ data: at("data"), node: "desktop" }, "make");
  store.remember("tea", "in the kitchen", "owner");
  store.stop();
  writeFileSync(at("words"), "four random words here");
});
afterEach(() => rmSync(root, { recursive: true }));

const noBroker = () => Promise.reject(new Error("No broker is asked."));
const run = (...argv: string[]) => state([...argv, "--data", at("data"), "--json"], noBroker);
function statusOf(): string {
  const store = openAgentOf({ data: at("data"), node: "desktop" }, "read");
  const { status } = store.agent();
  store.stop();
  return status;
}

describe("timmy state with a file that cannot be", () => {
  it("refuses to write where a folder stands, and an agent does not leave for it", async () => {
    const refusal = { code: "bad-file", details: expect.stringContaining(root) };
    for (const out of [root, at("nowhere", "a.timmy"), at("words", "a.timmy")]) {
      await expect(run("export", "--out", out)).rejects.toMatchObject(refusal);
      const sealed = ["--passphrase-file", at("words")];
      const move = run("move", "--to", "attic", "--out", out, ...sealed);
      await expect(move).rejects.toMatchObject(refusal);
    }
    expect(statusOf()).toBe("living");
  });
  it("refuses to write over what an agent lives from", async () => {
    const before = readFileSync(at("data", "memory.sqlite"));
    const own = [
      "memory.sqlite",
      "memory.sqlite-wal",
      "memory.sqlite.key",
      "owner.key",
      "timmy.pid",
    ];
    for (const name of own) {
      const written = run("export", "--out", at("data", name));
      await expect(written, name).rejects.toMatchObject({ code: "usage" });
      expect(existsSync(at("data", `${name}.previous`))).toBe(false);
    }
    expect(readFileSync(at("data", "memory.sqlite"))).toEqual(before);
  });
  it("says so when a key file is missing or is a folder", async () => {
    mkdirSync(at("folder"));
    for (const path of [at("none"), at("folder")]) {
      const opened = run("verify", "a.timmy", "--identity-file", path);
      await expect(opened).rejects.toMatchObject({ code: "bad-file" });
    }
  });
  it("exports nothing of a body that the agent has left, and says where it lives", async () => {
    const store = openAgentOf({ data: at("data"), node: "desktop" }, "write");
    setRecord(store, { status: "departed", departedTo: "attic" });
    store.stop();
    await expect(run("export", "--out", at("a.timmy"))).rejects.toMatchObject({
      code: "agent-departed",
      details: expect.stringMatching(/moved to attic.*--mode fork/),
    });
    expect(existsSync(at("a.timmy"))).toBe(false);
  });
});
