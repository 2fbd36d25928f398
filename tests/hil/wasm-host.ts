import { loadBoard } from "@timmy/hardware/board";
import { createCoreInputs } from "@timmy/hardware/core-host";
import { type CoreExports, createWasmCore, instantiateCore } from "@timmy/hardware/wasm-core";
import { createFrameHost } from "./frame-host.ts";
import type { HilHost, HilOutputs, HilTick } from "./hil-host.ts";

const maxPolls = 100;
const none = new Uint8Array(0);

/** Ticks a core through its exports; answers everything but the tick's number. */
export function createTicker(core: CoreExports): (step: HilTick) => Omit<HilOutputs, "tick"> {
  const bytes = new Uint8Array(core.memory.buffer, core.bytes(), core.bytes_size());
  return ({ inputs, bytes: incoming }) => {
    for (let at = 0; at < incoming.length; at += bytes.length) {
      const piece = incoming.subarray(at, at + bytes.length);
      bytes.set(piece);
      core.receive(piece.length);
    }
    const flags =
      (inputs.bumperLeft ? 1 : 0) | (inputs.bumperRight ? 2 : 0) | (inputs.estopOpen ? 4 : 0);
    const done = core.tick(
      inputs.leftCounts,
      inputs.rightCounts,
      inputs.gyroRadps,
      inputs.frontUs,
      inputs.leftUs,
      inputs.rightUs,
      flags,
      inputs.batteryMv,
    );
    const length = core.transmit();
    const accessory = core.accessory();
    return {
      leftDuty: core.left_duty(),
      rightDuty: core.right_duty(),
      enable: (done & 1) === 1,
      trigger: done >> 8,
      mode: core.mode(),
      reasons: core.reasons(),
      servoUs: accessory & 0xffff,
      ledLevel: accessory >>> 16,
      trace: core.trace() >>> 0,
      bytes: length === 0 ? none : bytes.slice(0, length),
    };
  };
}

/** The core in WebAssembly, called directly: no step frames between. */
export function createWasmHost(core: CoreExports = instantiateCore()): HilHost {
  const ticker = createTicker(core);
  let tick = 0;
  return {
    name: "wasm",
    reset(startTick, tier) {
      core.defaults();
      core.start_as(startTick, tier);
      tick = startTick;
    },
    async run(ticks) {
      return ticks.map((step) => {
        tick = (tick + 1) >>> 0;
        return { tick, ...ticker(step) };
      });
    },
    async close() {},
  };
}

/** The same core through step frames, as a board on a wire is driven. */
export function createWasmFrameHost(): HilHost {
  const core = createWasmCore(loadBoard());
  const inputs = createCoreInputs();
  return createFrameHost({
    name: "wasm-frames",
    write(bytes) {
      core.receive(bytes);
    },
    async read() {
      for (let polls = 0; polls < maxPolls; polls++) {
        if (!core.poll()) core.tick(inputs);
        const bytes = core.transmit();
        if (bytes.length > 0) return bytes;
      }
      throw new RangeError("the core answers no more");
    },
    async close() {},
  });
}
