import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const realtime = join(import.meta.dirname, "../realtime");
/** The built core that a fresh machine runs. */
export const committedCore = join(realtime, "core.wasm");
/** Version 14 of both: another compiler gives other bytes. */
const clang = "clang-14";
const linker = "wasm-ld-14";
const compileFlags = [
  "--target=wasm32",
  "-std=c11",
  "-nostdlib",
  "-ffreestanding",
  "-O2",
  "-ffp-contract=off",
  "-fno-fast-math",
  // Without this a loop in memcpy becomes a call of memcpy.
  "-fno-builtin",
  "-fvisibility=hidden",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Wdouble-promotion",
  "-Wshadow",
  "-Werror",
];
const linkFlags = [
  "--no-entry",
  "--strip-all",
  "--gc-sections",
  "-z",
  "stack-size=16384",
  "--initial-memory=65536",
  "--max-memory=65536",
];

/** The names of the tools that this machine lacks; empty when the core can be built here. */
export function missingTools(): string[] {
  return [clang, linker].filter((tool) => {
    try {
      execFileSync(tool, ["--version"], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
}

function sources(): string[] {
  const found = globSync("{core,hosts/wasm}/**/*.{c,h}", { cwd: realtime });
  return found.map((path) => path.replaceAll("\\", "/")).sort();
}

/** The first 32 bits of a hash over all sources: the core says it in its hello. */
function buildHash(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(join(realtime, path)));
  return `0x${hash.digest("hex").slice(0, 8)}u`;
}

/** Builds the WebAssembly core from its sources and answers its bytes; needs clang-14 and lld-14. */
export function buildCore(): Uint8Array {
  const paths = sources();
  const defines = ["-Icore", `-DCORE_BUILD=${buildHash(paths)}`];
  const scratch = mkdtempSync(join(tmpdir(), "timmy-core-"));
  try {
    const objects = paths
      .filter((path) => path.endsWith(".c"))
      .map((path) => {
        const object = join(scratch, `${path.replaceAll("/", "_")}.o`);
        execFileSync(clang, [...compileFlags, ...defines, "-c", path, "-o", object], {
          cwd: realtime,
          stdio: ["ignore", "inherit", "inherit"],
        });
        return object;
      });
    const wasm = join(scratch, "core.wasm");
    execFileSync(linker, [...linkFlags, ...objects, "-o", wasm], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    return readFileSync(wasm);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
