import { leastPassphrase } from "../limits.ts";
import type { Checked } from "./money-forms.ts";
import { readCode } from "./money-forms.ts";

/** A certificate pasted or read from tls.cert; more than one or a key beside it is refused. */
export function checkCertificate(text: string): string {
  const pem = text.trim();
  if (pem === "") return "Paste the certificate, or choose the file tls.cert.";
  if (pem.includes("PRIVATE KEY")) return "This is a private key. Send nobody that; take tls.cert.";
  const blocks = pem.match(
    /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g,
  );
  if (blocks === null) return 'A certificate starts with "-----BEGIN CERTIFICATE-----".';
  return blocks.length === 1 ? "" : "One certificate only: the node's own.";
}

/** host:port; the port may be left out, LND's is 10009. */
export function readAddress(text: string): string | null {
  const match = /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::([0-9]{1,5}))?$/i.exec(text.trim());
  const port = Number(match?.[2] ?? "10009");
  if (match === null || port < 1 || port > 65_535) return null;
  return `${match[1]}:${port}`;
}

/**
 * The bytes of admin.macaroon as hex, or why they are not a macaroon. Version 2 of the binary form
 * starts with the byte 2 (libmacaroons, doc/format.txt); a file that holds the hex is taken as well.
 */
export function readMacaroon(bytes: Uint8Array): string | null {
  if (bytes.length > 4000) return null;
  if (bytes[0] === 2 && bytes.length > 32) {
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const text = new TextDecoder().decode(bytes).trim().toLowerCase();
  return /^02(?:[0-9a-f]{2}){32,}$/.test(text) ? text : null;
}

export interface SecretsText {
  readonly macaroonHex: string;
  readonly passphrase: string;
  readonly repeated: string;
  /** Null where no code is asked for. */
  readonly code: string | null;
}
interface Secrets {
  readonly macaroon_hex: string;
  readonly passphrase: string;
  readonly code?: string;
}

export function checkConnection(text: SecretsText): Checked<Secrets> {
  const errors: Record<string, string> = {};
  if (text.macaroonHex === "") errors["macaroon"] = "Choose the file admin.macaroon.";
  if (text.passphrase.length < leastPassphrase) {
    errors["passphrase"] = `At least ${leastPassphrase} characters.`;
  }
  if (text.repeated !== text.passphrase) errors["repeated"] = "The two are not the same.";
  const code = text.code === null ? null : readCode(text.code);
  if (text.code !== null && code === null) errors["code"] = "Six digits from your authenticator.";
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const secrets = { macaroon_hex: text.macaroonHex, passphrase: text.passphrase };
  return { ok: true, value: code === null ? secrets : { ...secrets, code } };
}
