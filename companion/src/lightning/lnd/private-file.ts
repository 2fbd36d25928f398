import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { TimmyError } from "@timmy/shared/errors";
import { maxFileBytes } from "./limits.ts";

const why = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

/** Makes a folder that only its owner may enter, or makes one so that is there. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

/**
 * Writes a file that only its owner may read, whole or not at all: after a crash the old one or the
 * new one stands there. Throws `bad-file`.
 */
export function writePrivateFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.new`;
  try {
    makePrivateFolder(dirname(path));
    rmSync(temporary, { force: true });
    const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
    const file = openSync(temporary, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    const folder = openSync(dirname(path), "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (cause) {
    throw new TimmyError("bad-file", `${path} cannot be written: ${why(cause)}.`, { cause });
  }
}

/** The bytes of a small file, or null when there is none. Throws `bad-file`. */
export function readSmallFile(path: string): Buffer | null {
  try {
    const { size } = lstatSync(path);
    if (size > maxFileBytes) throw new TimmyError("bad-file", `${path} is too large.`);
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof TimmyError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new TimmyError("bad-file", `${path} cannot be read: ${why(cause)}.`, { cause });
  }
}
