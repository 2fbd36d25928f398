import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { CoreLink, CoreState } from "@timmy/firmware-bridge/core-link";
import { createWorkerLink } from "@timmy/firmware-bridge/worker-link";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { type PeerProcess, startPeer } from "./peer-process.ts";

/** What happens to a cable. Killed: the far end dies and another one comes at the same place. */
export const cableFaults = ["killed", "unplugged", "renumbered", "locked"] as const;
export type CableFault = (typeof cableFaults)[number];

export interface CableRound {
  readonly fault: CableFault;
  /** Core's ticks from the last state with the cable in to the last of motion. */
  readonly stopTicks: number;
  /** Milliseconds from plugging in to a link that is up. */
  readonly backMs: number;
  /** Why the core says that it is stopped once it is back; empty after a short outage. */
  readonly stopReasons: readonly string[];
  readonly stillMps: number;
}

/** A core with its plant behind a pseudo terminal that a test unplugs; the robot's own link. */
export interface Cable {
  readonly link: CoreLink;
  /** What the device is called. */
  readonly pattern: string;
  look(): Promise<CoreNote>;
  /** Drives, breaks the cable, looks how the core stops, and mends it. */
  round(fault: CableFault, outageTicks: number): Promise<CableRound>;
  end(): Promise<void>;
}

const speedMps = 0.1;
const aliveMs = 30;
const defaultTtlMs = 120;
const stillMps = 0.01;

function stateWith(link: CoreLink, wanted: (state: CoreState) => boolean): Promise<CoreState> {
  const { promise, resolve } = Promise.withResolvers<CoreState>();
  const end = link.onState((state) => {
    if (!wanted(state)) return;
    end();
    resolve(state);
  });
  return promise;
}

function linkIs(link: CoreLink, up: boolean): Promise<void> {
  if (link.linkUp() === up) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = link.onLink((now) => {
    if (now !== up) return;
    end();
    resolve();
  });
  return promise;
}

export interface CoreNote {
  readonly tick: number;
  readonly mps: number;
}

/** The core's own view: it is asked beside the cable, which is cut. */
function createCoreView(server: Worker) {
  const waiting: ((note: CoreNote) => void)[] = [];
  server.on("message", (note: CoreNote | "listening") => {
    if (note !== "listening") waiting.shift()?.(note);
  });
  return (): Promise<CoreNote> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      server.postMessage("look");
    });
}

async function serveCore(path: string): Promise<Worker> {
  const server = new Worker(new URL("./cable-core-main.ts", import.meta.url), {
    workerData: { path },
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.once("message", () => resolve());
  await promise;
  return server;
}

export async function layCable(nowMs: () => number, ttlMs = defaultTtlMs): Promise<Cable> {
  const folder = mkdtempSync(join(tmpdir(), "timmy-cable-"));
  const server = await serveCore(join(folder, "core.sock"));
  const look = createCoreView(server);
  const device = join(folder, "usb-Timmy_core-if00");
  const start = () => startPeer("relay", device, join(folder, "core.sock"));
  let relay: PeerProcess = await start();
  await relay.ask("plug");
  const pattern = join(folder, "usb-Timmy*");
  const link = createWorkerLink({
    serialPath: pattern,
    logger: createMemoryLogger(),
  });
  link.start();
  await linkIs(link, true);

  async function armed(): Promise<void> {
    const ready = ({ mode, rangeFrontValid }: CoreState) =>
      (mode === "disarmed" || mode === "stopped") && rangeFrontValid;
    const state = await stateWith(link, ready);
    if (state.mode === "stopped") {
      const cleared = await link.reset(state.generation);
      if (!cleared.ok) throw new Error(`reset: ${cleared.detail}`);
    }
    const done = await link.arm();
    if (!done.ok) throw new Error(`arm: ${done.detail}`);
  }
  async function stopped(from: number): Promise<number> {
    for (;;) {
      const { tick, mps } = await look();
      if (Math.abs(mps) < stillMps) return tick - from;
    }
  }
  async function breakCable(fault: CableFault): Promise<void> {
    if (fault === "killed") relay.end();
    else await relay.ask("unplug");
  }
  async function mend(fault: CableFault): Promise<number> {
    if (fault === "killed") relay = await start();
    await relay.ask(fault === "renumbered" ? "renumber" : "plug");
    if (fault === "locked") {
      await relay.ask("lock");
      await look();
      await relay.ask("free");
    }
    return nowMs();
  }

  return {
    link,
    pattern,
    look,
    async round(fault, outageTicks) {
      await armed();
      const pushing = setInterval(() => link.setPoint(speedMps, 0, ttlMs), aliveMs);
      await stateWith(link, ({ leftMps }) => leftMps > speedMps * 0.8);
      await breakCable(fault);
      const { tick } = await look();
      const stopTicks = await stopped(tick);
      clearInterval(pushing);
      await linkIs(link, false);
      while ((await look()).tick < tick + outageTicks);
      const mendedMs = await mend(fault);
      await linkIs(link, true);
      const backMs = nowMs() - mendedMs;
      const { stopReasons } = await stateWith(link, () => true);
      const report = await link.halt("stop", "the round is over");
      return { fault, stopTicks, backMs, stopReasons, stillMps: report.speedMps };
    },
    async end() {
      await link.stop();
      relay.end();
      const { promise, resolve } = Promise.withResolvers<void>();
      server.once("exit", () => resolve());
      server.postMessage("end");
      await promise;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
