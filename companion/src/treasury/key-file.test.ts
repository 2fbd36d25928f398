import { chmodSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyRing, openKeyFile } from "./key-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "timmy-key-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the key file", () => {
  it("is made for its user alone, and read again", () => {
    const path = join(folder, "treasury.key");
    const ring = openKeyFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const seal = ring.seal("a", "b");
    expect(openKeyFile(path).sealed(seal, "a", "b")).toBe(true);
    expect(openKeyFile(join(folder, "other.key")).sealed(seal, "a", "b")).toBe(false);
  });
  it("is refused when others can read it, or when it is cut short", () => {
    const path = join(folder, "treasury.key");
    openKeyFile(path);
    chmodSync(path, 0o640);
    expect(() => openKeyFile(path)).toThrow(/chmod 600/);
    chmodSync(path, 0o600);
    truncateSync(path, 31);
    expect(() => openKeyFile(path)).toThrow(/32 bytes/);
  });
});

describe("the key ring", () => {
  const ring = createKeyRing(new Uint8Array(32).fill(7));
  it("seals each list of parts apart from every other", () => {
    const seal = ring.seal("decision", "ab", "c");
    expect(ring.sealed(seal, "decision", "ab", "c")).toBe(true);
    expect(ring.sealed(seal, "decision", "a", "bc")).toBe(false);
    expect(ring.sealed(seal, "policy", "ab", "c")).toBe(false);
    expect(ring.sealed("", "decision", "ab", "c")).toBe(false);
  });
  it("opens a box only under its name, unchanged", () => {
    const secret = Uint8Array.from([1, 2, 3]);
    const box = ring.encrypt("anna", secret);
    expect(ring.decrypt("anna", box)).toEqual(secret);
    expect(() => ring.decrypt("eve", box)).toThrow(/key file/);
    const other = box.startsWith("A") ? "B" : "A";
    expect(() => ring.decrypt("anna", `${other}${box.slice(1)}`)).toThrow(/key file/);
    expect(ring.encrypt("anna", secret)).not.toBe(box);
  });
});
