import { loadBoard } from "@timmy/hardware/board";
import type { CoreHost, CoreInputs, CoreOutputs } from "@timmy/hardware/core-host";
import type { TagSighting } from "@timmy/robot/tag-sensor";
import { afterEach, describe, expect, it } from "vitest";
import { createSimWorld, type SimWorld } from "./sim-world.ts";
import { loadWorld } from "./world.ts";

const board = loadBoard();
const house = loadWorld("house_001");

/** A core that puts given duties on its pins, pings the sonar, and remembers what it read. */
function createDutyCore(leftDuty = 0, rightDuty = leftDuty) {
  let tick = 0;
  const outputs: CoreOutputs = { leftDuty, rightDuty, enable: true, triggerSonar: -1 };
  const seen = { last: null as CoreInputs | null, echoes: [] as number[], bumped: 0 };
  const core: CoreHost = {
    tier: "simulated",
    tick(inputs) {
      seen.last = structuredClone(inputs) as CoreInputs;
      if (inputs.echoUs[0] !== 0) seen.echoes.push(inputs.echoUs[0]);
      if (inputs.bumperLeft || inputs.bumperRight) seen.bumped++;
      outputs.triggerSonar = tick++ % 60 === 0 ? 0 : -1;
      return outputs;
    },
    receive() {},
    transmit: () => new Uint8Array(0),
  };
  return { core, outputs, seen };
}

const worlds: SimWorld[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.stop();
});

async function start(duty = createDutyCore(), seed = 1, from = house) {
  const world = await createSimWorld({ world: from, board, seed, core: duty.core });
  worlds.push(world);
  const run = (ms: number) => {
    for (let i = 0; i < ms; i++) world.step();
  };
  return { world, run, ...duty };
}

const facingWall = { xM: 10.3, yM: 3.6, headingRad: 0 };

describe("driving", () => {
  it("goes 1 m nearly straight with a constant duty", async () => {
    const { world, run } = await start(createDutyCore(0.2));
    const from = world.truth();
    while (world.truth().xM - from.xM < 1 && world.timeMs() < 15_000) run(1);
    expect(world.truth().xM - from.xM).toBeCloseTo(1, 2);
    expect(Math.abs(world.truth().yM - from.yM)).toBeLessThan(0.1);
    expect(Math.abs(world.truth().headingRad)).toBeLessThan(0.2);
    expect(world.contacts()).toBe(0);
  });

  it("follows a step of voltage with the motor's time constant", async () => {
    const { world, run, outputs } = await start();
    run(100);
    outputs.leftDuty = 0.25;
    outputs.rightDuty = 0.25;
    run(80);
    const early = world.truth().speedMps;
    run(800);
    expect(early / world.truth().speedMps).toBeGreaterThan(0.55);
    expect(early / world.truth().speedMps).toBeLessThan(0.7);
  });

  it("turns on the spot, counter-clockwise when the right wheel pulls", async () => {
    const { world, run, seen } = await start(createDutyCore(-0.12, 0.12));
    world.moveRobot({ xM: 5.6, yM: 3.85, headingRad: 0 });
    run(1000);
    const { turnRadps, xM, yM } = world.truth();
    expect(turnRadps).toBeGreaterThan(0.5);
    expect(seen.last?.gyroRadps).toBeCloseTo(turnRadps, 1);
    expect(Math.hypot(xM - 5.6, yM - 3.85)).toBeLessThan(0.02);
  });

  it("counts its wheels' way in the encoders", async () => {
    const { world, run, seen } = await start(createDutyCore(0.2));
    const from = world.truth().xM;
    run(3000);
    const turns = (world.truth().xM - from) / (2 * Math.PI * board.wheel_radius_m);
    const counted = ((seen.last?.leftCounts ?? 0) + (seen.last?.rightCounts ?? 0)) / 2;
    expect(counted / board.counts_per_rev / turns).toBeCloseTo(1, 1.5);
  });

  it("stands where it is put when nothing drives it", async () => {
    const { world, run } = await start();
    run(5000);
    expect(Math.hypot(world.truth().xM - 0.55, world.truth().yM - 3.9)).toBeLessThan(0.002);
    expect(Math.abs(world.truth().speedMps)).toBeLessThan(0.001);
  });
});

describe("a contact", () => {
  it("is counted once while the robot pushes on, with its speed and its bumpers", async () => {
    const { world, run, seen } = await start(createDutyCore(0.2));
    world.moveRobot(facingWall);
    run(4000);
    expect(world.truth().xM).toBeCloseTo(10.9 - board.body_radius_m, 2);
    expect(world.contacts()).toBe(1);
    expect(world.strongestContactMps()).toBeGreaterThan(0.1);
    expect(world.strongestContactMps()).toBeLessThan(0.2);
    expect(seen.bumped).toBeGreaterThan(500);
  });

  it("is counted again after the robot backed off", async () => {
    const { world, run, outputs } = await start(createDutyCore(0.2));
    world.moveRobot(facingWall);
    const drive = (duty: number, ms: number) => {
      outputs.leftDuty = duty;
      outputs.rightDuty = duty;
      run(ms);
    };
    drive(0.2, 4000);
    drive(-0.2, 1000);
    drive(0.2, 2000);
    expect(world.contacts()).toBe(2);
  });

  it("happens with an obstacle too, and not once it is gone", async () => {
    const { world, run } = await start(createDutyCore(0.2));
    world.addObstacle({ x_m: 1.3, y_m: 3.9, size_m: 0.2 });
    run(4000);
    expect(world.contacts()).toBeGreaterThanOrEqual(1);
    expect(world.truth().xM).toBeLessThan(1.2);
    world.removeObstacles();
    run(4000);
    expect(world.truth().xM).toBeGreaterThan(1.2);
  });
});

describe("the sensors", () => {
  it("hear an obstacle that appears", async () => {
    const { world, run, seen } = await start();
    world.moveRobot({ xM: 5, yM: 3.85, headingRad: 0 });
    world.addObstacle({ x_m: 5.7, y_m: 3.85, size_m: 0.2 });
    run(2000);
    const metres = seen.echoes.filter((us) => us > 0).map((us) => (us * 343) / 2e6);
    expect(metres.length).toBeGreaterThan(25);
    for (const metre of metres) expect(metre).toBeCloseTo(0.6 - 0.11, 1);
  });

  it("see tags ten times a second, 40 ms late, and none with a dead camera", async () => {
    const { world, run } = await start();
    const got: (readonly TagSighting[])[] = [];
    world.tags.onSightings((sightings) => got.push(sightings));
    world.moveRobot({ xM: 1.6, yM: 3.85, headingRad: 0 });
    run(1000);
    expect(got).toHaveLength(10);
    expect(got.flat().every((sighting) => sighting.id === 2 && sighting.ageMs === 40)).toBe(true);
    expect(got.flat().length).toBeGreaterThan(6);
    world.setFault("tags", "off");
    run(1000);
    expect(got).toHaveLength(10);
    world.setFault("tags", "none");
    run(1000);
    expect(got).toHaveLength(20);
  });

  it("show the e-stop, and no motion when the motors are dead", async () => {
    const { world, run, seen } = await start(createDutyCore(0.3));
    world.setFault("motor", "off");
    world.pressEstop(true);
    run(1000);
    expect(seen.last?.estopOpen).toBe(true);
    expect(world.truth().leftDuty).toBe(0);
    expect(world.truth().xM).toBeCloseTo(0.55, 2);
  });
});

describe("the trace", () => {
  const ride = async (seed: number, duty = 0.2) => {
    const { world, run } = await start(createDutyCore(duty), seed);
    run(1000);
    world.addObstacle({ x_m: 1.5, y_m: 3.9, size_m: 0.2 });
    run(4000);
    return world.trace();
  };

  it("is equal for an equal seed and inputs", async () => {
    const trace = await ride(1);
    expect(trace).toMatch(/^[0-9a-f]{64}$/);
    expect(await ride(1)).toBe(trace);
  });

  it("differs for another seed or other inputs", async () => {
    const trace = await ride(1);
    expect(await ride(2)).not.toBe(trace);
    expect(await ride(1, 0.21)).not.toBe(trace);
  });

  it("takes in events of others", async () => {
    const { world } = await start();
    const before = world.trace();
    world.mark("arrived kitchen");
    expect(world.trace()).not.toBe(before);
  });
});

describe("a snapshot", () => {
  it("goes on as the world did, to the same trace", async () => {
    const { world, run } = await start(createDutyCore(0.2));
    const tags: (readonly TagSighting[])[] = [];
    world.tags.onSightings((sightings) => tags.push(sightings));
    world.addObstacle({ x_m: 2, y_m: 3.9, size_m: 0.2 });
    run(2040);
    const snapshot = world.snapshot();
    run(3000);
    const [truth, trace, seen] = [world.truth(), world.trace(), tags.slice(-30)];
    expect(seen.flat().length).toBeGreaterThan(5);
    world.removeObstacles();
    run(500);
    // The fake core pings every 60 ms of its own count: put it back into step.
    run(60 - ((3000 + 500) % 60));
    world.restore(snapshot);
    run(3000);
    expect(world.truth()).toEqual(truth);
    expect(world.trace()).toBe(trace);
    expect(tags.slice(-30)).toEqual(seen);
  });
});

it("prints how fast it is", async () => {
  const { run } = await start(createDutyCore(0.1));
  run(2000);
  const from = performance.now();
  run(10_000);
  process.stdout.write(`sim: ${Math.round(10_000 / (performance.now() - from))} x real time\n`);
});
