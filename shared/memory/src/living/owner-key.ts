import { existsSync, readFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import { makeKeyFile } from "../key-file.ts";

/** The bytes of key files, as far as they are there: what a state is looked through for. */
export function readSecrets(...paths: readonly string[]): Uint8Array[] {
  return paths.filter((path) => existsSync(path)).map((path) => new Uint8Array(readFileSync(path)));
}

/** The same as texts, in the forms that a gate looks for: no mind ever saw them, and none may say them. */
export const secretTexts = (secrets: readonly Uint8Array[]): string[] =>
  secrets.flatMap((secret) =>
    (["hex", "base64"] as const).map((form) => Buffer.from(secret).toString(form)),
  );

/**
 * The key that all bodies of one owner share, made at the first start (0600). Whoever can read it is
 * the owner: copying the file to another machine is how a body there becomes his. Throws `bad-file`.
 */
export function openOwnerKey(path: string, randomBytes: (count: number) => Uint8Array): Uint8Array {
  const made = makeKeyFile(path, randomBytes);
  if (made.ok) return made.key;
  throw new TimmyError("bad-file", `"${path}" is no owner's key: it has 32 bytes.`);
}
