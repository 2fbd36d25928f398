import { coreParams } from "@timmy/hardware/core-params";
import { describe, expect, it } from "vitest";
import { createArmedRig, type Rig } from "./rig.ts";

const resendMs = 100;

/** Keeps a tune alive for that long; `each` is called before every tick. */
function tune(rig: Rig, ms: number, each?: (ms: number) => void): number[] {
  rig.run(ms, (at) => {
    const { generation } = rig.state();
    if (at % resendMs === 0) rig.send("tune", { generation });
    each?.(at);
  });
  return rig.take("tuned").map(({ payload }) => payload.outcome);
}

/** Rise, overshoot and steady error of a step to 0.2 m/s on the rig's own plant. */
function overshootOf(rig: Rig): { overshoot: number; error: number } {
  const speeds: number[] = [];
  rig.run(1500, (at) => {
    const { generation } = rig.state();
    if (at % 40 === 0) {
      rig.send("set-point", { generation, linearMps: 0.2, angularRadps: 0, ttlMs: 150 });
    }
    speeds.push(rig.plant.truth.leftMps);
  });
  const tail = speeds.slice(1000);
  const mean = tail.reduce((sum, v) => sum + v, 0) / tail.length;
  return { overshoot: Math.max(...speeds) / 0.2 - 1, error: Math.abs(mean / 0.2 - 1) };
}

describe("auto-tune", () => {
  it.each([
    [0.8, 1],
    [1.2, 1],
    [1, 0.6],
    [0.9, 1.6],
  ])("finds a motor of gain %s and lag %s, and drives well then", (gain, lag) => {
    const rig = createArmedRig();
    rig.plant.faults.motorGain = gain;
    rig.plant.faults.motorLag = lag;
    let farthest = 0;
    const outcomes = tune(rig, 4300, () => {
      farthest = Math.max(farthest, Math.abs(rig.plant.truth.wayM));
    });
    expect(outcomes).toEqual([0]);
    expect(farthest).toBeLessThan(0.25);
    const found = new Map(rig.take("param").map(({ payload }) => [payload.id, payload.value]));
    expect(Math.abs((found.get(coreParams.kvScale) ?? 0) * gain - 1)).toBeLessThan(0.04);
    const tau = (found.get(coreParams.motorTauS) ?? 0) / (0.08 * lag);
    // A slow motor has not quite arrived when its step ends, and seems quicker than it is.
    expect(Math.abs(tau - 1)).toBeLessThan(0.12);
    expect(found.get(coreParams.kp)).toBeGreaterThan(0);
    expect(found.get(coreParams.ki)).toBeGreaterThan(0);
    const { overshoot, error } = overshootOf(rig);
    expect(overshoot).toBeLessThanOrEqual(0.1);
    expect(error).toBeLessThanOrEqual(0.01);
  });

  it("ends when its frame is not repeated, and the robot stands still", () => {
    const rig = createArmedRig();
    tune(rig, 101);
    rig.run(300, (at) => {
      if (at % 80 === 0) rig.send("heartbeat");
    });
    expect(rig.take("tuned").map(({ payload }) => payload.outcome)).toEqual([3]);
    rig.run(300);
    expect(Math.abs(rig.plant.truth.leftMps)).toBeLessThan(0.01);
  });

  it("ends at a stop, an e-stop, a set-point and a disarm, and changes no parameter", () => {
    for (const end of ["stop", "estop", "set-point", "disarm"] as const) {
      const rig = createArmedRig();
      const outcomes = tune(rig, 350, (at) => {
        if (at !== 300) return;
        const { generation } = rig.state();
        if (end === "set-point") rig.send(end, { generation });
        else rig.send(end);
      });
      expect([end, outcomes]).toEqual([end, [3]]);
      expect(rig.take("param")).toEqual([]);
    }
  });

  it("does not begin a step towards something near", () => {
    const rig = createArmedRig();
    rig.plant.faults.obstacleM = 0.15;
    rig.run(200, (at) => {
      if (at % 80 === 0) rig.send("heartbeat");
    });
    expect(tune(rig, 50)).toEqual([1]);
    expect(rig.plant.truth.wayM).toBe(0);
  });

  it("ends when the robot leaves its box or is faster than it may be", () => {
    const pushed = createArmedRig();
    tune(pushed, 50);
    pushed.plant.faults.pushedMps = -0.45;
    expect(tune(pushed, 700)).toContain(2);
    const strong = createArmedRig();
    strong.plant.faults.motorGain = 5;
    expect(tune(strong, 700)).toContain(4);
  });

  it("sets nothing when the wheels do not follow", () => {
    const weak = createArmedRig();
    weak.plant.faults.motorGain = 0.1;
    expect(tune(weak, 4300)).toEqual([5]);
    expect(weak.take("param")).toEqual([]);
  });

  it("is refused unless armed, at rest, by the owner, in this generation", () => {
    const rig = createArmedRig();
    rig.send("tune", { generation: rig.state().generation + 1 });
    expect(rig.ackCode()).toBe(7);
    rig.drive(0.2, 0, 300);
    rig.send("tune", { generation: rig.state().generation });
    expect(rig.ackCode()).toBe(8);
    rig.send("disarm");
    rig.send("tune", { generation: rig.state().generation });
    expect(rig.ackCode()).toBe(4);
  });
});
