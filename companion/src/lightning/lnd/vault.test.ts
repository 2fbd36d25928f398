import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readVaultFacts, sealVault, unsealVault, type VaultKey } from "./vault.ts";

const binding = { purpose: "lnd-macaroons", pubkey: `02${"ab".repeat(32)}` };
const content = Buffer.from("three macaroons");
const fileKey = (): VaultKey => ({ kind: "file", secret: randomBytes(32) });
const spoken: VaultKey = { kind: "passphrase", secret: Buffer.from("correct horse battery") };
const refusal = { code: "bad-passphrase", details: "" };

describe("a vault", () => {
  it("opens with its key file for its purpose and its node", async () => {
    const key = fileKey();
    const vault = await sealVault(content, key, binding);
    expect(readVaultFacts(vault).kind).toBe("file");
    expect(await unsealVault(vault, key.secret, binding)).toEqual(content);
    expect(vault.includes(content)).toBe(false);
  });
  it("opens with its passphrase, and with no other", async () => {
    const vault = await sealVault(content, spoken, binding, 16);
    expect(readVaultFacts(vault)).toEqual({ kind: "passphrase", cost: 16 });
    expect(await unsealVault(vault, spoken.secret, binding)).toEqual(content);
    const wrong = unsealVault(vault, Buffer.from("correct horse batterx"), binding);
    await expect(wrong).rejects.toMatchObject(refusal);
  });
  it("takes N = 2^17 unless it is told that memory is short", async () => {
    const costByte = 14;
    expect((await sealVault(content, spoken, binding))[costByte]).toBe(17);
    expect((await sealVault(content, spoken, binding, 16))[costByte]).toBe(16);
  });
  it("refuses every single flipped bit", async () => {
    const key = fileKey();
    const vault = await sealVault(content, key, binding);
    for (let at = 0; at < vault.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bent = Buffer.from(vault);
        bent[at] = (bent[at] ?? 0) ^ (1 << bit);
        const opened = unsealVault(bent, key.secret, binding);
        await expect(opened, `byte ${at}, bit ${bit}`).rejects.toMatchObject(refusal);
      }
    }
  });
  it("refuses to be cut, lengthened or empty", async () => {
    const key = fileKey();
    const vault = await sealVault(content, key, binding);
    const bent = [vault.subarray(0, -1), Buffer.concat([vault, Buffer.of(0)]), Buffer.of()];
    for (const bytes of bent) {
      await expect(unsealVault(bytes, key.secret, binding)).rejects.toMatchObject(refusal);
    }
  });
  it("does not open for another purpose or another node", async () => {
    const key = fileKey();
    const vault = await sealVault(content, key, binding);
    const purpose = { ...binding, purpose: "approver" };
    const node = { ...binding, pubkey: `03${"ab".repeat(32)}` };
    await expect(unsealVault(vault, key.secret, purpose)).rejects.toMatchObject(refusal);
    await expect(unsealVault(vault, key.secret, node)).rejects.toMatchObject(refusal);
  });
  it("never seals twice the same way", async () => {
    const key = fileKey();
    const first = await sealVault(content, key, binding);
    const second = await sealVault(content, key, binding);
    expect(first.equals(second)).toBe(false);
  });
  it("takes no key that is too short", async () => {
    const weakFile: VaultKey = { kind: "file", secret: randomBytes(31) };
    const weakPhrase: VaultKey = { kind: "passphrase", secret: Buffer.from("1234567") };
    await expect(sealVault(content, weakFile, binding)).rejects.toMatchObject({ code: "bad-file" });
    await expect(sealVault(content, weakPhrase, binding)).rejects.toMatchObject({ code: "usage" });
  });
});
