import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createWorkerLink } from "@timmy/firmware-bridge/worker-link";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import type { BenchPart } from "./part.ts";

const middle = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** There and back of one byte over a unix socket in this process: the control. */
async function bareSocketMs(path: string, rounds: number): Promise<number> {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const socket = connect(path);
  const took: number[] = [];
  for (let k = 0; k < rounds; k++) {
    const startMs = performance.now();
    socket.write("x");
    await new Promise((resolve) => socket.once("data", resolve));
    took.push(performance.now() - startMs);
  }
  socket.destroy();
  server.close();
  return middle(took);
}

/**
 * From arm() to the core's answer, through the link's thread, the socket and a core that looks at its
 * bytes every 5 ms: two frames there and two back. Beside a bare socket's round trip.
 */
export const bridgeLatency: BenchPart = async ({ seconds }) => {
  const folder = mkdtempSync(join(tmpdir(), "timmy-bench-"));
  const path = join(folder, "core.sock");
  const entry = import.meta.resolve("@timmy/firmware-bridge/conformance/core-server-main");
  const server = new Worker(new URL(entry), { workerData: { path } });
  await new Promise((resolve) => server.once("message", resolve));
  const link = createWorkerLink({ socketPath: path, logger: createMemoryLogger() });
  const ready = new Promise<void>((resolve) => {
    const end = link.onState((state) => {
      if (state.mode !== "disarmed" || !state.rangeFrontValid) return;
      end();
      resolve();
    });
  });
  link.start();
  await ready;
  const took: number[] = [];
  const endMs = performance.now() + 1000 * Math.min(5, seconds);
  while (performance.now() < endMs) {
    const startMs = performance.now();
    const outcome = await link.arm();
    if (outcome.ok) took.push(performance.now() - startMs);
    const idle = new Promise<void>((resolve) => {
      const end = link.onState((state) => {
        if (state.mode === "armed") return;
        end();
        resolve();
      });
    });
    link.disarm();
    await idle;
  }
  await link.stop();
  server.postMessage("end");
  await new Promise((resolve) => server.once("exit", resolve));
  const bareMs = await bareSocketMs(join(folder, "bare.sock"), 500);
  rmSync(folder, { recursive: true, force: true });
  const armMs = middle(took);
  const figures = { rounds: took.length, armMedianMs: armMs, bareSocketMedianMs: bareMs };
  const sentence =
    `Bridge: armed in ${armMs.toFixed(1)} ms at the median of ${took.length} ` +
    `(a bare socket: ${bareMs.toFixed(2)} ms there and back)`;
  return { name: "bridge-latency", figures, sentence, pass: null };
};
