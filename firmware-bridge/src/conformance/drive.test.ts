import { describe, expect, it } from "vitest";
import { ackCodes, modeOf } from "../vocabulary.ts";
import { createArmedRig, createRig, type Rig } from "./rig.ts";

/** Speeds of the left wheel, one a millisecond. */
function record(rig: Rig, linearMps: number, ms: number): number[] {
  const speeds: number[] = [];
  const { generation } = rig.state();
  rig.run(ms, (at) => {
    speeds.push(rig.plant.truth.leftMps);
    if (at % 40 !== 0) return;
    rig.send("set-point", { generation, linearMps, angularRadps: 0, ttlMs: 150 });
  });
  return speeds;
}
const lastOutside = (speeds: readonly number[], goal: number, share: number): number =>
  speeds.findLastIndex((speed) => Math.abs(speed - goal) > share * goal);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("set-points", () => {
  it("reaches 0.3 m/s along the ramp, settled in 400 ms, overshoot under 10 %, error under 1 %", () => {
    const speeds = record(createArmedRig(), 0.3, 2000);
    expect(lastOutside(speeds, 0.3, 0.05)).toBeLessThan(400);
    expect(Math.max(...speeds)).toBeLessThan(0.33);
    expect(Math.abs(mean(speeds.slice(1000)) - 0.3)).toBeLessThan(0.003);
  });

  it("accelerates no faster than the limit", () => {
    const speeds = record(createArmedRig(), 0.5, 700);
    for (let at = 100; at < speeds.length; at++) {
      const gained = (speeds[at] ?? 0) - (speeds[at - 100] ?? 0);
      expect(gained).toBeLessThan(0.1 * 1.15);
    }
  });

  it("drives no faster than the limits, however much is asked", () => {
    const rig = createArmedRig();
    rig.drive(50, 0, 1500);
    expect(rig.plant.truth.leftMps).toBeLessThan(0.51);
    rig.drive(0, 50, 2500);
    const turn = (rig.plant.truth.rightMps - rig.plant.truth.leftMps) / 0.17;
    expect(turn).toBeCloseTo(1.5, 1);
  });

  it("takes lower limits from the board, and never higher ones", () => {
    const slow = createArmedRig({ params: { linearMps: 0.2 } });
    slow.drive(0.5, 0, 1500);
    expect(slow.plant.truth.leftMps).toBeCloseTo(0.2, 2);
    const greedy = createArmedRig({ params: { linearMps: 2 } });
    greedy.drive(2, 0, 2000);
    expect(greedy.plant.truth.leftMps).toBeLessThan(0.51);
  });

  it("ramps to rest when the set-point is older than its time to live, and resumes", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 1000);
    rig.run(160, (ms) => {
      if (ms % 80 === 0) rig.send("heartbeat");
    });
    expect(rig.plant.truth.leftMps).toBeLessThan(0.3);
    rig.run(450, (ms) => {
      if (ms % 80 === 0) rig.send("heartbeat");
    });
    expect(Math.abs(rig.plant.truth.leftMps)).toBeLessThan(0.01);
    expect(modeOf(rig.state().mode)).toBe("armed");
    rig.drive(0.3, 0, 600);
    expect(rig.plant.truth.leftMps).toBeCloseTo(0.3, 1);
  });

  it("gives no set-point more than 250 ms, and 150 ms to one that names none", () => {
    for (const [ttlMs, livesMs] of [
      [60_000, 250],
      [0, 150],
      [90, 90],
    ] as const) {
      const rig = createArmedRig();
      const { generation } = rig.state();
      rig.send("set-point", { generation, linearMps: 0.5, angularRadps: 0, ttlMs });
      let peakAt = 0;
      let peak = 0;
      rig.run(400, (ms) => {
        const speed = rig.outputs().leftDuty;
        if (speed > peak) {
          peak = speed;
          peakAt = ms;
        }
      });
      expect(Math.abs(peakAt - livesMs)).toBeLessThanOrEqual(5);
    }
  });

  it("refuses what is no number, and what is absurd", () => {
    const rig = createArmedRig();
    const { generation } = rig.state();
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e38, -1e38]) {
      rig.send("set-point", { generation, linearMps: bad, angularRadps: 0, ttlMs: 100 });
      expect(rig.ackCode()).toBe(ackCodes.badValue);
      rig.send("set-point", { generation, linearMps: 0, angularRadps: bad, ttlMs: 100 });
      expect(rig.ackCode()).toBe(ackCodes.badValue);
    }
    rig.run(100);
    expect(rig.plant.truth.wayM).toBe(0);
  });

  it("is back at its speed 300 ms after a blocked wheel came free and it was armed again", () => {
    const rig = createArmedRig({ params: { accelMps2: 1 } });
    rig.plant.faults.leftBlocked = true;
    rig.plant.faults.rightBlocked = true;
    rig.drive(0.3, 0, 2000);
    expect(modeOf(rig.state().mode)).toBe("stopped");
    rig.plant.faults.leftBlocked = false;
    rig.plant.faults.rightBlocked = false;
    rig.send("reset", { generation: rig.state().generation });
    rig.run(20);
    expect(rig.arm()).toBe(ackCodes.ok);
    rig.run(20);
    const speeds = record(rig, 0.3, 1000);
    // The ramp alone takes 300 ms to 0.3 m/s; within 10 % of it is 270 ms.
    expect(lastOutside(speeds, 0.3, 0.1)).toBeLessThanOrEqual(300);
    expect(Math.max(...speeds)).toBeLessThan(0.33);
  });
});

describe("odometry", () => {
  it("knows the way and the turn of the plant", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 2000);
    rig.send("disarm");
    rig.run(800);
    expect(rig.state().xM).toBeCloseTo(rig.plant.truth.wayM, 3);
    expect(rig.state().yM).toBeCloseTo(0, 3);
    expect(rig.state().headingRad).toBeCloseTo(0, 3);
  });

  it("follows a circle for more than one turn", () => {
    const rig = createArmedRig();
    rig.drive(0.2, 1, 9000);
    const { truth } = rig.plant;
    const { xM, yM, headingRad } = rig.state();
    expect(truth.headingRad).toBeGreaterThan(2.5 * Math.PI);
    expect(headingRad).toBeCloseTo(truth.headingRad - 2 * Math.PI, 2);
    expect(Math.hypot(xM - truth.xM, yM - truth.yM)).toBeLessThan(0.005);
  });
});

describe("traces", () => {
  const script = (rig: Rig) => {
    rig.drive(0.3, 0.4, 700);
    rig.plant.inputs.bumperLeft = true;
    rig.run(500);
    return rig.core.trace();
  };

  it("are equal for equal inputs", () => {
    expect(script(createArmedRig())).toBe(script(createArmedRig()));
  });

  it("differ when one input differs", () => {
    const other = createArmedRig();
    other.plant.faults.motorGain = 0.99;
    expect(script(other)).not.toBe(script(createArmedRig()));
  });
});

describe("outputs", () => {
  it("stay within -1 and 1 for 100,000 ticks of any input", () => {
    const rig = createRig();
    let noise = 1;
    const random = () => {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      return noise / 2 ** 32;
    };
    const { inputs } = rig.plant;
    for (let i = 0; i < 100_000; i++) {
      inputs.leftCounts = (inputs.leftCounts + Math.floor(random() * 9 - 4)) | 0;
      inputs.rightCounts = (inputs.rightCounts + Math.floor(random() * 9 - 4)) | 0;
      inputs.gyroRadps = random() < 0.01 ? Number.NaN : random() * 1e6;
      inputs.echoUs[0] = random() < 0.02 ? Math.floor(random() * 2 ** 31) : 0;
      inputs.bumperLeft = random() < 0.001;
      inputs.estopOpen = random() < 0.001;
      inputs.batteryMv = random() * 70_000;
      if (i % 7 === 0) {
        const generation = Math.floor(random() * 4);
        const linearMps = (random() - 0.5) * 4;
        rig.send("set-point", { generation, linearMps, angularRadps: linearMps, ttlMs: 200 });
      }
      if (i % 500 === 0) {
        rig.send("reset", { generation: rig.tick() > 100 ? rig.state().generation : 0 });
        rig.run(1);
        rig.arm();
      }
      const { leftDuty, rightDuty, enable } = rig.core.tick(inputs);
      rig.core.transmit();
      expect(Math.abs(leftDuty) <= 1 && Math.abs(rightDuty) <= 1).toBe(true);
      if (!enable && (leftDuty !== 0 || rightDuty !== 0)) expect.fail("duty without enable");
    }
  });
});
