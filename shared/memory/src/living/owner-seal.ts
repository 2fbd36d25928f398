import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { nonceBytes } from "../identity-key.ts";

const tagBytes = 16;
const keyBytes = 32;

/** Opens and closes what is said between the bodies of one owner. */
export interface OwnerSeal {
  /** Base64 of nonce, ciphertext and tag; `bound` has to be the same where it is opened. */
  close(text: string, bound: string): string;
  /** Null when it was closed with another key, for another place, or changed on the way. */
  open(sealed: string, bound: string): string | null;
}

/** What the context of a question to a mind is bound to: that very question, and who is answered. */
export const boundKnown = (
  to: string,
  asked: {
    readonly id: string;
    readonly deadline_ms: number;
    readonly reply_to: string;
    readonly text: string;
  },
): string => {
  const text = createHash("sha256").update(asked.text, "utf8").digest("hex");
  return `known ${to} ${asked.id} ${asked.deadline_ms} ${asked.reply_to} ${text}`;
};

/** AES-256-GCM under a key of its own, made of the owner's (HKDF with SHA-256, RFC 5869). */
export function createOwnerSeal(
  ownerKey: Uint8Array,
  randomBytes: (count: number) => Uint8Array,
): OwnerSeal {
  const key = Buffer.from(hkdfSync("sha256", ownerKey, "", "timmy.call/1", keyBytes));
  return {
    close(text, bound) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(Buffer.from(bound));
      const parts = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(parts).toString("base64");
    },
    open(sealed, bound) {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length < nonceBytes + tagBytes) return null;
      const end = bytes.length - tagBytes;
      try {
        const options = { authTagLength: tagBytes };
        const nonce = bytes.subarray(0, nonceBytes);
        const decipher = createDecipheriv("aes-256-gcm", key, nonce, options);
        decipher.setAAD(Buffer.from(bound));
        decipher.setAuthTag(bytes.subarray(end));
        const opened = [decipher.update(bytes.subarray(nonceBytes, end)), decipher.final()];
        return Buffer.concat(opened).toString("utf8");
      } catch {
        return null;
      }
    },
  };
}
