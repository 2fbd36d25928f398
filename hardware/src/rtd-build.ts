import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

const realtime = join(import.meta.dirname, "../realtime");
const cache = join(import.meta.dirname, "../../.cache");
const flags = [
  "-std=c11",
  "-O2",
  "-ffp-contract=off",
  "-fno-fast-math",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Wdouble-promotion",
  "-Werror",
  "-Icore",
];

/** Why rtd cannot be built or run here, as a sentence; null when it can. */
export function rtdLacks(): string | null {
  if (process.platform !== "linux") return "rtd runs on Linux only";
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return "no C compiler (cc) here: apt-get install gcc libc6-dev";
  }
}

function sourceHash(paths: readonly string[], more: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(join(realtime, path)));
  return hash.update([...flags, ...more].join("\0")).digest("hex");
}

function place(more: readonly string[]) {
  const paths = globSync("{core,hosts/linux}/**/*.{c,h}", { cwd: realtime }).sort();
  const hash = sourceHash(paths, more);
  return { paths, hash, binary: join(cache, `rtd-${hash.slice(0, 16)}`) };
}

/** The daemon as it was built from the present sources; null when it was not. */
export function builtRtd(): string | null {
  const { binary } = place([]);
  return existsSync(binary) ? binary : null;
}

/**
 * Builds the Linux host with `cc` alone, unless these sources were built before, and answers its
 * path. `more` are further flags, such as a sanitizer's.
 */
export function buildRtd(more: readonly string[] = []): string {
  const { paths, hash, binary } = place(more);
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const sources = paths.filter((path) => path.endsWith(".c"));
  const fresh = `${binary}.${process.pid}`;
  const words = [...flags, ...more, `-DCORE_BUILD=0x${hash.slice(0, 8)}u`, ...sources];
  execFileSync("cc", [...words, "-o", fresh], {
    cwd: realtime,
    stdio: ["ignore", "inherit", "inherit"],
  });
  // Two tests may build at the same time: each moves a whole file into place.
  renameSync(fresh, binary);
  return binary;
}
