import { type Board, loadBoard } from "@timmy/hardware/board";
import type { CoreOutputs } from "@timmy/hardware/core-host";
import { createWasmCore, type WasmCore, type WasmCoreOptions } from "@timmy/hardware/wasm-core";
import { createFrameDecoder, encodeFrame, type Frame, type FrameOf } from "../frame-codec.ts";
import type { FrameType, Payload } from "../payloads.ts";
import { createPlant, type Plant } from "./plant.ts";

/** A core, its plant, and a master that speaks frames by hand: for scripted tests. */
export interface Rig {
  readonly core: WasmCore;
  readonly plant: Plant;
  readonly outputs: () => Readonly<CoreOutputs>;
  /** Runs that many milliseconds; `each` is called before every tick. */
  run(ms: number, each?: (ms: number) => void): void;
  /** Sends one frame in the rig's session; `over` replaces header fields or payload. */
  send<T extends FrameType>(
    type: T,
    payload?: Partial<Payload<T>>,
    over?: { readonly seq?: number; readonly tick?: number },
  ): Frame;
  /** All frames of a type since the last call. */
  take<T extends FrameType>(type: T): FrameOf<T>[];
  state(): Payload<"state">;
  tick(): number;
  /** The code of the newest ack, after one more tick. */
  ackCode(): number;
  /** Hello, then arm; answers the ack's code. */
  arm(): number;
  /** Keeps a set-point alive for that long. */
  drive(linearMps: number, angularRadps: number, ms: number): void;
}

export interface RigOptions extends WasmCoreOptions {
  readonly session?: number;
  readonly board?: Board;
  /** A rig whose core and plant this master shares. */
  readonly beside?: Rig;
}

const resendMs = 40;

export function createRig(options: RigOptions = {}): Rig {
  const board = options.board ?? loadBoard();
  const core = options.beside?.core ?? createWasmCore(board, options);
  const plant = options.beside?.plant ?? createPlant(board);
  const session = options.session ?? 0x1111;
  const decoder = createFrameDecoder();
  const inbox: Frame[] = [];
  let outputs: Readonly<CoreOutputs> = {
    leftDuty: 0,
    rightDuty: 0,
    enable: false,
    triggerSonar: -1,
  };
  let seq = 0;
  let tick = options.startTick ?? 0;
  let state: Payload<"state"> | null = null;

  function send<T extends FrameType>(
    type: T,
    payload: Partial<Payload<T>> = {},
    over: { readonly seq?: number; readonly tick?: number } = {},
  ): Frame {
    seq = (seq + 1) & 0xffff;
    const frame = {
      type,
      seq,
      tick,
      ...over,
      payload: { session, ...payload },
    } as unknown as Frame;
    core.receive(encodeFrame(frame));
    return frame;
  }

  function run(ms: number, each?: (ms: number) => void): void {
    for (let i = 0; i < ms; i++) {
      each?.(i);
      outputs = core.tick(plant.inputs);
      tick = (tick + 1) >>> 0;
      plant.step(outputs);
      decoder.push(core.transmit(), (frame) => {
        inbox.push(frame);
        if (frame.type === "state") state = frame.payload;
      });
    }
  }

  function take<T extends FrameType>(type: T): FrameOf<T>[] {
    const found = inbox.filter((frame) => frame.type === type) as FrameOf<T>[];
    for (const frame of found) inbox.splice(inbox.indexOf(frame), 1);
    return found;
  }

  function ackCode(): number {
    run(1);
    return take("ack").at(-1)?.payload.code ?? -1;
  }

  function latest(): Payload<"state"> {
    if (state === null) throw new RangeError("no state frame yet");
    return state;
  }

  return {
    core,
    plant,
    outputs: () => outputs,
    run,
    send,
    take,
    state: latest,
    tick: () => tick,
    ackCode,
    arm() {
      send("hello");
      run(1);
      const nonce = take("core-hello").at(-1)?.payload.nonce ?? 0;
      send("arm", { nonce });
      return ackCode();
    },
    drive(linearMps, angularRadps, ms) {
      run(ms, (at) => {
        if (at % resendMs !== 0) return;
        const { generation } = latest();
        send("set-point", { generation, linearMps, angularRadps, ttlMs: 150 });
      });
    },
  };
}

/** A rig that has booted, armed, and has a first range. */
export function createArmedRig(options: RigOptions = {}): Rig {
  const rig = createRig(options);
  rig.run(200);
  const code = rig.arm();
  if (code !== 0) throw new RangeError(`arming was refused with ${code}`);
  return rig;
}
