import { describe, expect, it } from "vitest";
import { ackCodes, modeOf, reasonsOf } from "../vocabulary.ts";
import { createArmedRig, createRig, type Rig } from "./rig.ts";

const reasons = (rig: Rig) => {
  rig.run(20);
  return reasonsOf(rig.state().reasons);
};
function resetAndArm(rig: Rig): void {
  rig.run(20);
  rig.send("reset", { generation: rig.state().generation });
  expect(rig.ackCode()).toBe(ackCodes.ok);
  expect(rig.arm()).toBe(ackCodes.ok);
  rig.run(20);
}

describe("silence", () => {
  it("of the link for 500 ms while armed is a latched stop", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 400);
    rig.run(440);
    expect(reasons(rig)).toEqual([]);
    rig.run(60);
    expect(reasons(rig)).toEqual(["link-lost"]);
    rig.send("heartbeat");
    rig.run(100);
    expect(modeOf(rig.state().mode)).toBe("stopped");
  });

  it("of the link while disarmed is nothing", () => {
    const rig = createRig();
    rig.run(3000);
    expect(reasons(rig)).toEqual([]);
  });

  it("of set-points behind a live heartbeat ends in rest", () => {
    const rig = createArmedRig();
    rig.drive(0.4, 0, 800);
    rig.run(1000, (ms) => {
      if (ms % 80 === 0) rig.send("heartbeat");
    });
    expect(Math.abs(rig.plant.truth.leftMps)).toBeLessThan(0.01);
  });

  it("of the sonar sinks the ceiling to 0.1 m/s, and is a stop after 500 ms", () => {
    const rig = createArmedRig();
    rig.drive(0.4, 0, 800);
    rig.plant.faults.sonarDead = true;
    rig.drive(0.4, 0, 480);
    expect(rig.state().ceilingMps).toBeCloseTo(0.1, 2);
    expect(rig.plant.truth.leftMps).toBeLessThan(0.15);
    rig.drive(0.4, 0, 200);
    expect(reasons(rig)).toEqual(["range-lost"]);
    rig.run(400);
    rig.send("reset", { generation: rig.state().generation });
    expect(rig.ackCode()).toBe(ackCodes.causeStands);
  });
});

describe("the way ahead", () => {
  it("stops the robot before an obstacle, without a latch, whatever is asked", () => {
    const rig = createArmedRig();
    rig.plant.faults.obstacleM = 1;
    rig.drive(0.5, 0, 6000);
    expect(rig.plant.truth.wayM).toBeGreaterThan(0.8);
    expect(rig.plant.truth.wayM).toBeLessThan(0.91);
    expect(reasons(rig)).toEqual([]);
    rig.drive(-0.2, 0, 1500);
    expect(rig.plant.truth.leftMps).toBeCloseTo(-0.2, 1);
    rig.drive(0, 1, 1000);
    expect(rig.plant.truth.rightMps).toBeGreaterThan(0.05);
  });

  it("takes the forward part away in the tick in which a near echo ends", () => {
    const rig = createArmedRig();
    rig.drive(0.4, 0, 900);
    rig.plant.faults.obstacleM = rig.plant.truth.wayM + 0.08;
    let nearAt = -1;
    let offAt = -1;
    let brakesAt = -1;
    rig.run(120, (ms) => {
      // Along the ramp the duty would stay near zero; at once means braking with it.
      if (brakesAt < 0 && rig.outputs().leftDuty < -0.3) brakesAt = ms;
      if (offAt < 0 && rig.outputs().leftDuty <= 0) offAt = ms;
      const echo = rig.plant.inputs.echoUs[0];
      if (nearAt < 0 && echo > 0 && echo < 600) nearAt = ms;
      if (ms % 40 !== 0) return;
      const { generation } = rig.state();
      rig.send("set-point", { generation, linearMps: 0.4, angularRadps: 0, ttlMs: 150 });
    });
    expect(nearAt).toBeGreaterThan(-1);
    // An echo that is on the pins now is read in the next tick, and acts in it.
    expect(offAt).toBe(nearAt + 1);
    expect(brakesAt).toBeGreaterThan(nearAt);
    expect(brakesAt - nearAt).toBeLessThanOrEqual(30);
  });

  it("follows v(d) between the stop distance and full speed", () => {
    for (const distanceM of [0.15, 0.2, 0.3]) {
      const rig = createArmedRig();
      rig.plant.faults.obstacleM = distanceM;
      rig.run(120);
      const lag = 0.1;
      const expected = Math.sqrt(lag * lag + 2 * (distanceM - 0.1)) - lag;
      expect(rig.state().ceilingMps).toBeCloseTo(Math.min(0.5, expected), 2);
    }
  });

  it("believes one lost echo no more than it must", () => {
    const rig = createArmedRig();
    rig.plant.faults.obstacleM = 0.3;
    rig.run(200);
    rig.plant.faults.obstacleM = Number.POSITIVE_INFINITY;
    rig.run(110);
    expect(rig.state().frontMm).toBeLessThan(310);
    rig.run(600);
    expect(rig.state().frontMm).toBe(4000);
  });
});

describe("a sonar", () => {
  it("that fell silent still counts the way driven since", () => {
    const rig = createArmedRig();
    rig.plant.faults.obstacleM = 1.5;
    rig.drive(0.4, 0, 800);
    rig.plant.faults.sonarDead = true;
    rig.drive(0.4, 0, 60);
    const before = { mm: rig.state().frontMm, wayM: rig.plant.truth.wayM };
    rig.drive(0.4, 0, 300);
    const droveMm = (rig.plant.truth.wayM - before.wayM) * 1000;
    expect(droveMm).toBeGreaterThan(30);
    expect(Math.abs(before.mm - rig.state().frontMm - droveMm)).toBeLessThan(15);
  });

  it("that leaps farther once is not believed, and twice it is", () => {
    const rig = createArmedRig();
    rig.plant.faults.obstacleM = 0.4;
    rig.run(200);
    rig.plant.faults.obstacleM = 3;
    const heard: number[] = [];
    rig.run(240, () => {
      if (rig.plant.inputs.echoUs[0] > 10_000) heard.push(rig.tick());
    });
    expect(heard.length).toBeGreaterThan(2);
    expect(rig.state().frontMm).toBeGreaterThan(2900);
    const other = createArmedRig();
    other.plant.faults.obstacleM = 0.4;
    other.run(200);
    let leaps = 0;
    let farthestMm = 0;
    other.run(240, () => {
      farthestMm = Math.max(farthestMm, other.state().frontMm);
      const far = other.plant.inputs.echoUs[0] > 10_000;
      if (far) leaps++;
      other.plant.faults.obstacleM = leaps === 0 ? 3 : 0.4;
    });
    expect(leaps).toBe(1);
    expect(farthestMm).toBeLessThan(410);
    expect(other.state().flags & 8).toBe(8);
  });

  it("that repeats itself to the microsecond while the robot drives is unknown", () => {
    const rig = createArmedRig();
    rig.plant.faults.sonarStuckUs = 12_000;
    rig.drive(0.4, 0, 1500);
    expect(rig.state().flags & 8).toBe(0);
    expect(rig.state().ceilingMps).toBeCloseTo(0.1, 2);
  });

  it("that hears nothing for three metres is unknown", () => {
    const rig = createArmedRig();
    rig.drive(0.5, 0, 5500);
    expect(rig.state().flags & 8).toBe(8);
    rig.drive(0.5, 0, 1500);
    expect(rig.plant.truth.wayM).toBeGreaterThan(3);
    expect(rig.state().flags & 8).toBe(0);
  });
});

describe("the e-stop", () => {
  it("ignores two open samples, and latches on three", () => {
    const rig = createArmedRig();
    rig.plant.inputs.estopOpen = true;
    rig.run(2);
    rig.plant.inputs.estopOpen = false;
    rig.run(1);
    expect(rig.outputs().enable).toBe(true);
    rig.plant.inputs.estopOpen = true;
    rig.run(3);
    expect(rig.outputs().enable).toBe(false);
    rig.plant.inputs.estopOpen = false;
    rig.run(500);
    expect(modeOf(rig.state().mode)).toBe("stopped");
    expect(reasons(rig)).toEqual(["estop-input"]);
  });

  it("takes the duty off in the tick of the command", () => {
    const rig = createArmedRig();
    rig.drive(0.4, 0, 800);
    rig.send("estop");
    rig.run(1);
    expect(rig.outputs()).toMatchObject({ leftDuty: 0, rightDuty: 0, enable: false });
  });
});

describe("a bumper", () => {
  it("stops the robot, and lets it back off after a reset while still pressed", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 800);
    rig.plant.inputs.bumperRight = true;
    rig.run(600);
    expect(reasons(rig)).toEqual(["bumper"]);
    expect(rig.take("event").map(({ payload }) => payload.news)).toEqual([1, 2]);
    resetAndArm(rig);
    const way = rig.plant.truth.wayM;
    rig.drive(0.3, 0, 500);
    expect(rig.plant.truth.wayM).toBeLessThanOrEqual(way + 0.001);
    rig.drive(-0.2, 0, 800);
    expect(rig.plant.truth.wayM).toBeLessThan(way - 0.05);
    expect(modeOf(rig.state().mode)).toBe("armed");
  });

  it("that chatters while backing off is one impact, and a new press is another", () => {
    const rig = createArmedRig();
    rig.plant.inputs.bumperLeft = true;
    rig.run(300);
    resetAndArm(rig);
    for (let i = 0; i < 10; i++) {
      rig.plant.inputs.bumperLeft = i % 2 === 0;
      rig.run(10);
    }
    expect(modeOf(rig.state().mode)).toBe("armed");
    rig.plant.inputs.bumperLeft = false;
    rig.run(60);
    rig.plant.inputs.bumperLeft = true;
    rig.run(5);
    expect(reasons(rig)).toEqual(["bumper"]);
  });
});

describe("wheels", () => {
  it("that do not turn under power for 150 ms are a stall", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 600);
    rig.plant.faults.leftBlocked = true;
    rig.drive(0.3, 0, 140);
    expect(modeOf(rig.state().mode)).toBe("armed");
    rig.drive(0.3, 0, 60);
    expect(reasons(rig)).toEqual(["stall"]);
    expect(rig.outputs().enable).toBe(false);
  });

  it("that turn against their power are a runaway: an encoder is swapped", () => {
    const rig = createArmedRig();
    rig.plant.faults.leftEncoderSign = -1;
    rig.drive(0.3, 0, 600);
    expect(reasons(rig)).toContain("runaway");
    expect(rig.outputs().enable).toBe(false);
  });

  it("that turn without any duty are a runaway: a bridge is stuck on", () => {
    const rig = createArmedRig({ params: { kp: 0, ki: 0, kd: 0 } });
    rig.plant.faults.pushedMps = 0.3;
    rig.run(100);
    expect(modeOf(rig.state().mode)).toBe("armed");
    rig.run(200);
    expect(reasons(rig)).toEqual(["runaway"]);
  });

  it("whose counts jump are a stop, and the jump is not driven way", () => {
    const rig = createArmedRig();
    rig.run(20);
    const { xM } = rig.state();
    rig.plant.inputs.leftCounts += 5000;
    rig.core.tick(rig.plant.inputs);
    rig.run(40);
    expect(reasons(rig)).toContain("encoder");
    expect(rig.state().xM).toBe(xM);
  });
});

describe("the battery", () => {
  it("slows the robot when low, and stops it when empty for a second", () => {
    const rig = createArmedRig();
    rig.plant.inputs.batteryMv = 6300;
    rig.drive(0.5, 0, 2000);
    expect(rig.plant.truth.leftMps).toBeCloseTo(0.35, 1);
    expect(rig.plant.truth.leftMps).toBeLessThan(0.4);
    rig.plant.inputs.batteryMv = 5500;
    rig.drive(0.5, 0, 800);
    expect(modeOf(rig.state().mode)).toBe("armed");
    rig.drive(0.5, 0, 900);
    expect(reasons(rig)).toEqual(["battery"]);
  });
});

describe("arming checks", () => {
  it("name what a person must do", () => {
    const rig = createRig();
    rig.plant.faults.sonarDead = true;
    rig.run(1000);
    expect(rig.arm()).toBe(ackCodes.checkFailed);
    expect(rig.state().armingCheck).toBe(3);
    rig.plant.faults.sonarDead = false;
    rig.run(200);
    rig.plant.faults.pushedMps = 0.1;
    rig.run(100);
    expect(rig.arm()).toBe(ackCodes.checkFailed);
    expect(rig.state().armingCheck).toBe(4);
    rig.plant.faults.pushedMps = null;
    rig.run(1000);
    expect(rig.arm()).toBe(ackCodes.ok);
  });
});

describe("parameters", () => {
  it("lets the owner change gains while it drives, and nothing else", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 500);
    rig.send("param-set", { id: 16, value: 3 });
    rig.send("param-set", { id: 1, value: 0.3 });
    rig.send("param-get", { id: 1 });
    rig.run(1);
    const answers = rig.take("param").map(({ payload }) => payload);
    expect(answers[0]).toMatchObject({ id: 16, value: 3, code: ackCodes.ok });
    expect(answers[1]).toMatchObject({ id: 1, code: ackCodes.wrongMode });
    expect(answers[2]?.value).toBeCloseTo(0.17, 5);
  });

  it("changes a gain without a jump of the duty, also while there is an error", () => {
    const [changed, control] = [createArmedRig(), createArmedRig()] as const;
    for (const rig of [changed, control]) {
      rig.drive(0.3, 0, 600);
      rig.plant.faults.motorGain = 0.6;
      rig.drive(0.3, 0, 60);
    }
    changed.send("param-set", { id: 16, value: 6 });
    changed.run(5);
    control.run(5);
    const gap = changed.outputs().leftDuty - control.outputs().leftDuty;
    expect(Math.abs(control.state().leftMps - 0.3)).toBeGreaterThan(0.02);
    expect(Math.abs(gap)).toBeLessThan(0.04);
  });

  it("never lets a limit rise above the one compiled in", () => {
    const rig = createRig();
    rig.run(200);
    rig.send("hello");
    rig.send("param-set", { id: 3, value: 9 });
    rig.send("param-set", { id: 3, value: Number.NaN });
    rig.run(1);
    const answers = rig.take("param").map(({ payload }) => payload);
    expect(answers[0]).toMatchObject({ value: 0.5, code: ackCodes.ok });
    expect(answers[1]).toMatchObject({ value: 0.5, code: ackCodes.badValue });
  });
});
