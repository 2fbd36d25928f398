import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function run(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  return child;
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const [line] = await once(createInterface({ input: stream }), "line");
  return String(line);
}

describe("the world as a process", () => {
  it("says when it is ready, lives in real time, and leaves nothing behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "timmy-main-"));
    folders.push(folder);
    const child = run("--sockets", folder, "--seed", "7", "--speed", "2", "--close", "kitchen");
    const ready = JSON.parse(await firstLine(child.stdout));
    expect(ready).toMatchObject({ ready: true, world: "house_001", seed: 7, speed: 2 });
    const truth = connect(ready.sockets.truth);
    expect(JSON.parse(await firstLine(truth))).toMatchObject({ type: "truth", contacts: 0 });
    truth.destroy();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(existsSync(ready.sockets.core)).toBe(false);
  });

  it.each([
    ["without a folder for its sockets", [], 2, /--sockets/],
    ["with a speed that is none", ["--sockets", "x", "--speed", "fast"], 2, /--speed/],
    ["with a world that does not exist", ["--sockets", "x", "--world", "castle"], 1, /castle/],
  ])("ends %s with a sentence", async (_, args, code, sentence) => {
    const child = run(...args);
    const [line, [exit]] = await Promise.all([firstLine(child.stderr), once(child, "exit")]);
    expect(line).toMatch(sentence);
    expect(exit).toBe(code);
  });
});
