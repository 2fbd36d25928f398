import { createReadStream, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { StateSecret } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import { syncFolder } from "../sqlite-file.ts";
import { ageMagic, decrypt } from "./age.ts";
import type { StateSink } from "./export-state.ts";

/** Bytes that can be read more than once: a state is verified before it is taken over. */
export interface StateSource {
  /** From the first byte on, decrypted. Throws `state-locked`, `state-damaged`, `bad-file`. */
  open(): AsyncIterable<Uint8Array>;
  /** Whether the bytes are encrypted where they lie. */
  sealed(): Promise<boolean>;
}

const pieceBytes = 64 * 1024;

const cannot = (what: string, cause: unknown) =>
  new TimmyError("bad-file", `${what}: ${cause instanceof Error ? cause.message : ""}.`, { cause });

async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw cannot(`The file "${path}" cannot be read`, cause);
  }
}

async function beginsAsAge(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    head.push(piece);
    size += piece.length;
    if (size >= ageMagic.length) break;
  }
  return Buffer.concat(head).subarray(0, ageMagic.length).toString("latin1") === ageMagic;
}

/** Bytes that can be opened again and again, encrypted or not. */
export function createSource(
  pieces: () => AsyncIterable<Uint8Array>,
  secret?: StateSecret,
): StateSource {
  const sealed = () => beginsAsAge(pieces());
  async function* opened() {
    if (await sealed()) yield* decrypt(pieces(), secret);
    else yield* pieces();
  }
  return { open: opened, sealed };
}

export const openStateFile = (path: string, secret?: StateSecret): StateSource =>
  createSource(() => readPieces(path), secret);

/** A state that is already in memory, for small ones. */
export const sourceOfBytes = (bytes: Uint8Array, secret?: StateSecret): StateSource =>
  createSource(async function* () {
    yield bytes;
  }, secret);

/** Where the file that stood at `path` is kept. */
export const previousOf = (path: string): string => `${path}.previous`;

const temporaryOf = (path: string): string => `${path}.new`;

async function fill(path: string, fill: (sink: StateSink) => Promise<void>): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, "wx", 0o600);
  } catch (cause) {
    throw cannot(`The file "${path}" cannot be made`, cause);
  }
  try {
    await fill({
      write: async (bytes) => {
        await file.writeFile(bytes).catch((cause: unknown) => {
          throw cannot(`The file "${path}" cannot be written`, cause);
        });
      },
    });
    await file.sync();
  } finally {
    await file.close();
  }
}

function keepPrevious(path: string): void {
  try {
    rmSync(previousOf(path), { force: true });
    linkSync(path, previousOf(path));
  } catch {
    // There was no file yet, or the file system has no links: the new one stands whole all the same.
  }
}

/** Throws `bad-file` where no file can stand: before anything is begun that only a file would end. */
export function checkTarget(path: string): void {
  const cannotBe = `The file "${path}" cannot be written`;
  const see = (one: string) => {
    try {
      return statSync(one, { throwIfNoEntry: false });
    } catch (cause) {
      throw cannot(cannotBe, cause);
    }
  };
  for (const one of [path, temporaryOf(path)]) {
    const there = see(one);
    if (path !== "" && (there === undefined || there.isFile())) continue;
    throw new TimmyError("bad-file", `${cannotBe}: "${one}" is a folder or a device.`);
  }
  if (see(dirname(path))?.isDirectory() !== true) {
    throw new TimmyError("bad-file", `${cannotBe}: there is no folder "${dirname(path)}".`);
  }
}

/**
 * Writes a file that is whole or not there: beside it first, synced, renamed, the folder synced; what
 * stood there is kept as the previous one. `write` fills it, and what it answers is answered.
 */
export async function writeWhole<R>(
  path: string,
  write: (sink: StateSink) => Promise<R>,
): Promise<R> {
  checkTarget(path);
  const temporary = temporaryOf(path);
  rmSync(temporary, { force: true });
  let answer: { readonly value: R } | null = null;
  try {
    await fill(temporary, async (sink) => {
      answer = { value: await write(sink) };
    });
    keepPrevious(path);
    renameSync(temporary, path);
    syncFolder(path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (answer === null) throw new TimmyError("internal", "Nothing was written.");
  return (answer as { readonly value: R }).value;
}
