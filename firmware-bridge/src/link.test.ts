import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createRig } from "./conformance/rig.ts";
import type { CoreState, StopEvent } from "./core-link.ts";
import { createInProcessTransport } from "./in-process.ts";
import { createLink } from "./link.ts";
import type { Transport } from "./transport.ts";

/** A link to a wasm core with a plant, on a virtual clock. */
function createBench(wrap: (transport: Transport) => Transport = (transport) => transport) {
  const time = createVirtualTime();
  const { core, plant } = createRig();
  const transport = createInProcessTransport(core);
  const link = createLink({ transport: wrap(transport), time, logger: createMemoryLogger() });
  const events: StopEvent[] = [];
  link.onStop((event) => events.push(event));
  let nowMs = 0;
  const run = (ms: number, each?: (nowMs: number) => void) => {
    for (let i = 0; i < ms; i++) {
      plant.step(core.tick(plant.inputs));
      transport.pump();
      time.advanceTo(++nowMs);
      each?.(nowMs);
    }
  };
  const during = async <T>(promise: Promise<T>, ms: number): Promise<T> => {
    run(ms);
    return promise;
  };
  const state = (): CoreState => {
    const latest = link.latest();
    if (latest === null) throw new RangeError("no state yet");
    return latest.state;
  };
  return { core, plant, link, events, run, during, state };
}

async function createArmedBench(wrap?: (transport: Transport) => Transport) {
  const bench = createBench(wrap);
  bench.link.start();
  bench.run(200);
  expect(await bench.during(bench.link.arm(), 20)).toEqual({ ok: true });
  return bench;
}

describe("a link in process", () => {
  it("comes up, and tells the newest state with its age", () => {
    const bench = createBench();
    const ups: boolean[] = [];
    bench.link.onLink((up) => ups.push(up));
    expect(bench.link.latest()).toBeNull();
    bench.link.start();
    bench.run(100);
    expect(bench.link.linkUp()).toBe(true);
    expect(ups).toEqual([true]);
    expect(bench.state()).toMatchObject({ mode: "disarmed", batteryV: 7.4, rangeFrontM: 4 });
    expect(bench.link.latest()?.ageMs).toBeLessThanOrEqual(20);
  });

  it("arms and drives while set-points are fresh, and rests when they end", async () => {
    const bench = await createArmedBench();
    bench.run(1000, (ms) => {
      if (ms % 50 === 0) bench.link.setPoint(0.3, 0, 200);
    });
    expect(bench.plant.truth.leftMps).toBeCloseTo(0.3, 2);
    expect(bench.state().xM).toBeGreaterThan(0.2);
    bench.run(1000);
    expect(Math.abs(bench.plant.truth.leftMps)).toBeLessThan(0.01);
    expect(bench.state()).toMatchObject({ mode: "armed", stopReasons: [] });
  });

  it("ends a wish with its own life although the link stays alive", async () => {
    const bench = await createArmedBench();
    let lastPush = 0;
    bench.link.setPoint(0.5, 0, 200);
    bench.run(600, (ms) => {
      if (bench.state().leftDuty > 0.05) lastPush = ms;
    });
    expect(lastPush).toBeLessThan(220 + 200 + 100);
    expect(Math.abs(bench.plant.truth.leftMps)).toBeLessThan(0.02);
  });

  it("halts with the measured speed, and repeats the answer for a second halt", async () => {
    const bench = await createArmedBench();
    bench.run(600, (ms) => {
      if (ms % 50 === 0) bench.link.setPoint(0.3, 0, 200);
    });
    const report = await bench.during(bench.link.halt("stop", "owner"), 1000);
    expect(report).toMatchObject({ state: "stopped", reason: "owner" });
    expect(report.speedMps).toBeLessThan(0.01);
    expect(bench.events.map(({ state }) => state)).toEqual(["stopping", "stopped"]);
    expect(bench.events[0]?.reason).toBe("stop");
    expect(await bench.during(bench.link.halt("stop", "again"), 100)).toMatchObject({
      state: "stopped",
      reason: "again",
      generation: report.generation,
    });
  });

  it("answers unconfirmed with the last speed when standstill is never measured", async () => {
    const bench = await createArmedBench();
    bench.plant.faults.pushedMps = 0.2;
    const report = await bench.during(bench.link.halt("estop", "owner"), 2100);
    expect(report.state).toBe("unconfirmed");
    expect(report.speedMps).toBeCloseTo(0.2, 1);
  });

  it("resets the stop that it names, arms again and drives", async () => {
    const bench = await createArmedBench();
    const { generation } = await bench.during(bench.link.halt("stop", "owner"), 500);
    expect(await bench.during(bench.link.arm(), 50)).toMatchObject({ reason: "stopped" });
    expect(await bench.during(bench.link.reset(generation - 1), 50)).toMatchObject({
      ok: false,
      reason: "reset-refused",
    });
    expect(await bench.during(bench.link.reset(generation), 50)).toEqual({ ok: true });
    expect(bench.state().mode).toBe("disarmed");
    expect(await bench.during(bench.link.arm(), 50)).toEqual({ ok: true });
  });

  it("says what a person must do when arming is refused", async () => {
    const bench = createBench();
    bench.plant.faults.sonarDead = true;
    bench.link.start();
    bench.run(1000);
    expect(await bench.during(bench.link.arm(), 50)).toEqual({
      ok: false,
      reason: "not-armed",
      detail: "No range sensor answers: check the wires of the sonar.",
    });
  });

  it("answers link-down when the core is gone, and comes back when it is", async () => {
    let cut = false;
    const bench = createBench((transport) => ({
      ...transport,
      listen: (listener) =>
        transport.listen({
          ...listener,
          bytes: (bytes) => {
            if (!cut) listener.bytes(bytes);
          },
        }),
      send: (bytes) => {
        if (!cut) transport.send(bytes);
      },
    }));
    bench.link.start();
    bench.run(200);
    expect(await bench.during(bench.link.arm(), 20)).toEqual({ ok: true });
    cut = true;
    bench.run(700);
    expect(bench.link.linkUp()).toBe(false);
    expect(await bench.during(bench.link.arm(), 1100)).toMatchObject({ reason: "link-down" });
    cut = false;
    bench.run(3000);
    expect(bench.link.linkUp()).toBe(true);
    expect(bench.state().stopReasons).toEqual(["link-lost"]);
  });

  it("survives damaged and repeated bytes, and counts them", async () => {
    let frames = 0;
    const bench = createBench((transport) => ({
      ...transport,
      send: (bytes) => {
        frames++;
        const damaged = bytes.slice();
        if (frames % 3 === 0) damaged[4] = (damaged[4] ?? 0) ^ 0x10;
        transport.send(damaged);
        if (frames % 5 === 0) transport.send(bytes);
      },
    }));
    bench.link.start();
    bench.run(300);
    expect(await bench.during(bench.link.arm(), 500)).toEqual({ ok: true });
    bench.run(2000, (ms) => {
      if (ms % 50 === 0) bench.link.setPoint(0.3, 0, 200);
    });
    expect(bench.plant.truth.leftMps).toBeCloseTo(0.3, 1);
    expect(bench.state().badFrames).toBeGreaterThan(10);
    const report = await bench.during(bench.link.halt("stop", "owner"), 1500);
    expect(report.state).toBe("stopped");
  });

  it("disarms when it is stopped, and answers nothing later", async () => {
    const bench = await createArmedBench();
    const ups: boolean[] = [];
    bench.link.onLink((up) => ups.push(up));
    await bench.link.stop();
    expect(ups).toEqual([false]);
    bench.run(1000);
    expect(bench.core.tick(bench.plant.inputs).enable).toBe(false);
    expect(await bench.link.arm()).toMatchObject({ ok: false, reason: "link-down" });
  });

  it("gives equal traces for equal calls", async () => {
    const traces = [];
    for (let i = 0; i < 2; i++) {
      const bench = await createArmedBench();
      bench.run(500, (ms) => {
        if (ms % 50 === 0) bench.link.setPoint(0.3, 0.5, 200);
      });
      await bench.during(bench.link.halt("stop", "owner"), 600);
      traces.push(bench.core.trace());
    }
    expect(traces[0]).toBe(traces[1]);
  });
});
