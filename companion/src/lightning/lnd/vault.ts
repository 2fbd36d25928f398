import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from "node:crypto";
import { TimmyError } from "@timmy/shared/errors";
import { maxKeyBytes, maxPassphraseLength, minKeyBytes, minPassphraseLength } from "./limits.ts";

/**
 * What opens a vault: a passphrase of a person, or the random bytes of a key file or a systemd
 * credential. The bytes belong to the caller, who clears them.
 */
export interface VaultKey {
  readonly kind: "passphrase" | "file";
  readonly secret: Uint8Array;
}
/** What a vault is bound to: it opens for this use of this node only. */
export interface VaultBinding {
  readonly purpose: string;
  readonly pubkey: string;
}
/** log2 of scrypt's N: 17 takes 128 MiB and a third of a second; 16 is for a Raspberry Pi. */
export type ScryptCost = 16 | 17;

const magic = Buffer.from("timmy-vault\n", "latin1");
const version = 1;
const kinds = { passphrase: 1, file: 2 } as const;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
/** magic, version, kind, log2 N, salt, nonce; then the tag and what is sealed. */
const headBytes = magic.length + 3 + saltBytes + nonceBytes;

const refused = () => new TimmyError("bad-passphrase");

/** scrypt with r = 8, p = 1 (RFC 7914); Node wants to be told that it may take the memory. */
function stretch(secret: Uint8Array, salt: Buffer, costLog2: number): Promise<Buffer> {
  const N = 2 ** costLog2;
  const options = { N, r: 8, p: 1, maxmem: 128 * 8 * N + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, keyBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** A key file is random already: HKDF (RFC 5869) makes a key of this vault's own from it. */
function deriveFromFile(secret: Uint8Array, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, magic, keyBytes));
}

/** Every byte before the tag, and what the vault is for, are under the tag. */
function additionalData(head: Buffer, { purpose, pubkey }: VaultBinding): Buffer {
  return Buffer.concat([head, Buffer.from(JSON.stringify([purpose, pubkey]))]);
}

/** Throws `bad-file` or `usage` for a key that is too short or too long to seal with. */
export function checkKey({ kind, secret }: VaultKey): void {
  if (kind === "file" && (secret.length < minKeyBytes || secret.length > maxKeyBytes)) {
    const range = `${minKeyBytes} to ${maxKeyBytes}`;
    throw new TimmyError("bad-file", `A key file has ${range} random bytes.`);
  }
  const tooShort = secret.length < minPassphraseLength;
  if (kind === "passphrase" && (tooShort || secret.length > maxPassphraseLength)) {
    const range = `${minPassphraseLength} to ${maxPassphraseLength}`;
    throw new TimmyError("usage", `A passphrase has ${range} characters.`);
  }
}

/** Seals bytes (AES-256-GCM); each time with a new salt and nonce. Throws `usage`, `bad-file`. */
export async function sealVault(
  content: Uint8Array,
  key: VaultKey,
  binding: VaultBinding,
  cost: ScryptCost = 17,
): Promise<Buffer> {
  checkKey(key);
  const salt = randomBytes(saltBytes);
  const nonce = randomBytes(nonceBytes);
  const costLog2 = key.kind === "passphrase" ? cost : 0;
  const facts = Buffer.from([version, kinds[key.kind], costLog2]);
  const head = Buffer.concat([magic, facts, salt, nonce]);
  const cipherKey =
    key.kind === "passphrase"
      ? await stretch(key.secret, salt, costLog2)
      : deriveFromFile(key.secret, salt);
  try {
    const cipher = createCipheriv("aes-256-gcm", cipherKey, nonce, { authTagLength: tagBytes });
    cipher.setAAD(additionalData(head, binding));
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([head, cipher.getAuthTag(), sealed]);
  } finally {
    cipherKey.fill(0);
  }
}

export interface VaultFacts {
  readonly kind: VaultKey["kind"];
  /** Of a passphrase's key; the strongest where a key file needs none. */
  readonly cost: ScryptCost;
}

/** What kind of key a vault wants. Throws `bad-passphrase` for what is no vault. */
export function readVaultFacts(vault: Buffer): VaultFacts {
  if (vault.length < headBytes + tagBytes || !vault.subarray(0, magic.length).equals(magic)) {
    throw refused();
  }
  const [seenVersion, kind, cost] = vault.subarray(magic.length);
  // A flipped bit must not make us take gigabytes of memory: only what we write is tried.
  if (seenVersion !== version) throw refused();
  if (kind === kinds.file && cost === 0) return { kind: "file", cost: 17 };
  if (kind === kinds.passphrase && (cost === 16 || cost === 17))
    return { kind: "passphrase", cost };
  throw refused();
}

/**
 * Opens a vault: the content, which the caller clears. The vault says how the secret is used.
 * Throws `bad-passphrase` for everything that does not fit, and never says what.
 */
export async function unsealVault(
  vault: Buffer,
  secret: Uint8Array,
  binding: VaultBinding,
): Promise<Buffer> {
  const { kind, cost } = readVaultFacts(vault);
  const head = vault.subarray(0, headBytes);
  const salt = head.subarray(headBytes - nonceBytes - saltBytes, headBytes - nonceBytes);
  const nonce = head.subarray(headBytes - nonceBytes);
  const cipherKey =
    kind === "passphrase" ? await stretch(secret, salt, cost) : deriveFromFile(secret, salt);
  try {
    const cipher = createDecipheriv("aes-256-gcm", cipherKey, nonce, { authTagLength: tagBytes });
    cipher.setAAD(additionalData(head, binding));
    cipher.setAuthTag(vault.subarray(headBytes, headBytes + tagBytes));
    return Buffer.concat([cipher.update(vault.subarray(headBytes + tagBytes)), cipher.final()]);
  } catch {
    throw refused();
  } finally {
    cipherKey.fill(0);
  }
}
