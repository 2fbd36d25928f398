import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";

const realtime = join(import.meta.dirname, "../realtime");

/** What every build of the core on the machine itself has in common. */
const strict = [
  "-std=c11",
  "-O2",
  "-fno-fast-math",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Wdouble-promotion",
  "-Wshadow",
  "-Werror",
];
const exact = "-ffp-contract=off";

export interface NativeBuild {
  /** Its own main, a path within hardware/realtime. */
  readonly main: string;
  readonly out: string;
  /** The compiler; `cc` unless told. */
  readonly compiler?: string;
  /** Where the sources are; this repository's hardware/realtime unless told. */
  readonly folder?: string;
  /** Further flags; they may change what the common ones say. */
  readonly flags?: readonly string[];
}

/** The core's sources, paths within hardware/realtime. */
export function coreSources(): string[] {
  return globSync("core/**/*.c", { cwd: realtime })
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

/** Where the paths of a build begin. */
export const realtimeFolder = realtime;

/** Sanitizers as every test uses them: the first finding ends the program. */
export const sanitizers = [
  "-g",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
  "-fno-omit-frame-pointer",
];

/** The names of the tools that this machine lacks. */
export function missingNativeTools(tools: readonly string[]): string[] {
  return tools.filter((tool) => {
    try {
      execFileSync(tool, ["--version"], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
}

/** Builds the core with a main for this machine; answers the program's path. */
export function buildNative(build: NativeBuild): string {
  const { compiler = "cc", flags = [], folder = realtime, main, out } = build;
  const files = [...coreSources(), main];
  execFileSync(compiler, [...strict, exact, ...flags, "-Icore", ...files, "-o", out], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return out;
}
