import { createECDH, createHash } from "node:crypto";

/** A node's key pair; made from a text, so that a test names its nodes and repeats itself. */
export interface Identity {
  readonly secretKey: Uint8Array;
  /** Hex of 33 bytes. */
  readonly pubkey: string;
}
export function createIdentity(text: string): Identity {
  const secretKey = new Uint8Array(createHash("sha256").update(`fake-lnd ${text}`).digest());
  const key = createECDH("secp256k1");
  key.setPrivateKey(secretKey);
  return { secretKey, pubkey: key.getPublicKey("hex", "compressed") };
}
