import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  sign as ed25519Sign,
  verify as ed25519Verify,
  type KeyObject,
} from "node:crypto";
import { TimmyError } from "@timmy/shared/errors";

/** DER before a raw Ed25519 seed (PKCS #8) and before a raw public key (SPKI): RFC 8410. */
const seedPrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");
/** AES-256-GCM: bytes of the nonce and of the tag (NIST SP 800-38D). */
export const nonceBytes = 12;
const tagBytes = 16;
export const seedBytes = 32;

function privateKey(seed: Uint8Array): KeyObject {
  if (seed.length !== seedBytes) throw new TimmyError("internal", "A seed has 32 bytes.");
  return createPrivateKey({
    key: Buffer.concat([seedPrefix, seed]),
    format: "der",
    type: "pkcs8",
  });
}

/** The agent's id: the public key of a 32-byte seed, 64 lower-case hex digits. */
export function agentIdOf(seed: Uint8Array): string {
  const der = createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" });
  return der.subarray(publicPrefix.length).toString("hex");
}

/** Ed25519 (RFC 8032): 64 bytes. */
export const signWith = (seed: Uint8Array, bytes: Uint8Array): Uint8Array =>
  new Uint8Array(ed25519Sign(null, bytes, privateKey(seed)));

/** Whether `signature` over `bytes` was made with the key of the agent `id`. Never throws. */
export function verifySignature(id: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (!/^[0-9a-f]{64}$/.test(id) || signature.length !== 64) return false;
  try {
    const der = Buffer.concat([publicPrefix, Buffer.from(id, "hex")]);
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return ed25519Verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}

/** The seal is bound to its format and to the agent: one agent's key never opens as another's. */
const boundTo = (id: string) => Buffer.from(`timmy.key/1 ${id}`, "utf8");

/** Nonce, ciphertext and tag of the seed under the store's key. */
export function sealSeed(
  seed: Uint8Array,
  id: string,
  storeKey: Uint8Array,
  nonce: Uint8Array,
): Buffer {
  const cipher = createCipheriv("aes-256-gcm", storeKey, nonce);
  cipher.setAAD(boundTo(id));
  return Buffer.concat([nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()]);
}

/** The seed, or null when the store's key is another or a bit of the seal was changed. */
export function unsealSeed(
  sealed: Uint8Array,
  id: string,
  storeKey: Uint8Array,
): Uint8Array | null {
  if (sealed.length !== nonceBytes + seedBytes + tagBytes) return null;
  const end = sealed.length - tagBytes;
  try {
    const nonce = sealed.subarray(0, nonceBytes);
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv("aes-256-gcm", storeKey, nonce, options);
    decipher.setAAD(boundTo(id));
    decipher.setAuthTag(sealed.subarray(end));
    const opened = [decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()];
    const seed = new Uint8Array(Buffer.concat(opened));
    return agentIdOf(seed) === id ? seed : null;
  } catch {
    return null;
  }
}
