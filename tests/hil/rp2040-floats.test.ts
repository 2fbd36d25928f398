import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingArmTools } from "@timmy/hardware/rp2040-build";
import { createRandom } from "@timmy/shared/ports/random";
import { RP2040 } from "rp2040js";
import { beforeAll, describe, expect, it } from "vitest";

const missing = missingArmTools();
const required = process.env["TIMMY_REQUIRE"] === "all";
const lacks = missing.length === 0 ? "" : ` [missing here: ${missing.join(", ")}]`;
const host = join(import.meta.dirname, "../../hardware/realtime/hosts/rp2040");
const ram = 0x2000_0000;
const returnAddress = ram + 0x8000;
const bkptLoop = 0xe7fe;

const two = ["fadd", "fsub", "fmul", "fdiv", "fcmplt", "fcmpgt", "fcmple", "fcmpge", "fcmpeq"];
const routines = [...two, "fcmpun", "i2f", "ui2f", "l2f", "f2iz", "f2uiz", "f2lz"];

/** Links the routines alone to the start of RAM, and answers their addresses and bytes. */
function linkRoutines() {
  const scratch = mkdtempSync(join(tmpdir(), "timmy-floats-"));
  try {
    const names = ["float-add.S", "float-mul.S", "float-div.S", "float-compare.S"];
    const files = [...names, "float-slow.c", "float-convert.c"].map((name) => join(host, name));
    const script = join(scratch, "ram.ld");
    writeFileSync(script, `SECTIONS { . = ${ram}; .text : { *(.text*) *(.rodata*) } }`);
    const elf = join(scratch, "floats.elf");
    const flags = ["-mcpu=cortex-m0plus", "-mthumb", "-O3", "-ffreestanding", "-nostdlib"];
    const out = ["-T", script, "-Wl,-e0", "-o", elf, "-lgcc"];
    execFileSync("arm-none-eabi-gcc", [...flags, ...files, ...out], { stdio: "inherit" });
    execFileSync("arm-none-eabi-objcopy", ["-O", "binary", elf, `${elf}.bin`]);
    const table = execFileSync("arm-none-eabi-nm", [elf], { encoding: "utf8" });
    const at = new Map<string, number>();
    for (const line of table.split("\n")) {
      const [address = "", , name = ""] = line.split(" ");
      if (name.startsWith("__aeabi_")) at.set(name.slice(8), Number.parseInt(address, 16));
    }
    return { at, code: new Uint8Array(readFileSync(`${elf}.bin`)) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Calls a routine with words in r0 and r1; answers r0 and r1. */
function createCaller() {
  const { at, code } = linkRoutines();
  const chip = new RP2040();
  chip.sram.set(code, 0);
  chip.sramView.setUint16(returnAddress - ram, bkptLoop, true);
  return (name: string, a: number, b: number): [number, number] => {
    const { core } = chip;
    core.registers[0] = a;
    core.registers[1] = b;
    core.SP = ram + 0x1_0000;
    core.LR = returnAddress | 1;
    const start = at.get(name);
    if (start === undefined) throw new RangeError(`${name} is not there`);
    core.PC = start;
    for (let k = 0; core.PC !== returnAddress; k++) {
      if (k > 2000) throw new RangeError(`${name} does not return`);
      core.executeInstruction();
    }
    return [core.registers[0] ?? 0, core.registers[1] ?? 0];
  };
}

const view = new DataView(new ArrayBuffer(8));
const floatOf = (bits: number): number => {
  view.setUint32(0, bits);
  return view.getFloat32(0);
};
const bitsOf = (value: number): number => {
  view.setFloat32(0, value);
  return view.getUint32(0);
};
/** One NaN stands for all. */
const canonical = (bits: number) => ((bits & 0x7fff_ffff) > 0x7f80_0000 ? 0x7fc0_0000 : bits);
/** What IEEE 754 says, by way of double precision: exact enough for one operation on singles. */
const truths: Record<string, (a: number, b: number) => number> = {
  fadd: (a, b) => bitsOf(a + b),
  fsub: (a, b) => bitsOf(a - b),
  fmul: (a, b) => bitsOf(a * b),
  fdiv: (a, b) => bitsOf(a / b),
  fcmplt: (a, b) => Number(a < b),
  fcmpgt: (a, b) => Number(a > b),
  fcmple: (a, b) => Number(a <= b),
  fcmpge: (a, b) => Number(a >= b),
  fcmpeq: (a, b) => Number(a === b),
  fcmpun: (a, b) => Number(Number.isNaN(a) || Number.isNaN(b)),
};

const corners = [
  ...[0, 1, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x3f80_0000, 0x3f7f_ffff, 0x3f80_0001],
  ...[0x4b00_0000, 0x4b80_0000, 0x7f7f_ffff, 0x7f00_0000, 0x7f80_0000, 0x7fc0_0000, 0x3300_0000],
].flatMap((bits) => [bits, (bits | 0x8000_0000) >>> 0]);

describe.skipIf(missing.length > 0 && !required)(`the float routines of the image${lacks}`, () => {
  const random = createRandom(7).stream("floats");
  const word = () => Math.floor(random.uniform() * 2 ** 32) >>> 0;
  /** Two numbers of like size, where rounding and cancellation happen. */
  const near = (bits: number) => (bits + Math.floor((random.uniform() - 0.5) * 2 ** 26)) >>> 0;
  const pairs: [number, number][] = corners.flatMap((a) =>
    corners.map((b): [number, number] => [a, b]),
  );
  for (let k = 0; k < 6000; k++) {
    const a = word();
    pairs.push([a, word()], [a, near(a)], [a, (near(a) ^ 0x8000_0000) >>> 0]);
    // Few bits set: exact results and ties.
    pairs.push([(a & 0xffff_0000) >>> 0, ((a << 16) & 0xffff_0000) >>> 0]);
    pairs.push([(a & 0x807f_f000) | 0x3f80_0000, ((a << 9) & 0x807f_f000) | 0x3f00_0000]);
  }
  let call: ReturnType<typeof createCaller> = () => [0, 0];
  beforeAll(() => {
    call = createCaller();
  });

  it("are all there, and return", () => {
    for (const name of routines) expect(call(name, 0, 0)).toHaveLength(2);
  });

  it.each([...two, "fcmpun"])("%s gives IEEE 754's bits, corner cases included", (name) => {
    const truth = truths[name];
    const wrong: string[] = [];
    for (const [a, b] of pairs) {
      const found = canonical(call(name, a, b)[0]);
      const wanted = canonical(truth?.(floatOf(a), floatOf(b)) ?? -1);
      if (found !== wanted) wrong.push([a, b, found, wanted].map((w) => w.toString(16)).join());
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it("turn whole numbers to floats, rounded to even", () => {
    const words = [0, 1, 2 ** 31, 2 ** 32 - 1, 0x0100_0001, 0x0100_0003, 0xffff_ff80, 0xffff_ff7f];
    for (let k = 0; k < 3000; k++) words.push(word() >>> (k % 32));
    for (const value of words) {
      expect(call("ui2f", value, 0)[0]).toBe(bitsOf(value));
      expect(call("i2f", value, 0)[0]).toBe(bitsOf(value | 0));
      const high = word() >> (value % 32);
      const long = (BigInt(high) << 32n) | BigInt(value);
      // A double may round first; sticky bits below keep the second rounding honest.
      const size = long < 0n ? -long : long;
      const shift = size < 2n ** 53n ? 0n : 11n;
      const sticky = size & ((1n << shift) - 1n) ? 1n : 0n;
      const exact = Number(((size >> shift) | sticky) << shift) * (long < 0n ? -1 : 1);
      expect(call("l2f", value, high)[0]).toBe(bitsOf(exact));
    }
  });

  it("turn floats to whole numbers, towards zero", () => {
    for (const [a] of pairs) {
      const value = floatOf(a);
      if (Number.isNaN(value)) continue;
      // Without the sign of zero.
      const whole = Math.trunc(value) + 0;
      if (Math.abs(value) < 2 ** 31) expect(call("f2iz", a, 0)[0] | 0).toBe(whole | 0);
      if (value >= 0 && value < 2 ** 32) expect(call("f2uiz", a, 0)[0]).toBe(whole);
      if (Math.abs(value) >= 2 ** 63) continue;
      const [low, high] = call("f2lz", a, 0);
      expect((BigInt(high | 0) << 32n) | BigInt(low)).toBe(BigInt(whole));
    }
  });
});
