import { TimmyError } from "@timmy/shared/errors";
import type { SectionLine } from "./record-lines.ts";

/** Shorter ones would be found in ordinary text. */
const shortestSecret = 8;
const redacted = "[redacted]";

export interface SecretScan {
  /** The line without secrets; null when it has to be left out. Throws `state-secret`. */
  clean(line: SectionLine): SectionLine | null;
  /** How many lines had one. */
  found(): number;
}

/** A secret as it could stand in a text or in a file: with the white space around it and without. */
function formsOf(secret: string | Uint8Array): Buffer[] {
  const bytes = Buffer.from(secret);
  const trimmed = Buffer.from(bytes.toString("latin1").trim(), "latin1");
  return trimmed.length === bytes.length
    ? encodingsOf(bytes)
    : [...encodingsOf(bytes), ...encodingsOf(trimmed)];
}

/** Itself, hex, base64. */
function encodingsOf(bytes: Buffer): Buffer[] {
  if (bytes.length < shortestSecret) return [];
  const hex = bytes.toString("hex");
  const base64 = bytes.toString("base64").replace(/=+$/, "");
  const texts = [hex, hex.toUpperCase(), base64, bytes.toString("base64url")];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * Looks for the secrets of this machine in what would be exported. A line that has one is refused by
 * the name of its record, never by the secret; or it goes without it. A blob goes whole or not at all.
 */
export function createSecretScan(
  secrets: readonly (string | Uint8Array)[],
  onSecret: "refuse" | "redact",
): SecretScan {
  const forms = secrets.flatMap(formsOf);
  // In a line, a text stands as JSON writes it.
  const needles = forms.map((form) => JSON.stringify(form.toString("utf8")).slice(1, -1));
  const pattern = needles.length === 0 ? null : new RegExp(needles.map(escaped).join("|"), "g");
  let count = 0;
  let leftOut = "";
  const refuse = (line: SectionLine) =>
    new TimmyError("state-secret", `It stands in ${line.of.replace(pattern ?? "", redacted)}.`);
  return {
    clean(line) {
      if (leftOut !== "" && line.of === leftOut) return null;
      if (pattern === null) return line;
      if (line.blob !== undefined && forms.some((form) => holds(line.blob, form))) {
        if (onSecret === "refuse") throw refuse(line);
        count++;
        leftOut = line.of;
        return null;
      }
      if (line.text.search(pattern) === -1) return line;
      if (onSecret === "refuse") throw refuse(line);
      count++;
      return { ...line, text: line.text.replace(pattern, redacted) };
    },
    found: () => count,
  };
}

const holds = (blob: Uint8Array | undefined, form: Buffer): boolean =>
  blob !== undefined && Buffer.from(blob.buffer, blob.byteOffset, blob.length).includes(form);
