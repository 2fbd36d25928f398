import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildRp2040, committedImage, missingArmTools } from "./rp2040-build.ts";
import { bootCrc, decodeUf2, encodeUf2 } from "./uf2.ts";

const missing = missingArmTools();
const required = process.env["TIMMY_REQUIRE"] === "all";
const lacks = missing.length === 0 ? "" : ` [missing here: ${missing.join(", ")}, version 12.2.1]`;
/** Debian 12's gcc-arm-none-eabi, or the test is skipped. */
const withTools = it.skipIf(missing.length > 0 && !required);

function flashOf(uf2: Uint8Array): Uint8Array {
  return Buffer.concat((decodeUf2(uf2) ?? []).map((piece) => piece.bytes));
}

describe("timmy-rp2040.uf2", () => {
  const committed = readFileSync(committedImage);

  it("fills flash from its start without a gap, for this chip alone", () => {
    const pieces = decodeUf2(committed) ?? [];
    expect(pieces.length).toBeGreaterThan(50);
    expect(pieces.map((piece) => piece.address)).toEqual(
      pieces.map((_, k) => 0x1000_0000 + 256 * k),
    );
    const otherChip = Buffer.from(committed);
    otherChip.writeUInt32LE(0xe48b_ff59, 28);
    expect(decodeUf2(otherChip)).toBeNull();
  });

  it("has a second stage that the boot ROM accepts", () => {
    const flash = flashOf(committed);
    const words = new DataView(flash.buffer, flash.byteOffset);
    expect(words.getUint32(252, true)).toBe(bootCrc(flash.subarray(0, 252)));
    // The reset vector behind it: a stack at the end of RAM, and Thumb code in flash.
    const reset = words.getUint32(260, true);
    expect(words.getUint32(256, true)).toBe(0x2004_2000);
    expect(reset >>> 16).toBe(0x1000);
    expect(reset & 1).toBe(1);
  });

  it("names no path of the machine that built it", () => {
    expect(Buffer.from(flashOf(committed)).toString("latin1")).not.toMatch(
      /\/(tmp|home|usr|root)\//,
    );
  });

  withTools(
    `is byte for byte what its sources give${lacks}`,
    () => {
      expect(missing).toEqual([]);
      expect(Buffer.from(buildRp2040().uf2).equals(committed)).toBe(true);
    },
    60_000,
  );
});

describe("the flashing format", () => {
  it("gives back what was put in, filled up to whole pieces", () => {
    const image = Uint8Array.from({ length: 300 }, (_, k) => k & 0xff);
    const flash = flashOf(encodeUf2(image, 0x1000_0000));
    expect(flash.length).toBe(512);
    expect([...flash.subarray(0, 300)]).toEqual([...image]);
  });

  it("is refused when cut", () => {
    expect(decodeUf2(new Uint8Array(100))).toBeNull();
    expect(decodeUf2(new Uint8Array(0))).toBeNull();
  });

  it("has the boot ROM's CRC-32", () => {
    // The catalogue of CRCs calls it CRC-32/MPEG-2; its check value is that of "123456789".
    expect(bootCrc(new TextEncoder().encode("123456789"))).toBe(0x0376_e6e7);
  });
});
