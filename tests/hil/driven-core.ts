import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBoard } from "@timmy/hardware/board";
import type { CoreOutputs } from "@timmy/hardware/core-host";
import { createWasmCore } from "@timmy/hardware/wasm-core";
import { createPlant } from "../../firmware-bridge/src/conformance/plant.ts";
import { servePlant } from "./rtd-plant.ts";
import { startRtd } from "./rtd-process.ts";

/** What the motors did in one tick of the core, and how fast the wheels really turned. */
export interface DrivenTick {
  readonly tick: number;
  /** The larger of the two duties that reached a motor. */
  readonly duty: number;
  readonly mps: number;
}

/** A core with its plant in real time, whose every tick is seen. */
export interface DrivenCore {
  readonly socketPath: string;
  latest(): DrivenTick;
  /** Resolves in the first tick from now on that satisfies. */
  when(want: (tick: DrivenTick) => boolean): Promise<DrivenTick>;
  /** Hears every tick until the answer is called. */
  watch(see: (tick: DrivenTick) => void): () => void;
  end(): Promise<void>;
}

function createTicks() {
  const watchers = new Set<(tick: DrivenTick) => void>();
  let latest: DrivenTick = { tick: 0, duty: 0, mps: 0 };
  function watch(see: (tick: DrivenTick) => void): () => void {
    watchers.add(see);
    return () => {
      watchers.delete(see);
    };
  }
  return {
    add(tick: DrivenTick): void {
      latest = tick;
      for (const see of [...watchers]) see(tick);
    },
    seen: {
      latest: () => latest,
      watch,
      when: (want: (tick: DrivenTick) => boolean) =>
        new Promise<DrivenTick>((resolve) => {
          const end = watch((tick) => {
            if (!want(tick)) return;
            end();
            resolve(tick);
          });
        }),
    },
  };
}

function createDrivenPlant() {
  const plant = createPlant(loadBoard());
  const ticks = createTicks();
  return {
    plant,
    ticks,
    step(outputs: Readonly<CoreOutputs>, tick: number): void {
      plant.step(outputs);
      const duty = Math.max(Math.abs(outputs.leftDuty), Math.abs(outputs.rightDuty));
      const mps = Math.max(Math.abs(plant.truth.leftMps), Math.abs(plant.truth.rightMps));
      ticks.add({ tick, duty: outputs.enable ? duty : 0, mps });
    },
  };
}

/** The core in WebAssembly, as the world process runs it. */
export async function driveWasm(): Promise<DrivenCore> {
  const folder = mkdtempSync(join(tmpdir(), "timmy-driven-"));
  const socketPath = join(folder, "core.sock");
  const core = createWasmCore(loadBoard());
  const { plant, ticks, step } = createDrivenPlant();
  const sockets = new Set<Socket>();
  let now = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (bytes) => core.receive(bytes));
    // A robot is killed on purpose; "close" follows.
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  // Time is counted, not measured: a stalled machine makes this core slow, never wrong.
  const pacer = setInterval(() => {
    for (let i = 0; i < 5; i++) step(core.tick(plant.inputs), ++now);
    const bytes = core.transmit();
    if (bytes.length > 0) for (const socket of sockets) socket.write(bytes);
  }, 5);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    ...ticks.seen,
    async end() {
      clearInterval(pacer);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The daemon, with the same plant on its plant socket. */
export async function driveRtd(): Promise<DrivenCore> {
  const folder = mkdtempSync(join(tmpdir(), "timmy-driven-"));
  const socketPath = join(folder, "core.sock");
  const { plant, ticks, step } = createDrivenPlant();
  const server = await servePlant(
    join(folder, "plant.sock"),
    plant.inputs,
    (outputs, tick) => {
      step(outputs, tick);
      return plant.inputs;
    },
    () => undefined,
  );
  const rtd = await startRtd(["--plant", join(folder, "plant.sock"), "--listen", socketPath]);
  return {
    socketPath,
    ...ticks.seen,
    async end() {
      await rtd.end();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
