import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootCrc, encodeUf2 } from "./uf2.ts";

const realtime = join(import.meta.dirname, "../realtime");
/** The image that is flashed, and that the tests run. */
export const committedImage = join(realtime, "timmy-rp2040.uf2");
const compiler = "arm-none-eabi-gcc";
const copier = "arm-none-eabi-objcopy";
/** Debian 12's: another compiler gives other bytes. */
const compilerVersion = "12.2.1";
const flashStart = 0x1000_0000;
/** The second stage's CRC-32 stands behind its 252 bytes. */
const bootBytes = 252;
const cpuFlags = ["-mcpu=cortex-m0plus", "-mthumb"];
const compileFlags = [
  ...cpuFlags,
  "-std=c11",
  "-O3",
  // One unit for the whole image: calls of short functions cost more than what they do.
  "-flto",
  "-frandom-seed=timmy",
  "-ffreestanding",
  "-fno-common",
  "-ffunction-sections",
  "-fdata-sections",
  // Without this a loop in memcpy becomes a call of memcpy.
  "-fno-tree-loop-distribute-patterns",
  "-ffp-contract=off",
  "-fno-fast-math",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Wdouble-promotion",
  "-Wshadow",
  "-Werror",
];
/** What is called by name from elsewhere: by the compiler's own calls, and by the chip. */
const calledByName = /\/(float-|memory|vectors)/;
const linkFlags = [
  "-nostdlib",
  "-Wl,--gc-sections",
  "-Wl,--build-id=none",
  "-Thosts/rp2040/image.ld",
];

/** What this machine lacks to build the image; empty when it can. */
export function missingArmTools(): string[] {
  return [compiler, copier].filter((tool) => {
    try {
      const text = execFileSync(tool, ["--version"], { encoding: "utf8" });
      return tool === compiler && !text.includes(compilerVersion);
    } catch {
      return true;
    }
  });
}

function sources(): string[] {
  const found = globSync("{core,hosts/rp2040}/**/*.{c,h,S,ld}", { cwd: realtime });
  return found.map((path) => path.replaceAll("\\", "/")).sort();
}

/** The first 32 bits of a hash over all sources: the core says it in its hello. */
function buildHash(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(join(realtime, path)));
  return `0x${hash.digest("hex").slice(0, 8)}u`;
}

/** The longest frame of each function on the stack, bytes, as the compiler counted it. */
export type StackFrames = ReadonlyMap<string, number>;

export interface Rp2040Image {
  /** The file that the boot ROM's USB drive takes. */
  readonly uf2: Uint8Array;
  readonly stackFrames: StackFrames;
}

function readStackFrames(scratch: string): StackFrames {
  const frames = new Map<string, number>();
  for (const path of globSync("*.su", { cwd: scratch })) {
    for (const line of readFileSync(join(scratch, path), "utf8").split("\n")) {
      const [place = "", bytes] = line.split("\t");
      if (bytes !== undefined) frames.set(place.split(":").at(-1) ?? "", Number(bytes));
    }
  }
  return frames;
}

/** Builds the image from its sources; needs gcc-arm-none-eabi. `defines` plant faults for tests. */
export function buildRp2040(defines: readonly string[] = []): Rp2040Image {
  const paths = sources();
  const include = ["-Icore", "-Ihosts/rp2040", `-DCORE_BUILD=${buildHash(paths)}`];
  const scratch = mkdtempSync(join(tmpdir(), "timmy-rp2040-"));
  const run = (tool: string, args: readonly string[]) =>
    execFileSync(tool, args, { cwd: realtime, stdio: ["ignore", "inherit", "inherit"] });
  try {
    const objects = paths
      .filter((path) => /\.[cS]$/.test(path))
      .map((path) => {
        const object = join(scratch, `${path.replaceAll("/", "_")}.o`);
        const planted = defines.map((define) => `-D${define}`);
        const alone = calledByName.test(path) ? ["-fno-lto"] : [];
        const flags = [...compileFlags, ...include, ...planted, ...alone, "-fstack-usage"];
        run(compiler, [...flags, "-c", path, "-o", object]);
        return object;
      });
    const elf = join(scratch, "image.elf");
    // libgcc has the 64-bit shifts and divisions; nothing of a C library is linked.
    const flags = [...compileFlags, ...linkFlags, "-fstack-usage"];
    run(compiler, [...flags, ...objects, "-lgcc", "-o", elf]);
    const binary = join(scratch, "image.bin");
    run(copier, ["-O", "binary", elf, binary]);
    const image = new Uint8Array(readFileSync(binary));
    new DataView(image.buffer).setUint32(bootBytes, bootCrc(image.subarray(0, bootBytes)), true);
    return { uf2: encodeUf2(image, flashStart), stackFrames: readStackFrames(scratch) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
