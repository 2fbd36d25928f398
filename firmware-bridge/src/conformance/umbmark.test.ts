import type { CoreParam } from "@timmy/hardware/core-params";
import { calibrateUmbmark, type ReturnError } from "@timmy/hardware/umbmark";
import { describe, expect, it } from "vitest";
import { createArmedRig, type Rig } from "./rig.ts";

const sideM = 1;
const trackM = 0.17;

/** Sends a set-point every 20 ms until the odometry says that the goal is reached. */
function driveUntil(rig: Rig, linearMps: () => number, radps: () => number): void {
  for (let turn = 0; turn < 2000; turn++) {
    const linear = linearMps();
    const angular = radps();
    if (linear === 0 && angular === 0) break;
    const { generation } = rig.state();
    rig.send("set-point", { generation, linearMps: linear, angularRadps: angular, ttlMs: 150 });
    rig.run(20);
  }
  rig.drive(0, 0, 500);
}

const wrap = (rad: number) => Math.atan2(Math.sin(rad), Math.cos(rad));
const slowing = (left: number, most: number) => Math.min(most, Math.max(0.02, left));

/** A square by the odometry alone; answers where it truly ended, minus where it thinks it is. */
function square(direction: 1 | -1, params: Partial<Record<CoreParam, number>>): ReturnError {
  const rig = createArmedRig({ params });
  rig.plant.faults.leftWheelScale = 0.995;
  rig.plant.faults.rightWheelScale = 1.005;
  rig.plant.faults.trackScale = 1.03;
  for (let side = 0; side < 4; side++) {
    const from = rig.state();
    // A room without any echo would make the sonar suspicious after 3 m.
    rig.plant.faults.obstacleM = rig.plant.truth.wayM + 3;
    const heading = (direction * side * Math.PI) / 2;
    driveUntil(
      rig,
      () => {
        const { xM, yM } = rig.state();
        const left = sideM - Math.hypot(xM - from.xM, yM - from.yM);
        return left > 0.002 ? slowing(left, 0.3) : 0;
      },
      () => {
        const { xM, yM } = rig.state();
        if (sideM - Math.hypot(xM - from.xM, yM - from.yM) <= 0.002) return 0;
        return 2 * wrap(heading - rig.state().headingRad);
      },
    );
    driveUntil(
      rig,
      () => 0,
      () => {
        const left = wrap(heading + (direction * Math.PI) / 2 - rig.state().headingRad);
        return Math.abs(left) > 0.002 ? Math.sign(left) * slowing(Math.abs(left), 1) : 0;
      },
    );
  }
  rig.run(200, (at) => {
    if (at % 80 === 0) rig.send("heartbeat");
  });
  const { truth } = rig.plant;
  return { xM: truth.xM - rig.state().xM, yM: truth.yM - rig.state().yM };
}

describe("UMBmark", () => {
  it("makes the odometry's error of a square at least ten times smaller", () => {
    const runs = { sideM, trackM, clockwise: [square(-1, {})], counterClockwise: [square(1, {})] };
    const found = calibrateUmbmark(runs);
    expect(found.worstM).toBeGreaterThan(0.05);
    const { wheelRatio, trackRatio } = found;
    const after = calibrateUmbmark({
      ...runs,
      clockwise: [square(-1, { wheelRatio, trackRatio })],
      counterClockwise: [square(1, { wheelRatio, trackRatio })],
    });
    expect(wheelRatio).toBeCloseTo(1.005 / 0.995, 3);
    expect(trackRatio).toBeCloseTo(1.03, 2);
    expect(after.worstM * 10).toBeLessThan(found.worstM);
  }, 60_000);
});
