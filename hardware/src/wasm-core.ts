import { readFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import type { Board } from "./board.ts";
import type { CoreHost, CoreInputs, CoreOutputs } from "./core-host.ts";
import { boardParams, type CoreParam, coreParams } from "./core-params.ts";

/** The part of the engine's own interface that we use; Node's types leave it to the DOM's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** What core.wasm exports; the names stand in realtime/hosts/wasm/host.c. */
export interface CoreExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  defaults(): void;
  param(id: number, value: number): number;
  start(startTick: number): void;
  start_as(startTick: number, tier: number): void;
  tick(
    left: number,
    right: number,
    gyro: number,
    frontUs: number,
    leftUs: number,
    rightUs: number,
    flags: number,
    batteryMv: number,
  ): number;
  left_duty(): number;
  right_duty(): number;
  accessory(): number;
  mode(): number;
  reasons(): number;
  bytes(): number;
  bytes_size(): number;
  receive(length: number): void;
  poll(): number;
  transmit(): number;
  trace(): number;
  bench_wheel(counts: number, targetMps: number): number;
  bench_speed(): number;
  bench_frame(length: number): number;
  arming_id(index: number): number;
  arming_sentence(index: number): number;
}

export interface WasmCoreOptions {
  /** Values in place of the board's, checked by the core: limits are only ever lowered. */
  readonly params?: Partial<Record<CoreParam, number>>;
  /** The tick at power-up, 0 to 2^32 - 1; another one than 0 brings the wrap near. */
  readonly startTick?: number;
}

export interface WasmCore extends CoreHost {
  readonly tier: "simulated";
  /** A hash over all outputs and modes since power-up: equal inputs give equal traces. */
  trace(): number;
  /** In HIL mode (entered by a step frame) carries out waiting steps; true in that mode. */
  poll(): boolean;
}

const nothing = new Uint8Array(0);
let compiled: object | null = null;

/** A fresh instance with memory of its own; the module is compiled once per process. */
export function instantiateCore(): CoreExports {
  compiled ??= new WebAssembly.Module(
    readFileSync(new URL("../realtime/core.wasm", import.meta.url)),
  );
  return new WebAssembly.Instance(compiled, {}).exports as CoreExports;
}

/** The real-time core as WebAssembly, powered up with a board's values. Throws `bad-board`. */
export function createWasmCore(board: Board, options: WasmCoreOptions = {}): WasmCore {
  const core = instantiateCore();
  core.defaults();
  for (const [name, value] of Object.entries({ ...boardParams(board), ...options.params })) {
    if (core.param(coreParams[name as CoreParam], value) === 0) {
      throw new TimmyError("bad-board", `${name} = ${value} is outside of what the core accepts.`);
    }
  }
  core.start(options.startTick ?? 0);

  const bytes = new Uint8Array(core.memory.buffer, core.bytes(), core.bytes_size());
  const outputs: CoreOutputs = { leftDuty: 0, rightDuty: 0, enable: false, triggerSonar: -1 };
  return {
    tier: "simulated",
    tick(inputs: Readonly<CoreInputs>): Readonly<CoreOutputs> {
      const flags =
        (inputs.bumperLeft ? 1 : 0) | (inputs.bumperRight ? 2 : 0) | (inputs.estopOpen ? 4 : 0);
      const done = core.tick(
        inputs.leftCounts,
        inputs.rightCounts,
        inputs.gyroRadps,
        inputs.echoUs[0],
        inputs.echoUs[1],
        inputs.echoUs[2],
        flags,
        // The pin's converter has 16 bits; what no battery gives must not wrap into a good value.
        inputs.batteryMv > 0 && inputs.batteryMv < 65_536 ? inputs.batteryMv : 0,
      );
      outputs.leftDuty = core.left_duty();
      outputs.rightDuty = core.right_duty();
      outputs.enable = (done & 1) === 1;
      outputs.triggerSonar = (done >> 8) - 1;
      return outputs;
    },
    receive(incoming) {
      for (let at = 0; at < incoming.length; at += bytes.length) {
        const piece = incoming.subarray(at, at + bytes.length);
        bytes.set(piece);
        core.receive(piece.length);
      }
    },
    transmit() {
      const length = core.transmit();
      return length === 0 ? nothing : bytes.slice(0, length);
    },
    trace: () => core.trace() >>> 0,
    poll: () => core.poll() === 1,
  };
}
