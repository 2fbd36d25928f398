import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { verifySignature } from "./identity-key.ts";
import { internalsOf } from "./store-internals.ts";
import { exportSeed } from "./store-sections.ts";
import { useStoreFolder } from "./testing/store-folder.ts";

const folder = useStoreFolder();
const bytes = new TextEncoder().encode("I am who I was");

function codeOf(run: () => unknown): string {
  try {
    run();
    return "nothing thrown";
  } catch (error) {
    return error instanceof TimmyError ? error.code : String(error);
  }
}

describe("an agent's store", () => {
  it("makes an agent at the first start, who is the same after the next one", () => {
    const first = folder.open("memory.sqlite", { name: "Robbie", node: "laptop" });
    const born = first.agent();
    expect(born).toMatchObject({
      name: "Robbie",
      epoch: 1,
      generation: 0,
      parentId: null,
      status: "living",
      createdMs: 1000,
    });
    expect(born.id).toMatch(/^[0-9a-f]{64}$/);
    expect(first.lineage()).toEqual([
      { atMs: 1000, what: "born", node: "laptop", epoch: 1, note: "" },
    ]);
    const signature = first.sign(bytes);
    first.stop();
    const second = folder.open();
    expect(second.agent()).toEqual(born);
    expect(second.locked).toBeNull();
    expect(second.sign(bytes)).toEqual(signature);
    expect(verifySignature(born.id, bytes, signature)).toBe(true);
    expect(verifySignature(born.id, new Uint8Array(3), signature)).toBe(false);
  });
  it("gives each agent a key of its own", () => {
    expect(folder.open("a.sqlite").agent().id).not.toBe(folder.open("b.sqlite").agent().id);
  });
  it("keeps file, log and key to its owner, and the key out of the file", () => {
    const store = folder.open();
    store.remember("tea", "green", "owner");
    for (const end of ["", "-wal", ".key"]) {
      expect(statSync(folder.path(`memory.sqlite${end}`)).mode & 0o777).toBe(0o600);
    }
    const seed = Buffer.from(exportSeed(store));
    store.stop();
    expect(readFileSync(folder.path()).includes(seed)).toBe(false);
    expect(readFileSync(folder.path("memory.sqlite.key")).includes(seed)).toBe(false);
  });
  it("takes a new name, and refuses none and a long one", () => {
    const store = folder.open();
    store.rename("Robbie");
    expect(store.agent().name).toBe("Robbie");
    expect(codeOf(() => store.rename(" "))).toBe("bad-payload");
    expect(codeOf(() => store.rename("x".repeat(61)))).toBe("too-large");
  });
  it("is on disk with every commit: write-ahead log, synchronous FULL", () => {
    const { db } = internalsOf(folder.open()).context;
    expect(db.pragma("synchronous", { simple: true })).toBe(2);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
  });
  it("lives in memory too, without any file", () => {
    const store = folder.open(":memory:");
    store.remember("tea", "green", "owner");
    expect(verifySignature(store.agent().id, bytes, store.sign(bytes))).toBe(true);
  });
  it("can be stopped twice, and says so to whoever comes later", () => {
    const store = folder.open();
    store.stop();
    store.stop();
    expect(() => store.remember("tea", "green", "owner")).toThrow(TimmyError);
  });
});

describe("an agent's store without its key", () => {
  function openWithKey(change: (keyPath: string) => void) {
    const store = folder.open();
    store.remember("tea", "green", "owner");
    store.stop();
    change(folder.path("memory.sqlite.key"));
    return folder.open();
  }
  const cases: readonly [string, string, (path: string) => void][] = [
    ["missing", "key-missing", (path) => rmSync(path)],
    ["another's", "key-wrong", (path) => writeFileSync(path, new Uint8Array(32).fill(7))],
    ["too short", "key-wrong", (path) => writeFileSync(path, new Uint8Array(31))],
    ["empty", "key-wrong", (path) => writeFileSync(path, "")],
  ];
  it.each(cases)("opens for reading when the key file is %s, and says %s", (_, code, change) => {
    const store = openWithKey(change);
    expect(store.locked).toBe(code);
    expect(store.recall("tea")?.value).toBe("green");
    expect(store.search("green")).toHaveLength(1);
    expect(codeOf(() => store.sign(bytes))).toBe(code);
    expect(codeOf(() => store.remember("tea", "black", "owner"))).toBe(code);
    expect(codeOf(() => store.effects.append("acted", {}))).toBe(code);
    expect(store.recall("tea")?.value).toBe("green");
  });
  it("is whole again when the key file is back", () => {
    const keyPath = folder.path("memory.sqlite.key");
    let key: Uint8Array = new Uint8Array(0);
    openWithKey((path) => {
      key = readFileSync(path);
      rmSync(path);
    }).stop();
    writeFileSync(keyPath, key);
    expect(folder.open().locked).toBeNull();
  });
  it("uses a key file that is already there, and never writes over one", () => {
    const key = new Uint8Array(32).fill(9);
    writeFileSync(folder.path("memory.sqlite.key"), key);
    expect(folder.open().locked).toBeNull();
    expect(new Uint8Array(readFileSync(folder.path("memory.sqlite.key")))).toEqual(key);
    writeFileSync(folder.path("b.sqlite.key"), "short");
    expect(codeOf(() => folder.open("b.sqlite"))).toBe("key-wrong");
  });
  it("is locked when the sealed key was changed, or the id that it is bound to", () => {
    folder.open().stop();
    const db = new Database(folder.path());
    const sealed = db.prepare<[], Buffer>("SELECT sealed_key FROM agent").pluck().get();
    const put = db.prepare("UPDATE agent SET sealed_key = ?");
    for (const at of [0, 20, 59]) {
      const changed = Buffer.from(sealed ?? []);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      put.run(changed);
      const store = folder.open();
      expect(store.locked, `byte ${at}`).toBe("key-wrong");
      store.stop();
    }
    put.run(sealed);
    db.prepare("UPDATE agent SET id = ?").run("0".repeat(64));
    expect(folder.open().locked).toBe("key-wrong");
    db.close();
  });
});

describe("a file that is not this version's", () => {
  it("is refused and left alone when a newer version wrote it", () => {
    folder.open().stop();
    const db = new Database(folder.path());
    db.pragma("user_version = 99");
    db.close();
    const before = readFileSync(folder.path());
    expect(codeOf(() => folder.open())).toBe("memory-newer");
    expect(readFileSync(folder.path()).equals(before)).toBe(true);
  });
  it("is refused when it is another program's, or no database", () => {
    const db = new Database(folder.path("a.sqlite"));
    db.exec("CREATE TABLE facts (id INTEGER)");
    db.close();
    expect(codeOf(() => folder.open("a.sqlite"))).toBe("bad-file");
    writeFileSync(folder.path("b.sqlite"), "not a database at all, but long enough".repeat(200));
    expect(codeOf(() => folder.open("b.sqlite"))).toBe("bad-file");
    expect(() => folder.open("no/where.sqlite")).toThrow("where.sqlite");
  });
});

describe("a second process at an agent's store", () => {
  it("reads what was written, and writes nothing", () => {
    const owner = folder.open();
    const reader = folder.open("memory.sqlite", { mode: "read" });
    owner.remember("tea", "green", "owner");
    expect(reader.recall("tea")?.value).toBe("green");
    expect(reader.agent()).toEqual(owner.agent());
    expect(reader.locked).toBe("memory-read-only");
    expect(codeOf(() => reader.remember("tea", "black", "owner"))).toBe("memory-read-only");
    expect(reader.sign(bytes)).toEqual(owner.sign(bytes));
  });
  it("is told after 50 ms that another one is writing", () => {
    const [one, two] = [folder.open(), folder.open()];
    internalsOf(one).context.db.exec("BEGIN IMMEDIATE");
    expect(codeOf(() => two.remember("tea", "green", "owner"))).toBe("memory-busy");
    internalsOf(one).context.db.exec("COMMIT");
    two.remember("tea", "green", "owner");
    expect(one.recall("tea")?.value).toBe("green");
  });
  it("opens the store also while another one is writing", () => {
    const one = folder.open();
    internalsOf(one).context.db.exec("BEGIN IMMEDIATE");
    expect(folder.open().locked).toBeNull();
    expect(folder.open("memory.sqlite", { mode: "read" }).agent().epoch).toBe(1);
    internalsOf(one).context.db.exec("COMMIT");
  });
  it("cannot open what does not exist", () => {
    expect(codeOf(() => folder.open("none.sqlite", { mode: "read" }))).toBe("bad-file");
  });
});

it("tightens the rights of a file that was made too open", () => {
  folder.open().stop();
  chmodSync(folder.path(), 0o644);
  folder.open();
  expect(statSync(folder.path()).mode & 0o777).toBe(0o600);
});
