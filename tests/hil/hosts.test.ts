import { describe, expect, it } from "vitest";
import type { HilInputs, HilTick } from "./hil-host.ts";
import { createWasmFrameHost, createWasmHost } from "./wasm-host.ts";

const resting: HilInputs = {
  leftCounts: 0,
  rightCounts: 0,
  gyroRadps: 0,
  frontUs: 0,
  leftUs: 0,
  rightUs: 0,
  bumperLeft: false,
  bumperRight: false,
  estopOpen: false,
  batteryMv: 7400,
};

describe("a core that ticks by step frames", () => {
  it("does tick for tick what a core does that is called directly", async () => {
    const ticks: HilTick[] = Array.from({ length: 500 }, (_, ms) => ({
      inputs: { ...resting, frontUs: ms % 60 === 10 ? 9000 : 0, leftCounts: ms >> 2 },
      bytes: ms > 0 && ms % 50 === 0 ? Uint8Array.of(6, 1, 1, 1, 0) : new Uint8Array(0),
    }));
    const [direct, framed] = [createWasmHost(), createWasmFrameHost()];
    for (const start of [0, 0xffff_ff00]) {
      direct.reset(start, 3);
      framed.reset(start, 3);
      const expected = await direct.run(ticks);
      const seen = await framed.run(ticks);
      const plain = (list: typeof seen) => list.map((o) => ({ ...o, bytes: o.bytes.length }));
      expect(plain(seen)).toEqual(plain(expected));
    }
  });
});
