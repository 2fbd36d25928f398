import { randomFillSync } from "node:crypto";
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { ballastBytes, lowSpaceBytes, releaseSpaceBytes } from "./limits.ts";

/** Bytes; smaller in tests on a small disk. */
export interface SpaceLimits {
  readonly ballast: number;
  /** Free bytes below which nothing new begins. */
  readonly low: number;
  /** Free bytes below which the ballast is given up. */
  readonly release: number;
}
export const usualSpace: SpaceLimits = {
  ballast: ballastBytes,
  low: lowSpaceBytes,
  release: releaseSpaceBytes,
};

export interface DiskSpace {
  readonly limits: SpaceLimits;
  freeBytes(): number;
  /** Looks at the disk; gives the ballast up, or takes it again. */
  tend(): void;
  release(): void;
  /** Whether there is nothing but the ballast. */
  isFull(): boolean;
}

/**
 * A file beside the books that takes space while there is some, and gives it up when there is none:
 * with little space nothing new begins, with almost none the ballast goes, and the books can still
 * write what becomes of what has begun.
 */
export function createDiskSpace(path: string, limits: SpaceLimits): DiskSpace {
  const ballast = `${path}.ballast`;
  const folder = dirname(path);
  let filled = (statSync(ballast, { throwIfNoEntry: false })?.size ?? 0) >= limits.ballast;

  function freeBytes(): number {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  }
  function release(): void {
    rmSync(ballast, { force: true });
    filled = false;
  }
  function fill(): void {
    let file: number | null = null;
    try {
      file = openSync(ballast, "w", 0o600);
      // Noise, because a file system may keep zeros in no space at all.
      const block = randomFillSync(new Uint8Array(1 << 16));
      for (let at = 0; at < limits.ballast; at += block.length) {
        writeSync(file, block, 0, Math.min(block.length, limits.ballast - at));
      }
      fsyncSync(file);
      filled = true;
    } catch {
      // Somebody else took the space meanwhile: no ballast, and the next look decides.
      release();
    } finally {
      if (file !== null) closeSync(file);
    }
  }
  return {
    limits,
    freeBytes,
    release,
    tend() {
      const free = freeBytes();
      if (free < limits.release && filled) release();
      else if (!filled && free >= limits.low + 2 * limits.ballast) fill();
    },
    isFull: () => freeBytes() < limits.release,
  };
}
