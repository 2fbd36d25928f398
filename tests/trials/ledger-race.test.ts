import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBooks } from "@timmy/companion/ledger/books";
import { deposit } from "@timmy/companion/ledger/books-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("./ledger-race-main.ts", import.meta.url));
let folder = "";
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-race-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** A racer that waits at the line; `go` answers its results. */
async function createRacer(path: string, id: string, count: number) {
  const child = spawn(process.execPath, [program, path, id, `${count}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  let text = "";
  const ready = new Promise<void>((resolve) => {
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes("ready\n")) resolve();
    });
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  await ready;
  return {
    async go(): Promise<readonly string[]> {
      child.stdin.write("go\n");
      await ended;
      return text.split("\n").filter((line) => line === "held" || line === "refused");
    },
  };
}

describe("two processes on one file", () => {
  it("hold ten of a hundred when the balance is for ten", async () => {
    const path = join(folder, "books.sqlite");
    const books = openBooks({ path, clock: { wallMs: () => 1 }, space: null });
    deposit(books, "agent:a", 1000n);
    const racers = await Promise.all([createRacer(path, "a", 50), createRacer(path, "b", 50)]);
    const results = (await Promise.all(racers.map((racer) => racer.go()))).flat();
    expect(results).toHaveLength(100);
    expect(results.filter((line) => line === "held")).toHaveLength(10);
    expect(books.ledger.balance("party:agent:a").availableMsat).toBe(0n);
    expect(books.ledger.verify()).toEqual([]);
    books.close();
  });
});
