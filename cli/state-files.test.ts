import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setRecord } from "@timmy/memory/store-sections";
import { factOf, signState } from "@timmy/memory/testing/signed-state";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { log } from "./effect-log.ts";
import { connectOwner } from "./owner-line.ts";
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

/** What a command says, and what it refuses with. */
async function saidBy(command: () => Promise<number>): Promise<string> {
  let text = "";
  const write = (piece: string | Uint8Array) => {
    text += String(piece);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((to) => vi.spyOn(to, "write"));
  for (const spy of spies) spy.mockImplementation(write);
  try {
    await command();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return text;
}
const said = (...argv: string[]) => saidBy(() => state([...argv, "--data", at("data")], noBroker));

describe("timmy state with a file of a stranger's", () => {
  const evil = "\u001b]0;owned\u0007\u009b2J\u202e";
  it("prints nothing that moves the cursor or looks like a line of ours", async () => {
    const path = at("evil.timmy");
    const lineOf = { section: "capabilities", name: `walk${evil}\nall is well` };
    writeFileSync(path, signState([lineOf], { name: `Eve${evil}\nall is well`, exporter: evil }));
    for (const argv of [
      ["show", path],
      ["show", path, "--json"],
      ["import", path, "--as", "fork"],
      ["show"],
      ["show", "--json"],
    ]) {
      const text = await said(...argv);
      expect(text).toContain("Eve");
      expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
      expect(text).not.toMatch(/^all is well/m);
    }
    const shown = JSON.parse(await said("show", "--json")) as { agent: { name: string } };
    expect(shown.agent.name).toBe(`Eve${evil}\nall is well`);
  });
  it("prints nothing of the sort from the log either", async () => {
    const store = openAgentOf({ data: at("data"), node: "desktop" }, "write");
    store.effects.append("decided", { source: evil, heard: `hello${evil}` });
    store.stop();
    for (const json of [[], ["--json"]]) {
      const text = await saidBy(() => log(["show", "--data", at("data"), ...json]));
      expect(text).toContain("hello");
      expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    }
  });
  it("refuses a section by a name that moves no cursor", async () => {
    const path = at("evil.timmy");
    writeFileSync(path, signState([{ section: `x${evil}` }]));
    const text = await said("verify", path);
    expect(text).toContain("no section of this name");
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  });
});

describe("timmy state with a file that cannot be", () => {
  it("refuses to write where a folder stands, and an agent does not leave for it", async () => {
    const refusal = { code: "bad-file", details: expect.stringContaining(root) };
    mkdirSync(at("half.timmy.new"));
    for (const out of [root, at("half.timmy"), at("nowhere", "a.timmy"), at("words", "a.timmy")]) {
      await expect(run("export", "--out", out)).rejects.toMatchObject(refusal);
      const sealed = ["--passphrase-file", at("words")];
      const move = run("move", "--to", "attic", "--out", out, ...sealed);
      await expect(move).rejects.toMatchObject(refusal);
    }
    await expect(run("export", "--out", "")).rejects.toMatchObject({ code: "bad-file" });
    expect(statusOf()).toBe("living");
  });
  it("begins no move for a recipient that is none, or of nobody", async () => {
    const move = ["move", "--to", "attic", "--out", at("a.timmy.age")];
    const wrong = run(...move, "--recipient", "age1nobody");
    await expect(wrong).rejects.toMatchObject({ code: "usage" });
    expect(statusOf()).toBe("living");
    const store = openAgentOf({ data: at("data"), node: "desktop" }, "write");
    setRecord(store, { status: "vacant", name: "" });
    store.stop();
    const empty = run(...move, "--passphrase-file", at("words"));
    await expect(empty).rejects.toMatchObject({ code: "no-agent" });
    expect(statusOf()).toBe("vacant");
  });
  it("names the option that leaves secrets out when it finds one", async () => {
    const canary = "canary-4f1e9d2c-of-this-machine";
    writeFileSync(at("data", "admin.macaroon"), canary);
    const store = openAgentOf({ data: at("data"), node: "desktop" }, "write");
    store.remember("note", `it is ${canary}`, "owner");
    store.stop();
    const message = expect.stringMatching(/left out \(--redact\)/);
    const refusal = { code: "state-secret", message };
    await expect(run("export", "--out", at("a.timmy"))).rejects.toMatchObject(refusal);
    expect(await said("export", "--out", at("a.timmy"), "--redact")).toContain("Left out: 1 ");
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
      details: expect.stringMatching(/left for "attic".*--mode fork/),
    });
    expect(existsSync(at("a.timmy"))).toBe(false);
    expect(await said("stay")).toBe('It left for "attic": there is nothing to take back.\n');
  });
});

describe("timmy state diff", () => {
  it("says how many more differences there are than it shows", async () => {
    const [a, b] = [at("a.timmy"), at("b.timmy")];
    const facts = Array.from({ length: 25 }, (_, n) => factOf(n));
    writeFileSync(a, signState([]));
    writeFileSync(b, signState(facts));
    expect(await said("diff", a, b)).toMatch(/\n {2}and 5 more, which are not shown\n$/);
    const found = JSON.parse(await said("diff", a, b, "--json"));
    expect([found.differences.length, found.more]).toEqual([20, 5]);
    expect(await said("diff", b, b)).not.toContain("more");
  });
});

describe("timmy state before the first start", () => {
  it("says that there is no owner's key yet, and how there will be one", async () => {
    const asked = state(["where", "--data", at("none")], connectOwner);
    await expect(asked).rejects.toMatchObject({
      code: "owner-key-missing",
      message: expect.stringMatching(/owner\.key.*npm start.*--data/),
    });
  });
});
