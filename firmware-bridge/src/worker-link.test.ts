import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CoreLink, CoreState, StopEvent } from "./core-link.ts";
import { createWorkerLink } from "./worker-link.ts";

/** Waits for a state that satisfies; the test's own time-out is the limit. */
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

describe("a link in a thread of its own, over a unix socket", () => {
  let folder = "";
  let server: Worker;
  let link: CoreLink;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "timmy-link-"));
    const path = join(folder, "core.sock");
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry = new URL("./conformance/core-server-main.ts", import.meta.url);
    server = new Worker(entry, { workerData: { path } });
    server.once("message", () => resolve());
    await promise;
    link = createWorkerLink({ socketPath: path, logger: createMemoryLogger() });
  });
  afterEach(async () => {
    await link.stop();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.once("exit", () => resolve());
    server.postMessage("end");
    await promise;
    rmSync(folder, { recursive: true, force: true });
  });

  async function armWhenReady(): Promise<void> {
    link.start();
    await linkIs(link, true);
    await stateWith(link, ({ mode, rangeFrontValid }) => mode === "disarmed" && rangeFrontValid);
    expect(await link.arm()).toEqual({ ok: true });
  }
  async function driveUntilMoving(): Promise<void> {
    const pushing = setInterval(() => link.setPoint(0.2, 0, 250), 30);
    await stateWith(link, ({ leftMps }) => leftMps > 0.1);
    clearInterval(pushing);
  }

  it("arms, drives, halts with a measured standstill, and resets", async () => {
    await armWhenReady();
    await driveUntilMoving();
    const report = await link.halt("stop", "owner");
    expect(report).toMatchObject({ state: "stopped", reason: "owner" });
    expect(report.speedMps).toBeLessThan(0.01);
    expect(await link.reset(report.generation)).toEqual({ ok: true });
    expect(link.latest()?.ageMs).toBeLessThan(10_000);
  });

  it("keeps the link alive while its caller hangs, and lets the last wish die", async () => {
    await armWhenReady();
    const stops: StopEvent[] = [];
    link.onStop((event) => stops.push(event));
    await driveUntilMoving();
    const before = link.latest()?.state.tick ?? 0;
    link.setPoint(0.2, 0, 250);
    // The whole main thread stands still, without burning a core, for longer than link-lost takes.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    const after = await stateWith(link, ({ tick }) => tick > before + 700);
    expect(after).toMatchObject({ mode: "armed", stopReasons: [] });
    const rest = await stateWith(link, ({ leftMps }) => Math.abs(leftMps) < 0.01);
    expect(rest.mode).toBe("armed");
    expect(stops).toEqual([]);
  });

  it("comes back by itself when the socket was cut", async () => {
    link.start();
    await linkIs(link, true);
    server.postMessage("cut");
    await linkIs(link, false);
    await linkIs(link, true);
    expect(link.linkUp()).toBe(true);
  });

  it("waits for a core that is not there yet, and says link-down when asked to arm", async () => {
    const lonely = createWorkerLink({
      socketPath: join(folder, "absent.sock"),
      logger: createMemoryLogger(),
    });
    lonely.start();
    expect(await lonely.arm()).toMatchObject({ ok: false, reason: "link-down" });
    expect(lonely.linkUp()).toBe(false);
    await lonely.stop();
  });

  it("answers at once when it was never started", async () => {
    expect(await link.arm()).toMatchObject({ ok: false, reason: "link-down" });
    expect(await link.halt("estop", "owner")).toMatchObject({ state: "unconfirmed" });
  });
});
