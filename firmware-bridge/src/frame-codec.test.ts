import { readFileSync } from "node:fs";
import { instantiateCore } from "@timmy/hardware/wasm-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cobsDecode, cobsEncode } from "./cobs.ts";
import { crc16, createFrameDecoder, decodeFrame, encodeFrame, type Frame } from "./frame-codec.ts";
import { type FieldKind, payloads } from "./payloads.ts";

interface Golden {
  readonly name: string;
  readonly wire: string;
  readonly frame: Frame;
}
const goldenUrl = new URL("../../hardware/realtime/golden/frames.json", import.meta.url);
const golden: readonly Golden[] = JSON.parse(readFileSync(goldenUrl, "utf8"));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

const ranges: Record<FieldKind, fc.Arbitrary<number>> = {
  u8: fc.integer({ min: 0, max: 0xff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  i16: fc.integer({ min: -0x8000, max: 0x7fff }),
  i32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  f32: fc.float(),
};
const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  ...Object.entries(payloads).map(([type, { fields }]) =>
    fc.record({
      type: fc.constant(type),
      seq: ranges.u16,
      tick: ranges.u32,
      payload: fc.record(
        Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, ranges[kind]])),
      ),
    }),
  ),
) as fc.Arbitrary<Frame>;

function decodeAll(bytes: Uint8Array): { frames: Frame[]; bad: number } {
  const decoder = createFrameDecoder();
  const frames: Frame[] = [];
  decoder.push(bytes, (frame) => frames.push(frame));
  return { frames, bad: decoder.bad() };
}

describe("golden frames", () => {
  it("cover every type", () => {
    expect(new Set(golden.map(({ frame }) => frame.type))).toEqual(new Set(Object.keys(payloads)));
  });

  it.each(golden)("$name is read and written by this end", ({ wire, frame }) => {
    expect(hex(encodeFrame(frame))).toBe(wire);
    expect(decodeAll(bytesOf(wire))).toEqual({ frames: [frame], bad: 0 });
  });

  it.each(golden)("$name is read and written by the core's end", ({ wire }) => {
    const core = instantiateCore();
    const shared = new Uint8Array(core.memory.buffer, core.bytes(), core.bytes_size());
    shared.set(bytesOf(wire));
    const length = core.bench_frame(wire.length / 2);
    expect(hex(shared.subarray(0, length))).toBe(wire);
  });
});

describe("frames", () => {
  it("come back as they were sent, in pieces of any size", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 5 }), fc.nat(20), (frames, cut) => {
        const decoder = createFrameDecoder();
        const seen: Frame[] = [];
        const wire = frames.flatMap((frame) => [...encodeFrame(frame)]);
        for (let at = 0; at < wire.length; at += cut + 1) {
          const piece = Uint8Array.from(wire.slice(at, at + cut + 1));
          decoder.push(piece, (frame) => seen.push(frame));
        }
        expect(seen).toEqual(frames);
        expect(decoder.bad()).toBe(0);
      }),
    );
  });

  it("are found again within one good frame after any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), anyFrame, (garbage, frame) => {
        const wire = encodeFrame(frame);
        const { frames } = decodeAll(Uint8Array.from([...garbage, ...wire, ...wire]));
        expect(frames.at(-1)).toEqual(frame);
      }),
      { numRuns: 500 },
    );
  });

  it("are never made up from any bytes, nor by the core, and nothing throws", () => {
    const core = instantiateCore();
    const shared = new Uint8Array(core.memory.buffer, core.bytes(), core.bytes_size());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        const { frames } = decodeAll(garbage);
        shared.set(garbage);
        const length = core.bench_frame(garbage.length);
        expect(length > 0).toBe(frames.length > 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("do not survive a flipped bit, at neither end", () => {
    const core = instantiateCore();
    const shared = new Uint8Array(core.memory.buffer, core.bytes(), core.bytes_size());
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.nat(7), (frame, at, bit) => {
        const wire = encodeFrame(frame);
        const place = at % (wire.length - 1);
        wire[place] = (wire[place] ?? 0) ^ (1 << bit);
        expect(decodeAll(wire).frames).toEqual([]);
        shared.set(wire);
        expect(core.bench_frame(wire.length)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("of another version or an unknown type are dropped and counted", () => {
    const good = cobsDecode(
      encodeFrame({ type: "stop", seq: 1, tick: 2, payload: { session: 3 } }).slice(0, -1),
    );
    for (const [at, value] of [
      [0, 2],
      [1, 0x77],
    ] as const) {
      const plain = Uint8Array.from(good ?? []);
      plain[at] = value;
      const body = plain.length - 2;
      new DataView(plain.buffer).setUint16(body, crc16(plain.subarray(0, body)), true);
      const wire = cobsEncode(plain);
      expect(decodeAll(wire)).toEqual({ frames: [], bad: 1 });
      const core = instantiateCore();
      new Uint8Array(core.memory.buffer, core.bytes(), core.bytes_size()).set(wire);
      expect(core.bench_frame(wire.length)).toBe(0);
    }
  });

  it("that are empty are an idle line", () => {
    expect(decodeAll(new Uint8Array(50))).toEqual({ frames: [], bad: 0 });
    expect(decodeFrame(new Uint8Array(0))).toBeNull();
  });
});

describe("the checksum", () => {
  it("has the check value of CRC-16/CCITT-FALSE", () => {
    expect(crc16(new TextEncoder().encode("123456789"))).toBe(0x29b1);
  });
});

describe("byte stuffing", () => {
  it("gives any bytes back and holds no zero but the last", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (plain) => {
        const wire = cobsEncode(plain);
        expect(wire.indexOf(0)).toBe(wire.length - 1);
        expect(cobsDecode(wire.subarray(0, -1))).toEqual(plain);
      }),
    );
  });
});
