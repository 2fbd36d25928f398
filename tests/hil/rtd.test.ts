import { buildRtd, rtdLacks } from "@timmy/hardware/rtd-build";
import { describe, expect, it } from "vitest";
import type { HilHost, HilInputs, HilTick } from "./hil-host.ts";
import { createRtdHost } from "./rtd-host.ts";
import { runSuite } from "./run-suite.ts";
import { createWasmHost } from "./wasm-host.ts";

const lacks = rtdLacks();
const required = process.env["TIMMY_REQUIRE"] === "all";
const reason = lacks === null ? "" : ` [${lacks}]`;

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

function ticksOf(count: number): HilTick[] {
  return Array.from({ length: count }, (_, ms) => ({
    inputs: {
      ...resting,
      frontUs: ms % 60 === 10 ? 9000 : 0,
      leftCounts: Math.min(ms, 650) >> 2,
      estopOpen: ms > 700,
    },
    bytes: ms > 0 && ms % 50 === 0 ? Uint8Array.of(6, 1, 1, 1, 0) : new Uint8Array(0),
  }));
}

async function same(host: HilHost): Promise<void> {
  const wasm = createWasmHost();
  try {
    for (const start of [0, 0xffff_ff00]) {
      const ticks = ticksOf(1000);
      wasm.reset(start, 3);
      host.reset(start, 3);
      const expected = await wasm.run(ticks);
      const seen = await host.run(ticks);
      expect(seen.map(({ trace }) => trace)).toEqual(expected.map(({ trace }) => trace));
      expect(seen.at(-1)).toMatchObject({ tick: (start + 1000) >>> 0, mode: 4 });
    }
  } finally {
    await host.close();
  }
}

describe.skipIf(lacks !== null && !required)(`rtd in HIL mode${reason}`, () => {
  it("gives the trace of the WebAssembly core tick for tick, also where the tick wraps", async () => {
    await same(await createRtdHost("socket"));
  }, 60_000);
  it("gives the committed traces over a pseudo terminal", async () => {
    expect((await runSuite(await createRtdHost("pty"))).wrong).toEqual([]);
  }, 120_000);
  it("does so under address and undefined-behaviour sanitizers", async () => {
    const sanitizers = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    const host = await createRtdHost("socket", buildRtd(sanitizers));
    expect((await runSuite(host)).wrong).toEqual([]);
  }, 120_000);
});
