import { createFrameDecoder, encodeFrame, type Frame } from "@timmy/firmware-bridge/frame-codec";
import type { FrameType, Payload } from "@timmy/firmware-bridge/payloads";
import { loadBoard } from "@timmy/hardware/board";
import type { CoreHost, CoreOutputs } from "@timmy/hardware/core-host";
import { createPlant, type Plant } from "../../firmware-bridge/src/conformance/plant.ts";

/** A master that drives a core on a small plant: what a bench and a timing test need. */
export interface Drive {
  readonly plant: Plant;
  readonly outputs: () => Readonly<CoreOutputs>;
  readonly state: () => Payload<"state"> | null;
  readonly events: Payload<"event">[];
  run(ms: number, each?: (ms: number) => void): void;
  send<T extends FrameType>(type: T, payload?: Partial<Payload<T>>): void;
  /** Hello and arm; answers whether the core is armed. */
  arm(): boolean;
  /** Keeps a set-point alive for that long. */
  drive(linearMps: number, angularRadps: number, ms: number): void;
}

const session = 0x2222;
const bootMs = 200;
const answerMs = 5;
const armed = 2;

export function createDrive(core: CoreHost): Drive {
  const plant = createPlant(loadBoard());
  const decoder = createFrameDecoder();
  const events: Payload<"event">[] = [];
  let outputs: Readonly<CoreOutputs> | null = null;
  let state: Payload<"state"> | null = null;
  let nonce = 0;
  let seq = 0;
  let tick = 0;

  function take(frame: Frame): void {
    tick = frame.tick;
    if (frame.type === "state") state = frame.payload;
    if (frame.type === "event") events.push(frame.payload);
    if (frame.type === "core-hello") nonce = frame.payload.nonce;
  }
  function run(ms: number, each?: (ms: number) => void): void {
    for (let k = 0; k < ms; k++) {
      each?.(k);
      outputs = core.tick(plant.inputs);
      plant.step(outputs);
      decoder.push(core.transmit(), take);
    }
  }
  function send<T extends FrameType>(type: T, payload: Partial<Payload<T>> = {}): void {
    seq = (seq + 1) & 0xffff;
    core.receive(encodeFrame({ type, seq, tick, payload: { session, ...payload } } as never));
  }
  return {
    plant,
    outputs() {
      if (outputs === null) throw new RangeError("no tick yet");
      return outputs;
    },
    state: () => state,
    events,
    run,
    send,
    arm() {
      run(bootMs);
      send("hello");
      run(answerMs);
      send("arm", { nonce });
      run(30);
      return state?.mode === armed;
    },
    drive(linearMps, angularRadps, ms) {
      run(ms, (k) => {
        if (k % 40 !== 0) return;
        const generation = state?.generation ?? 0;
        send("set-point", { generation, linearMps, angularRadps, ttlMs: 150 });
      });
    },
  };
}
