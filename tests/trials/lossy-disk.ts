import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "@timmy/shared/ports/random";
import type { DiskEvent } from "./disk-log.ts";

/** Bytes that a disk writes wholly or not at all. */
const sectorBytes = 512;

type Change =
  | { readonly at: number; readonly bytes: Buffer; readonly size: number }
  | { readonly size: number };

interface FileState {
  /** What is surely there after a power cut. */
  durable: Buffer;
  /** What was asked for since the last sync, oldest first, with the size of the file after it. */
  pending: Change[];
  size: number;
  /** Whether its name is surely in the folder; a new name comes, an old one goes, with its sync. */
  named: "surely" | "perhaps";
}

function write(into: Buffer, at: number, bytes: Buffer): void {
  if (at < into.length) bytes.copy(into, at);
}

function settle(file: FileState): void {
  const whole = Buffer.alloc(file.size);
  const reach = Math.max(file.durable.length, file.size);
  const image = Buffer.alloc(reach);
  file.durable.copy(image);
  for (const change of file.pending) {
    if ("bytes" in change) write(image, change.at, change.bytes);
    else image.fill(0, change.size);
  }
  image.copy(whole);
  file.durable = whole;
  file.pending = [];
}

/**
 * One way in which the power may go: each sector holds what some of the unsynced writes to it left
 * there, in their order, and the size is one of those that the file had since.
 */
function cutFile(file: FileState, random: Random): Buffer {
  const chance = random.uniform();
  const sizes = [file.durable.length, ...file.pending.map(({ size }) => size)];
  const pick = (most: number) => {
    if (chance < 0.2) return 0;
    return chance > 0.8 ? most : Math.floor(random.uniform() * (most + 1));
  };
  const size = sizes[pick(sizes.length - 1)] ?? 0;
  const image = Buffer.alloc(Math.max(size, file.durable.length, file.size));
  file.durable.copy(image);
  const sectors = new Map<number, { readonly at: number; readonly bytes: Buffer }[]>();
  for (const change of file.pending) {
    if (!("bytes" in change)) continue;
    const end = change.at + change.bytes.length;
    for (let from = change.at; from < end; ) {
      const sector = Math.floor(from / sectorBytes);
      const to = Math.min(end, (sector + 1) * sectorBytes);
      const piece = { at: from, bytes: change.bytes.subarray(from - change.at, to - change.at) };
      const known = sectors.get(sector);
      if (known === undefined) sectors.set(sector, [piece]);
      else known.push(piece);
      from = to;
    }
  }
  for (const pieces of sectors.values()) {
    for (const { at, bytes } of pieces.slice(0, pick(pieces.length))) write(image, at, bytes);
  }
  return image.subarray(0, size);
}

/** A disk that forgets what nobody synced. */
export function createLossyDisk() {
  const files = new Map<string, FileState>();
  /** Files whose names were removed, but perhaps not on disk. */
  let removed = new Map<string, FileState>();
  const get = (name: string): FileState => {
    const file = files.get(name);
    if (file === undefined) throw new RangeError(`${name} was never created.`);
    return file;
  };
  return {
    apply(event: DiskEvent): void {
      switch (event.do) {
        case "create":
          if (files.has(event.file)) return;
          files.set(event.file, {
            durable: Buffer.alloc(0),
            pending: [],
            size: 0,
            named: "perhaps",
          });
          return;
        case "unlink":
          removed.set(event.file, get(event.file));
          files.delete(event.file);
          return;
        case "sync-folder":
          for (const file of files.values()) file.named = "surely";
          removed = new Map();
          return;
        case "sync":
          settle(get(event.file));
          return;
        case "resize": {
          const file = get(event.file);
          file.size = event.size;
          file.pending.push({ size: event.size });
          return;
        }
        case "write": {
          const file = get(event.file);
          file.size = Math.max(file.size, event.at + event.bytes.length);
          file.pending.push({ at: event.at, bytes: event.bytes, size: file.size });
          return;
        }
        case "say":
          return;
      }
    },
    /** Whether a cut would lose anything now. */
    isDirty: () => [...files.values()].some(({ pending }) => pending.length > 0),
    /** Writes what is left after a power cut into a folder. */
    cut(folder: string, random: Random): void {
      for (const [name, file] of removed) {
        if (file.named === "surely" && random.uniform() < 0.5) {
          writeFileSync(join(folder, name), cutFile(file, random));
        }
      }
      for (const [name, file] of files) {
        if (file.named === "surely" || random.uniform() < 0.5) {
          writeFileSync(join(folder, name), cutFile(file, random));
        }
      }
    },
  };
}
