import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConnection, writeConnection } from "./connection-record.ts";
import { findSecret, openVault, vaultFactsOf, writeVault } from "./macaroon-vault.ts";
import { bakedRights } from "./rights.ts";
import type { VaultKey } from "./vault.ts";

const pubkey = `02${"ab".repeat(32)}`;
const macaroons = { earn: "0201".repeat(50), spend: "0202".repeat(50), sweep: "0203".repeat(50) };
const modeOf = (path: string) => statSync(path).mode & 0o777;
let root = "";
let folder = "";
let key: VaultKey;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "timmy-vault-"));
  folder = join(root, "data");
  key = { kind: "file", secret: randomBytes(32) };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the vault of macaroons", () => {
  it("is a file of mode 0600 in a folder of mode 0700, with nothing beside it", async () => {
    mkdirSync(folder, { mode: 0o755 });
    await writeVault(folder, pubkey, macaroons, key);
    expect(modeOf(folder)).toBe(0o700);
    expect(modeOf(join(folder, "lnd.vault"))).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["lnd.vault"]);
    expect(await openVault(folder, pubkey, key.secret)).toEqual(macaroons);
    expect(vaultFactsOf(folder).kind).toBe("file");
  });
  it("stays the old one when the process died between writing and renaming", async () => {
    await writeVault(folder, pubkey, macaroons, key);
    const torn = join(folder, "lnd.vault.new");
    writeFileSync(torn, "half a vau", { mode: 0o644 });
    expect(await openVault(folder, pubkey, key.secret)).toEqual(macaroons);
    const newer = { ...macaroons, spend: "0a0b".repeat(40) };
    await writeVault(folder, pubkey, newer, key);
    expect(await openVault(folder, pubkey, key.secret)).toEqual(newer);
    expect(readdirSync(folder)).toEqual(["lnd.vault"]);
    expect(modeOf(join(folder, "lnd.vault"))).toBe(0o600);
  });
  it("says not-connected where there is none, and bad-passphrase for another node's", async () => {
    const missing = openVault(folder, pubkey, key.secret);
    await expect(missing).rejects.toMatchObject({ code: "not-connected" });
    await writeVault(folder, pubkey, macaroons, key);
    const other = openVault(folder, `03${"ab".repeat(32)}`, key.secret);
    await expect(other).rejects.toMatchObject({ code: "bad-passphrase", details: "" });
  });
  it("seals nothing but macaroons", async () => {
    const odd = { ...macaroons, spend: "not hex" };
    await expect(writeVault(folder, pubkey, odd, key)).rejects.toMatchObject({
      code: "bad-macaroon",
      details: "",
    });
  });
});

describe("the secret", () => {
  it("comes from the key file, or from systemd's credential, or from nobody", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "timmy-vault"), "from systemd\n");
    writeFileSync(join(folder, "key"), "from a file\n");
    const places = { credentialsFolder: folder };
    expect(findSecret(places, "passphrase")?.toString()).toBe("from systemd");
    expect(findSecret(places, "file")?.toString()).toBe("from systemd\n");
    const both = { ...places, keyFile: join(folder, "key") };
    expect(findSecret(both, "passphrase")?.toString()).toBe("from a file");
    expect(findSecret({}, "file")).toBeNull();
    expect(findSecret({ credentialsFolder: join(folder, "none") }, "file")).toBeNull();
  });
  it("is an error when the named key file is missing or empty", () => {
    expect(() => findSecret({ keyFile: join(root, "none") }, "file")).toThrow(/holds no key/);
    writeFileSync(join(root, "empty"), "");
    expect(() => findSecret({ keyFile: join(root, "empty") }, "file")).toThrow(/holds no key/);
  });
});

describe("the connection record", () => {
  const record = {
    ...{
      address: "127.0.0.1:10009",
      certPem: "PEM",
      fingerprint: "AA:BB",
      pubkey,
      alias: "office",
    },
    network: "regtest" as const,
    version: "0.21.2-beta",
    rights: bakedRights,
    connectedMs: 1,
  };
  it("is read as it was written, from a private file", () => {
    expect(readConnection(folder)).toBeNull();
    writeConnection(folder, record);
    expect(readConnection(folder)).toMatchObject(record);
    expect(modeOf(join(folder, "lnd.json"))).toBe(0o600);
  });
  it("is refused when it has been bent", () => {
    writeConnection(folder, record);
    const bent = ["{", "null", "[]", JSON.stringify({ ...record, format: 2 })];
    for (const [field, value] of [
      ["pubkey", "02ab"],
      ["network", "moonnet"],
      ["rights", [{ name: "admin", methods: [] }]],
      ["address", 7],
    ] as const) {
      bent.push(JSON.stringify({ format: 1, ...record, [field]: value }));
    }
    for (const text of bent) {
      writeFileSync(join(folder, "lnd.json"), text);
      expect(() => readConnection(folder), text).toThrow(/lnd.json is not/);
    }
  });
});
