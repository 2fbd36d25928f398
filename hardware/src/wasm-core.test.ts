import { readFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";
import { describe, expect, it } from "vitest";
import { loadBoard } from "./board.ts";
import { createCoreInputs } from "./core-host.ts";
import { coreParams } from "./core-params.ts";
import { createWasmCore, instantiateCore } from "./wasm-core.ts";

interface Response {
  readonly riseMs: number;
  readonly overshoot: number;
  readonly settledMs: number;
  readonly steadyError: number;
}

/** One wheel's speed loop on a first-order motor (tau 80 ms), stepped from 0 to 0.3 m/s. */
function stepResponse(options: { gain?: number; blockedMs?: number; ks?: number } = {}): Response {
  const core = instantiateCore();
  core.defaults();
  core.start(0);
  const goal = 0.3;
  const metresPerCount = (2 * Math.PI * 0.034) / 1320;
  const fullMps = 24 * 0.034 * (options.gain ?? 1);
  const share = 1 - Math.exp(-1 / 80);
  const speeds: number[] = [];
  let speed = 0;
  let way = 0;
  for (let ms = 0; ms < 100; ms++) core.bench_wheel(0, 0);
  for (let ms = -(options.blockedMs ?? 0); ms < 2000; ms++) {
    const duty = core.bench_wheel(Math.floor(way / metresPerCount), goal);
    speed = ms < 0 ? 0 : speed + (duty * fullMps - speed) * share;
    way += speed * 0.001;
    if (ms >= 0) speeds.push(speed);
  }
  const tail = speeds.slice(1000);
  return {
    riseMs: speeds.findIndex((v) => v > 0.9 * goal) - speeds.findIndex((v) => v > 0.1 * goal),
    overshoot: Math.max(...speeds) / goal - 1,
    settledMs: speeds.findLastIndex((v) => Math.abs(v / goal - 1) > 0.05) + 1,
    steadyError: Math.abs(tail.reduce((sum, v) => sum + v, 0) / tail.length / goal - 1),
  };
}

describe("the speed loop of a wheel", () => {
  it("steps to 0.3 m/s: rise 150 ms, overshoot 10 %, settled in 400 ms, error 1 %", () => {
    const response = stepResponse();
    expect(response.riseMs).toBeLessThanOrEqual(150);
    expect(response.overshoot).toBeLessThanOrEqual(0.1);
    expect(response.settledMs).toBeLessThanOrEqual(400);
    expect(response.steadyError).toBeLessThanOrEqual(0.01);
  });

  it("holds these also on a motor that is 15 % weaker or stronger than its data", () => {
    for (const gain of [0.85, 1.15]) {
      const response = stepResponse({ gain });
      expect(response.riseMs).toBeLessThanOrEqual(150);
      expect(response.overshoot).toBeLessThanOrEqual(0.1);
      expect(response.settledMs).toBeLessThanOrEqual(400);
      expect(response.steadyError).toBeLessThanOrEqual(0.01);
    }
  });

  it("recovers from two seconds of blocked wheel within 300 ms", () => {
    for (const gain of [0.8, 1, 1.15]) {
      expect(stepResponse({ gain, blockedMs: 2000 }).settledMs).toBeLessThanOrEqual(300);
    }
  });

  it("measures a crawl from the time between two counts", () => {
    const core = instantiateCore();
    core.defaults();
    core.start(0);
    const metresPerCount = (2 * Math.PI * 0.034) / 1320;
    for (const everyMs of [10, 25, 60]) {
      for (let ms = 0; ms < 1000; ms++) core.bench_wheel(Math.floor(ms / everyMs), 0);
      expect(core.bench_speed()).toBeCloseTo((metresPerCount * 1000) / everyMs, 3);
      for (let ms = 0; ms < 150; ms++) core.bench_wheel(Math.floor(999 / everyMs), 0);
      expect(core.bench_speed()).toBe(0);
      core.start(0);
    }
  });
});

describe("the speed of a wheel that stops at once", () => {
  it("is under 0.01 m/s as soon as no count came for 20 ms", () => {
    const core = instantiateCore();
    core.defaults();
    core.start(0);
    for (let ms = 0; ms < 200; ms++) core.bench_wheel(ms * 2, 0);
    expect(core.bench_speed()).toBeGreaterThan(0.3);
    for (let ms = 0; ms < 30; ms++) core.bench_wheel(398, 0);
    expect(core.bench_speed()).toBeLessThan(0.01);
    expect(core.bench_speed()).toBeGreaterThan(0);
  });
});

describe("the WebAssembly core", () => {
  it("triggers only the sonars that the board has, every 60 ms in turn", () => {
    const mounted = (["front", "right"] as const).map((name) => ({
      name,
      x_m: 0,
      y_m: 0,
      heading_deg: 0,
    }));
    const core = createWasmCore({ ...loadBoard(), sonars: mounted });
    const inputs = createCoreInputs();
    const triggers: [number, number][] = [];
    for (let ms = 0; ms < 300; ms++) {
      const { triggerSonar } = core.tick(inputs);
      if (triggerSonar >= 0) triggers.push([ms, triggerSonar]);
    }
    expect(triggers.map(([ms]) => ms)).toEqual([0, 60, 120, 180, 240]);
    expect(triggers.map(([, sonar]) => sonar)).toEqual([2, 0, 2, 0, 2]);
  });

  it("keeps instances apart", () => {
    const one = createWasmCore(loadBoard());
    const other = createWasmCore(loadBoard());
    const inputs = createCoreInputs();
    for (let ms = 0; ms < 100; ms++) one.tick(inputs);
    expect(one.transmit().length).toBeGreaterThan(0);
    expect(other.transmit().length).toBe(0);
    for (let ms = 0; ms < 100; ms++) other.tick(inputs);
    expect(other.trace()).toBe(one.trace());
  });

  it("keeps the newest state words bounded when nobody reads", () => {
    const core = createWasmCore(loadBoard());
    const inputs = createCoreInputs();
    for (let ms = 0; ms < 5000; ms++) core.tick(inputs);
    expect(core.transmit().length).toBeLessThanOrEqual(2048);
  });

  it("refuses a board that cannot be", () => {
    const act = () => createWasmCore({ ...loadBoard(), wheel_radius_m: Number.NaN });
    expect(act).toThrow(TimmyError);
    expect(act).toThrow(/wheelRadiusM/);
  });

  it("numbers its parameters as the C sources do", () => {
    const header = readFileSync(new URL("../realtime/core/params.h", import.meta.url), "utf8");
    const inC = [...header.matchAll(/PARAM_([A-Z0-9_]+) = (\d+)/g)].map(
      ([, name = "", id = ""]) => [name.replaceAll("_", "").toLowerCase(), Number(id)] as const,
    );
    const inTs = Object.entries(coreParams).map(([name, id]) => [name.toLowerCase(), id]);
    expect(inTs).toEqual(inC.filter(([name]) => name !== "count"));
  });
});
