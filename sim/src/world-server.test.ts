import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBoard } from "@timmy/hardware/board";
import type { CoreHost } from "@timmy/hardware/core-host";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { createLineReader } from "./json-lines.ts";
import { createSimWorld } from "./sim-world.ts";
import { loadWorld } from "./world.ts";
import { createWorldServer } from "./world-server.ts";

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** A core that sends a letter each 100 ms and keeps what it receives. */
function createEchoCore() {
  let tick = 0;
  const received: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  const core: CoreHost = {
    tier: "simulated",
    tick() {
      tick++;
      return { leftDuty: 0, rightDuty: 0, enable: true, triggerSonar: -1 };
    },
    receive(bytes) {
      received.push(bytes.slice());
      for (const wake of waiting.splice(0)) wake();
    },
    transmit: () => (tick % 100 === 0 ? Uint8Array.of(0x41) : new Uint8Array(0)),
  };
  const text = () => Buffer.concat(received).toString();
  const next = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { core, text, next };
}

async function open(path: string): Promise<Socket> {
  const socket = connect(path);
  ending.push(() => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return socket;
}

async function start() {
  const folder = mkdtempSync(join(tmpdir(), "timmy-sim-"));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  const time = createVirtualTime();
  const echo = createEchoCore();
  const options = { world: loadWorld("house_001"), board: loadBoard(), seed: 1, core: echo.core };
  const world = await createSimWorld(options);
  const logger = createMemoryLogger();
  const rest = { world, core: echo.core, time, logger, folder, speed: 1 };
  const server = createWorldServer(rest);
  ending.push(() => server.stop());
  await server.start();
  return { server, time, world, echo };
}

/** Moves the virtual clock until the socket has brought that many lines. */
async function linesOf(socket: Socket, count: number, move: () => void): Promise<unknown[]> {
  const lines: unknown[] = [];
  const take = createLineReader(10_000, (line) => lines.push(JSON.parse(line ?? "null")));
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("data", (chunk) => {
    take(chunk);
    if (lines.length >= count) resolve();
  });
  move();
  await promise;
  return lines;
}

describe("the world process", () => {
  it("steps with the clock and tells the truth twenty times a second", async () => {
    const { server, time, world } = await start();
    const socket = await open(server.sockets.truth);
    const lines = await linesOf(socket, 20, () => time.advanceTo(1000));
    expect(world.timeMs()).toBe(1000);
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toMatchObject({
      type: "truth",
      contacts: 0,
      speedMps: expect.any(Number),
    });
  });

  it("carries the core's bytes both ways, and a new client takes the old one's place", async () => {
    const { server, time, echo } = await start();
    const old = await open(server.sockets.core);
    const gone = new Promise((resolve) => old.once("close", resolve));
    const socket = await open(server.sockets.core);
    await gone;
    const heard = new Promise<Buffer>((resolve) => socket.once("data", resolve));
    time.advanceTo(104);
    expect((await heard).toString()).toBe("A");
    const received = echo.next();
    socket.write("ping");
    await received;
    expect(echo.text()).toBe("ping");
  });

  it("sends tags to every client of the sensor socket", async () => {
    const { server, time } = await start();
    const sockets = [await open(server.sockets.sensors), await open(server.sockets.sensors)];
    const both = Promise.all(sockets.map((socket) => linesOf(socket, 5, () => {})));
    time.advanceTo(500);
    for (const lines of await both) {
      expect(lines[0]).toEqual({ type: "tags", sightings: expect.any(Array) });
    }
  });

  it("does commands and refuses bad ones with a reason", async () => {
    const { server, world } = await start();
    const socket = await open(server.sockets.truth);
    const commands = [
      '{"cmd":"estop","open":true}',
      '{"cmd":"obstacle","x_m":2,"y_m":3.9,"size_m":0.3}',
      '{"cmd":"fault","part":"motor","kind":"off"}',
      '{"cmd":"move","x_m":5,"y_m":3.9,"heading_rad":1}',
      '{"cmd":"clear"}',
      '{"cmd":"explode"}',
      "{",
      "x".repeat(5000),
    ];
    const lines = await linesOf(socket, 8, () => socket.write(`${commands.join("\n")}\n`));
    expect(lines.map((line) => (line as { type: string }).type)).toEqual([
      ...Array(5).fill("done"),
      ...Array(3).fill("error"),
    ]);
    expect(world.truth().xM).toBeCloseTo(5, 3);
  });

  it("says which obstacle is one too many, and lives on", async () => {
    const { server, world } = await start();
    const socket = await open(server.sockets.truth);
    const one = '{"cmd":"obstacle","x_m":2,"y_m":3.9,"size_m":0.3}\n';
    const lines = await linesOf(socket, 9, () => socket.write(one.repeat(9)));
    expect(lines.at(-1)).toMatchObject({ type: "error", code: "bad-world" });
    world.step();
  });

  it("takes its sockets away when it stops", async () => {
    const { server } = await start();
    await server.stop();
    await server.stop();
    for (const path of Object.values(server.sockets)) expect(existsSync(path)).toBe(false);
  });
});
