import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { loadWorld } from "@timmy/sim/world";
import { expect, it } from "vitest";
import { createLockstepHouse } from "../../cli/lockstep.ts";
import { createRp2040Core } from "./rp2040-core.ts";

it("the robot drives through the simulated house with the flashed image as its core", async () => {
  const core = createRp2040Core();
  const house = await createLockstepHouse({
    world: loadWorld("house_001", { closedDoors: [] }),
    seed: 1,
    core,
    logger: createMemoryLogger(),
  });
  try {
    await house.runUntil(() => false, 600);
    const start = house.sim.truth();
    const way = () => {
      const { xM, yM } = house.sim.truth();
      return Math.hypot(xM - start.xM, yM - start.yM);
    };
    const answer = await house.settle(house.gateway.hear("go to the kitchen"), 5000);
    expect(answer).toMatchObject({ ok: true });
    expect(await house.runUntil(() => way() > 0.5, 12_000)).toBe(true);
    // Its own odometry, from encoder pins, has gone the same way.
    expect(house.robot.body.odometerM()).toBeGreaterThan(0.45);
    const stop = await house.settle(house.gateway.stop(), 3000);
    expect(stop).toMatchObject({ ok: true });
    expect(Math.abs(house.sim.truth().speedMps)).toBeLessThan(0.02);
    expect(house.sim.contacts()).toBe(0);
    expect(core.chip.meter.ticks).toBeGreaterThan(house.sim.timeMs() - 10);
    expect(core.missed()).toBe(0);
    expect(core.chip.resets()).toBe(0);
    expect(core.chip.meter.worstCycles).toBeLessThan(12_500);
  } finally {
    await house.stop();
  }
}, 120_000);
