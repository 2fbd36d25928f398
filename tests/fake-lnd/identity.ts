import { createHash } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";

/** A node's key pair; made from a text, so that a test names its nodes and repeats itself. */
export interface Identity {
  readonly secretKey: Uint8Array;
  /** Hex of 33 bytes. */
  readonly pubkey: string;
}
export function createIdentity(text: string): Identity {
  const secretKey = new Uint8Array(createHash("sha256").update(`fake-lnd ${text}`).digest());
  return { secretKey, pubkey: Buffer.from(secp256k1.getPublicKey(secretKey)).toString("hex") };
}
