import { createCipheriv, createDecipheriv } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import { nonceBytes } from "../identity-key.ts";
import { createSource, type StateSource } from "../state/state-file.ts";

const tagBytes = 16;

/** Where a state waits until all of it is there. */
export interface Spool {
  add(bytes: Uint8Array): void;
  bytes(): number;
  source(): StateSource;
  /** Everything of it is gone. Idempotent. */
  drop(): void;
}

/** A fake beside the file, for tests and lockstep: nothing of it reaches a disk. */
export function createMemorySpool(): Spool {
  let pieces: Uint8Array[] = [];
  return {
    add: (bytes) => void pieces.push(bytes.slice()),
    bytes: () => pieces.reduce((sum, piece) => sum + piece.length, 0),
    source: () =>
      createSource(async function* () {
        yield* pieces;
      }),
    drop() {
      pieces = [];
    },
  };
}

/**
 * A file of pieces, each sealed (AES-256-GCM) under a key that this process alone has: the agent's
 * private key is among them, and a process that dies leaves nothing that opens. Throws `bad-file`.
 */
export function createFileSpool(path: string, randomBytes: (count: number) => Uint8Array): Spool {
  const key = randomBytes(32);
  const sizes: number[] = [];
  rmSync(path, { force: true });
  let file: number | null;
  try {
    file = openSync(path, "wx+", 0o600);
  } catch (cause) {
    throw new TimmyError("bad-file", `The file "${path}" cannot be made.`, { cause });
  }
  function handle(): number {
    if (file === null) throw new TimmyError("internal", "The spool is gone.");
    return file;
  }
  const orderOf = (n: number) => Buffer.from(`piece ${n}`);
  function readPiece(n: number, at: number, size: number): Uint8Array {
    const sealed = Buffer.alloc(nonceBytes + size + tagBytes);
    readSync(handle(), sealed, 0, sealed.length, at);
    const options = { authTagLength: tagBytes };
    const nonce = sealed.subarray(0, nonceBytes);
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, options);
    decipher.setAAD(orderOf(n));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const body = sealed.subarray(nonceBytes, sealed.length - tagBytes);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  }
  return {
    add(bytes) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(orderOf(sizes.length));
      const parts = [nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()];
      const sealed = Buffer.concat(parts);
      try {
        if (writeSync(handle(), sealed) !== sealed.length) throw new Error("the disk is full");
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : "";
        throw new TimmyError("bad-file", `The state cannot be kept: ${why}.`, { cause });
      }
      sizes.push(bytes.length);
    },
    bytes: () => sizes.reduce((sum, size) => sum + size, 0),
    source: () =>
      createSource(async function* () {
        let at = 0;
        for (const [n, size] of sizes.entries()) {
          yield readPiece(n, at, size);
          at += nonceBytes + size + tagBytes;
        }
      }),
    drop() {
      if (file !== null) closeSync(file);
      file = null;
      rmSync(path, { force: true });
      sizes.length = 0;
    },
  };
}
