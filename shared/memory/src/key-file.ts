import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import { syncFolder } from "./sqlite-file.ts";

const keyBytes = 32;

export type StoreKey =
  | { readonly ok: true; readonly key: Uint8Array }
  | { readonly ok: false; readonly code: ErrorCode };

const isMissing = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** The 32 bytes beside the store, or why there are none. */
export function readKeyFile(path: string): StoreKey {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    // Which is it, is for the log of the system; both are healed by a readable key file.
    return { ok: false, code: isMissing(error) ? "key-missing" : "key-wrong" };
  }
  if (bytes.length !== keyBytes) return { ok: false, code: "key-wrong" };
  return { ok: true, key: new Uint8Array(bytes) };
}

/**
 * Makes the key file, 0600, whole and on disk before anything is sealed with it; takes the one that
 * is already there. Throws `bad-file`.
 */
export function makeKeyFile(path: string, randomBytes: (count: number) => Uint8Array): StoreKey {
  const known = readKeyFile(path);
  if (known.ok || known.code !== "key-missing") return known;
  const temporary = `${path}.new`;
  try {
    rmSync(temporary, { force: true });
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeSync(file, randomBytes(keyBytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(temporary, 0o600);
    // A link never replaces a key that another process made meanwhile.
    linkSync(temporary, path);
    rmSync(temporary);
    syncFolder(path);
  } catch (cause) {
    const other = readKeyFile(path);
    if (other.ok) return other;
    throw new TimmyError("bad-file", `The key file "${path}" cannot be made.`, { cause });
  }
  return readKeyFile(path);
}
