import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createFileSpool, createMemorySpool, type Spool } from "./spool.ts";

const folder = mkdtempSync(join(tmpdir(), "timmy-spool-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "arriving.part");

async function read(spool: Spool): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of spool.source().open()) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe.each([
  ["in memory", createMemorySpool],
  ["in a file", () => createFileSpool(path, randomBytes)],
] as const)("a spool %s", (_where, make) => {
  it("gives back what came, in order, as often as it is asked", async () => {
    const spool = make();
    for (const text of ["one ", "two ", "", "three"]) spool.add(Buffer.from(text));
    expect(spool.bytes()).toBe(13);
    expect(await read(spool)).toBe("one two three");
    expect(await read(spool)).toBe("one two three");
    spool.drop();
    spool.drop();
  });
});

describe("a spool in a file", () => {
  it("shows nothing of what it holds on the disk, and leaves nothing behind", () => {
    const spool = createFileSpool(path, randomBytes);
    spool.add(Buffer.from("the private key of an agent"));
    expect(readFileSync(path).includes("private")).toBe(false);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    spool.drop();
    expect(existsSync(path)).toBe(false);
  });
  it("takes the place of what a process that died left there", async () => {
    createFileSpool(path, randomBytes).add(Buffer.from("old"));
    const spool = createFileSpool(path, randomBytes);
    spool.add(Buffer.from("new"));
    expect(await read(spool)).toBe("new");
    spool.drop();
  });
});
