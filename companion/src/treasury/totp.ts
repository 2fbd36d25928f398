import { createHmac } from "node:crypto";
import { base32nopad } from "@scure/base";
import { equalText } from "./key-file.ts";

/** Seconds of a step and digits of a code (RFC 6238, section 5.2; RFC 4226, section 5.3). */
const stepS = 30;
const digits = 6;

/** HOTP with dynamic truncation (RFC 4226, section 5.3), which TOTP calls with a time step. */
export function totpCode(secret: Uint8Array, step: number, length = digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** length).padStart(length, "0");
}

export const stepAt = (wallMs: number): number => Math.max(0, Math.floor(wallMs / 1000 / stepS));

/**
 * The step whose code this is: now, one before or one after (RFC 6238, section 5.2), and later
 * than the last one used; else null. Every candidate is compared, whichever fits.
 */
export function matchingStep(
  secret: Uint8Array,
  code: string,
  wallMs: number,
  lastStep: number,
): number | null {
  const now = stepAt(wallMs);
  let found: number | null = null;
  for (const step of [now - 1, now, now + 1]) {
    if (step >= 0 && equalText(totpCode(secret, step), code) && step > lastStep) found = step;
  }
  return found;
}

/** What an authenticator scans (the otpauth key URI that all of them read). */
export function otpauthUri(who: string, secret: Uint8Array): string {
  const label = encodeURIComponent(`Timmy:${who}`);
  return `otpauth://totp/${label}?secret=${base32nopad.encode(secret)}&issuer=Timmy&digits=${digits}&period=${stepS}&algorithm=SHA1`;
}
