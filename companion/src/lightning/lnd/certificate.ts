import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { TimmyError } from "@timmy/shared/errors";
import { maxFileBytes } from "./limits.ts";

/** LND's own certificate: the only root of trust, and the only one that may answer. */
export interface PinnedCertificate {
  readonly pem: string;
  /** SHA-256 over the DER bytes, upper-case hex with colons, as `openssl x509 -fingerprint` says. */
  readonly fingerprint: string;
  /** DNS names and IP addresses that it is for. */
  readonly names: readonly string[];
  readonly validUntilMs: number;
}

const pemPattern = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/;

/** Reads one certificate in PEM, as in LND's tls.cert. Calls nobody. Throws `bad-certificate`. */
export function probeCertificate(pem: string): PinnedCertificate {
  const text = pem.trim();
  if (text.length > maxFileBytes || !pemPattern.test(text)) {
    throw new TimmyError("bad-certificate", "It is not one certificate in PEM.");
  }
  try {
    const certificate = new X509Certificate(text);
    const names = (certificate.subjectAltName ?? "")
      .split(", ")
      .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? "")
      .filter((name) => name !== "");
    return {
      pem: `${text}\n`,
      fingerprint: certificate.fingerprint256,
      names,
      validUntilMs: Date.parse(certificate.validTo),
    };
  } catch (cause) {
    throw new TimmyError("bad-certificate", "It cannot be read.", { cause });
  }
}

/** Host and port of an address. Throws `usage`. */
export function splitAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = Number(match?.[3]);
  if (host === "" || !(port >= 1 && port <= 65_535)) {
    throw new TimmyError("usage", `"${address}" is not HOST:PORT, for example 127.0.0.1:10009.`);
  }
  return { host, port };
}

/**
 * The name to ask for instead of the address: for an IP address (TLS asks for names only, RFC 6066)
 * and where the certificate has another name (a tunnel). It is always a name of the certificate;
 * null: ask for the address. The pin, not the name, says who may answer.
 */
export function nameToAskFor(certificate: PinnedCertificate, host: string): string | null {
  const isKnown = new X509Certificate(certificate.pem).checkHost(host) !== undefined;
  if (isKnown && isIP(host) === 0) return null;
  return certificate.names.find((name) => isIP(name) === 0 && !name.includes("*")) ?? null;
}
