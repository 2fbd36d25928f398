import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";

/**
 * Two keys from one key file beside the books. The file is what the books alone do not hold: who
 * can write the books, but not read this file, can neither approve, nor raise a limit, nor read
 * an authenticator's secret.
 */
export interface KeyRing {
  /** HMAC-SHA256 over the parts, each with its length, hex. */
  seal(purpose: string, ...parts: readonly string[]): string;
  sealed(seal: string, purpose: string, ...parts: readonly string[]): boolean;
  /** AES-256-GCM; the name is authenticated with it. */
  encrypt(name: string, secret: Uint8Array): string;
  decrypt(name: string, box: string): Uint8Array;
}

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/** No two different lists of parts make the same text. */
export const joinParts = (parts: readonly string[]): string =>
  parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(",");

/** Compares in a time that tells nothing of where they differ. */
export function equalText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export function createKeyRing(key: Uint8Array): KeyRing {
  const derive = (info: string) =>
    new Uint8Array(hkdfSync("sha256", key, new Uint8Array(0), `timmy treasury ${info}`, keyBytes));
  const [macKey, boxKey] = [derive("seal"), derive("box")];
  const seal = (purpose: string, ...parts: readonly string[]) =>
    createHmac("sha256", macKey)
      .update(joinParts([purpose, ...parts]))
      .digest("hex");
  return {
    seal,
    sealed: (given, purpose, ...parts) => equalText(given, seal(purpose, ...parts)),
    encrypt(name, secret) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", boxKey, iv).setAAD(Buffer.from(name));
      const body = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
    },
    decrypt(name, box) {
      const bytes = Buffer.from(box, "base64");
      const tag = bytes.subarray(ivBytes, ivBytes + tagBytes);
      try {
        const decipher = createDecipheriv("aes-256-gcm", boxKey, bytes.subarray(0, ivBytes), {
          authTagLength: tagBytes,
        });
        decipher.setAAD(Buffer.from(name)).setAuthTag(tag);
        const body = bytes.subarray(ivBytes + tagBytes);
        return new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()]));
      } catch {
        // The cause could name bytes of the secret.
        throw new TimmyError("bad-passphrase", "The treasury's key file is not the one.");
      }
    },
  };
}

/** Reads the key file, or makes it (0600). Refuses one that others can read. */
export function openKeyFile(path: string): KeyRing {
  const key = new Uint8Array(keyBytes);
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
    try {
      key.set(randomBytes(keyBytes));
      writeSync(file, key);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return createKeyRing(key);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new TimmyError("bad-file", "The treasury's key file cannot be made.", { cause: error });
    }
  }
  file = openSync(path, "r");
  try {
    const { mode, size } = fstatSync(file);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new TimmyError("bad-file", "Others can read the treasury's key file: chmod 600 it.");
    }
    if (size !== keyBytes || readSync(file, key, 0, keyBytes, 0) !== keyBytes) {
      throw new TimmyError("bad-file", "The treasury's key file is not 32 bytes long.");
    }
  } finally {
    closeSync(file);
  }
  return createKeyRing(key);
}
