import { createInProcessTransport } from "@timmy/firmware-bridge/in-process";
import { createLink } from "@timmy/firmware-bridge/link";
import { loadBoard } from "@timmy/hardware/board";
import { createWasmCore } from "@timmy/hardware/wasm-core";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { createSimWorld, type SimWorld } from "./sim-world.ts";
import { loadWorld } from "./world.ts";

const board = loadBoard();
const worlds: SimWorld[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.stop();
});

/** The house, the real core and a link to it, all on one virtual clock. */
async function start(seed = 1) {
  const core = createWasmCore(board);
  const world = await createSimWorld({ world: loadWorld("house_001"), board, seed, core });
  worlds.push(world);
  const time = createVirtualTime();
  const transport = createInProcessTransport(core);
  const link = createLink({ transport, time, logger: createMemoryLogger(), session: 1 });
  const stepOnce = () => {
    world.step();
    transport.pump();
    time.advanceTo(world.timeMs());
  };
  /** Steps until that promise has settled, at most 5 s. */
  const until = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (let i = 0; i < 5000 && !settled; i++) {
      stepOnce();
      await Promise.resolve();
    }
    return promise;
  };
  const drive = (ms: number, linearMps: number, angularRadps: number) => {
    for (let i = 0; i < ms; i++) {
      if (i % 50 === 0) link.setPoint(linearMps, angularRadps, 200);
      stepOnce();
    }
  };
  link.start();
  drive(300, 0, 0);
  return { world, link, until, drive };
}

describe("the real core in the house", () => {
  it("holds the speed that it is asked for, and drives straight", async () => {
    const { world, link, until, drive } = await start();
    expect(await until(link.arm())).toEqual({ ok: true });
    drive(1500, 0.3, 0);
    const from = world.truth();
    drive(2000, 0.3, 0);
    expect(world.truth().xM - from.xM).toBeGreaterThan(0.57);
    expect(world.truth().xM - from.xM).toBeLessThan(0.63);
    expect(Math.abs(world.truth().yM - 3.9)).toBeLessThan(0.05);
    expect(world.contacts()).toBe(0);
  });

  it("turns at the rate that it is asked for", async () => {
    const { world, link, until, drive } = await start();
    world.moveRobot({ xM: 5.6, yM: 3.85, headingRad: 0 });
    await until(link.arm());
    drive(1000, 0, 0.8);
    expect(world.truth().turnRadps).toBeGreaterThan(0.7);
    expect(world.truth().turnRadps).toBeLessThan(0.9);
  });

  it("stops before a wall that it is driven at", async () => {
    const { world, link, until, drive } = await start();
    world.moveRobot({ xM: 9, yM: 3.6, headingRad: 0 });
    await until(link.arm());
    drive(8000, 0.4, 0);
    expect(world.contacts()).toBe(0);
    expect(world.truth().xM).toBeGreaterThan(10);
    expect(Math.abs(world.truth().speedMps)).toBeLessThan(0.01);
  });

  it("reports a stop that the world confirms", async () => {
    const { world, link, until, drive } = await start();
    await until(link.arm());
    drive(1500, 0.3, 0);
    const report = await until(link.halt("stop", "test"));
    expect(report.state).toBe("stopped");
    expect(Math.abs(world.truth().speedMps)).toBeLessThan(0.03);
  });

  it("stops on the e-stop", async () => {
    const { world, link, until, drive } = await start();
    await until(link.arm());
    drive(1500, 0.3, 0);
    world.pressEstop(true);
    drive(600, 0.3, 0);
    expect(Math.abs(world.truth().speedMps)).toBeLessThan(0.005);
    expect(link.latest()?.state.estopOpen).toBe(true);
  });

  it("gives the same trace for the same seed", async () => {
    const ride = async (seed: number) => {
      const { world, link, until, drive } = await start(seed);
      await until(link.arm());
      drive(2000, 0.3, 0.2);
      return world.trace();
    };
    const trace = await ride(4);
    expect(await ride(4)).toBe(trace);
    expect(await ride(5)).not.toBe(trace);
  });
});
