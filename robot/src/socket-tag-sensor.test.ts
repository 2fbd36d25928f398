import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { createSocketTagSensor, parseTagLine } from "./socket-tag-sensor.ts";
import type { TagSighting } from "./tag-sensor.ts";

const sighting: TagSighting = { id: 3, bearingRad: 0.1, rangeM: 1.5, ageMs: 40 };
const line = (sightings: unknown) => JSON.stringify({ type: "tags", sightings });

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

describe("parseTagLine", () => {
  it("reads sightings, also none", () => {
    expect(parseTagLine(line([sighting]))).toEqual([sighting]);
    expect(parseTagLine(line([]))).toEqual([]);
  });

  it.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["another type", JSON.stringify({ type: "truth", sightings: [] })],
    ["no list", line(3)],
    ["too many", line(Array(65).fill(sighting))],
    ["a text for a number", line([{ ...sighting, rangeM: "1" }])],
    ["a tag that does not exist", line([{ ...sighting, id: 587 }])],
    ["half a tag", line([{ ...sighting, id: 0.5 }])],
    ["an impossible range", line([{ ...sighting, rangeM: -1 }])],
    ["an empty place", line([null])],
  ])("refuses %s", (_, text) => {
    expect(parseTagLine(text)).toBeNull();
  });
});

async function listen() {
  const folder = mkdtempSync(join(tmpdir(), "timmy-tags-"));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "sensors.sock");
  const arrived: Socket[] = [];
  const waiting: ((socket: Socket) => void)[] = [];
  const server = createServer((socket) => {
    const wake = waiting.shift();
    if (wake) wake(socket);
    else arrived.push(socket);
    ending.push(() => socket.destroy());
  });
  ending.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = () => {
    const ready = arrived.shift();
    return ready ? Promise.resolve(ready) : new Promise<Socket>((wake) => waiting.push(wake));
  };
  return { path, client };
}

function sensorOf(path: string) {
  const time = createVirtualTime();
  const sensor = createSocketTagSensor(path, { timers: time.timers, logger: createMemoryLogger() });
  ending.push(() => sensor.stop());
  return { sensor, time };
}

/** The next sightings that come. */
const next = (sensor: ReturnType<typeof sensorOf>["sensor"]) =>
  new Promise<readonly TagSighting[]>((resolve) => {
    const off = sensor.onSightings((sightings) => {
      off();
      resolve(sightings);
    });
  });

describe("createSocketTagSensor", () => {
  it("gives what comes in pieces, and counts damaged lines without stopping", async () => {
    const { path, client } = await listen();
    const { sensor } = sensorOf(path);
    const came = next(sensor);
    const peer = await client();
    const text = line([sighting]);
    peer.write(`${"x".repeat(50_000)}\nnonsense\n${text.slice(0, 20)}`);
    peer.write(`${text.slice(20)}\n`);
    expect(await came).toEqual([sighting]);
    expect(sensor.badLines()).toBe(2);
  });

  it("connects again after the other end went away", async () => {
    const { path, client } = await listen();
    const { sensor, time } = sensorOf(path);
    const came = next(sensor);
    const first = await client();
    const waiting = new Promise<void>((resolve) => first.once("close", () => resolve()));
    first.end();
    await waiting;
    while (time.pending().length === 0) await new Promise((resolve) => setImmediate(resolve));
    time.advanceTo(500);
    const second = await client();
    second.write(`${line([sighting])}\n`);
    expect(await came).toEqual([sighting]);
  });

  it("keeps trying while nobody listens there, and no longer once it is stopped", async () => {
    const { sensor, time } = sensorOf(join(tmpdir(), "timmy-nobody-here.sock"));
    sensor.onSightings(() => {});
    while (time.pending().length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(time.pending()).toEqual(["tag sensor reconnect"]);
    sensor.stop();
    expect(time.pending()).toEqual([]);
    sensor.onSightings(() => {});
    expect(time.pending()).toEqual([]);
  });
});
