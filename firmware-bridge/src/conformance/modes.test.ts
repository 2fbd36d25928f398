import { describe, expect, it } from "vitest";
import { ackCodes, modeOf, reasonsOf } from "../vocabulary.ts";
import { createArmedRig, createRig, type Rig } from "./rig.ts";

const mode = (rig: Rig) => {
  rig.run(20);
  return modeOf(rig.state().mode);
};
const reasons = (rig: Rig) => reasonsOf(rig.state().reasons);

describe("modes of the core", () => {
  it("boots into disarmed with the motors off", () => {
    const rig = createRig();
    rig.run(20);
    expect(modeOf(rig.state().mode)).toBe("boot");
    rig.run(60);
    expect(mode(rig)).toBe("disarmed");
    expect(rig.outputs().enable).toBe(false);
  });

  it("boots into stopped when the e-stop is open", () => {
    const rig = createRig();
    rig.plant.inputs.estopOpen = true;
    rig.run(200);
    expect(mode(rig)).toBe("stopped");
    expect(reasons(rig)).toEqual(["estop-input"]);
  });

  it("arms with the nonce it gave, and enables the motors", () => {
    const rig = createRig();
    rig.run(200);
    expect(rig.arm()).toBe(ackCodes.ok);
    expect(mode(rig)).toBe("armed");
    expect(rig.outputs().enable).toBe(true);
  });

  it("refuses a nonce that it did not give, and one that was used", () => {
    const rig = createRig();
    rig.run(200);
    rig.send("hello");
    rig.run(1);
    const nonce = rig.take("core-hello").at(-1)?.payload.nonce ?? 0;
    rig.send("arm", { nonce: nonce ^ 1 });
    expect(rig.ackCode()).toBe(ackCodes.badNonce);
    rig.send("arm", { nonce });
    expect(rig.ackCode()).toBe(ackCodes.badNonce);
    expect(mode(rig)).toBe("disarmed");
  });

  it("asks a sender without a session to say hello", () => {
    const rig = createRig();
    rig.run(200);
    rig.send("heartbeat");
    expect(rig.ackCode()).toBe(ackCodes.noSession);
  });

  it("is never armed by set-points", () => {
    const rig = createRig();
    rig.run(200);
    rig.send("hello");
    rig.run(1);
    rig.drive(0.3, 0, 1000);
    expect(rig.take("ack").every(({ payload }) => payload.code === ackCodes.wrongMode)).toBe(true);
    expect(mode(rig)).toBe("disarmed");
    expect(rig.plant.truth.wayM).toBe(0);
  });

  it("stops with the speed it had when the stop began and when it ended", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 1000);
    rig.send("stop");
    rig.run(1000);
    const events = rig.take("event").map(({ payload }) => payload);
    expect(events.map(({ news }) => news)).toEqual([1, 2]);
    expect(events[0]?.beganMps).toBeCloseTo(0.3, 1);
    expect(events[1]?.speedMps).toBeLessThan(0.01);
    expect(mode(rig)).toBe("stopped");
    expect(reasons(rig)).toEqual(["stop"]);
    expect(Math.abs(rig.plant.truth.leftMps)).toBeLessThan(0.01);
  });

  it("says unconfirmed while the wheels still turn, and stopped once they do not", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 800);
    rig.plant.faults.pushedMps = 0.2;
    rig.send("stop");
    rig.run(1700);
    const unconfirmed = rig.take("event").at(-1)?.payload;
    expect(unconfirmed?.news).toBe(3);
    expect(unconfirmed?.speedMps).toBeCloseTo(0.2, 1);
    expect(rig.outputs().enable).toBe(false);
    rig.plant.faults.pushedMps = 0;
    rig.run(300);
    expect(rig.take("event").at(-1)?.payload.news).toBe(2);
  });

  it("disarms at rest, along the ramp", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 800);
    rig.send("disarm");
    expect(mode(rig)).toBe("armed");
    rig.run(700);
    expect(mode(rig)).toBe("disarmed");
    expect(rig.outputs().enable).toBe(false);
  });
});

describe("reset", () => {
  it("ends disarmed, and only for the stop that it names", () => {
    const rig = createArmedRig();
    rig.send("stop");
    rig.run(300);
    const { generation } = rig.state();
    rig.send("reset", { generation: generation - 1 });
    expect(rig.ackCode()).toBe(ackCodes.wrongGeneration);
    rig.send("reset", { generation });
    expect(rig.ackCode()).toBe(ackCodes.ok);
    expect(mode(rig)).toBe("disarmed");
    rig.send("reset", { generation });
    expect(rig.ackCode()).toBe(ackCodes.ok);
  });

  it("is refused while the cause stands", () => {
    const rig = createArmedRig();
    rig.plant.inputs.estopOpen = true;
    rig.run(300);
    const { generation } = rig.state();
    rig.send("reset", { generation });
    rig.run(1);
    expect(rig.take("ack").at(-1)?.payload).toMatchObject({
      code: ackCodes.causeStands,
      detail: 2,
    });
    rig.plant.inputs.estopOpen = false;
    rig.run(10);
    rig.send("reset", { generation });
    expect(rig.ackCode()).toBe(ackCodes.ok);
    expect(mode(rig)).toBe("disarmed");
  });

  it("is refused while it is stopping, and while the wheels turn", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 800);
    rig.plant.faults.pushedMps = 0.2;
    rig.send("stop");
    rig.run(40);
    const { generation } = rig.state();
    rig.send("reset", { generation });
    expect(rig.ackCode()).toBe(ackCodes.wrongMode);
    rig.run(1700);
    rig.send("reset", { generation });
    expect(rig.ackCode()).toBe(ackCodes.moving);
  });
});

describe("generations", () => {
  it("moves nothing after a stop that was admitted before it", () => {
    const rig = createArmedRig();
    rig.drive(0.2, 0, 200);
    const before = rig.state().generation;
    rig.send("stop");
    rig.run(600);
    rig.send("reset", { generation: rig.state().generation });
    rig.run(20);
    expect(rig.arm()).toBe(ackCodes.ok);
    const way = rig.plant.truth.wayM;
    rig.send("set-point", { generation: before, linearMps: 0.3, angularRadps: 0, ttlMs: 250 });
    expect(rig.ackCode()).toBe(ackCodes.wrongGeneration);
    rig.run(300);
    expect(rig.plant.truth.wayM).toBeCloseTo(way, 3);
  });

  it("opens one generation for each new reason, and none for a repeated one", () => {
    const rig = createArmedRig();
    const first = rig.state().generation;
    rig.send("stop");
    rig.send("stop");
    rig.run(20);
    expect(rig.state().generation).toBe(first + 1);
    rig.send("estop");
    rig.run(20);
    expect(rig.state().generation).toBe(first + 2);
    expect(reasons(rig)).toEqual(["stop", "estop"]);
  });
});

describe("two masters", () => {
  it("lets only the owner of the session move or disarm the robot", () => {
    const owner = createArmedRig();
    const other = createRig({ beside: owner, session: 0x2222, startTick: owner.tick() });
    other.run(20);
    expect(other.arm()).toBe(ackCodes.owned);
    const { generation } = other.state();
    other.send("set-point", { generation, linearMps: 0.3, angularRadps: 0, ttlMs: 250 });
    expect(other.ackCode()).toBe(ackCodes.owned);
    other.send("disarm");
    expect(other.ackCode()).toBe(ackCodes.owned);
    expect(other.outputs().enable).toBe(true);
    other.run(100);
    expect(owner.plant.truth.wayM).toBe(0);
  });

  it("takes the e-stop from anybody, without a session", () => {
    const rig = createArmedRig();
    rig.drive(0.3, 0, 500);
    rig.send("estop", { session: 0x9999 });
    rig.run(1);
    expect(rig.outputs().enable).toBe(false);
    rig.run(20);
    expect(reasons(rig)).toEqual(["estop"]);
  });

  it("lets another master take over after the owner's stop was reset", () => {
    const owner = createArmedRig();
    owner.run(600);
    const other = createRig({ beside: owner, session: 0x2222, startTick: owner.tick() });
    other.run(100);
    expect(reasons(other)).toEqual(["link-lost"]);
    other.send("hello");
    other.run(1);
    other.send("reset", { generation: other.state().generation });
    expect(other.ackCode()).toBe(ackCodes.ok);
    expect(other.arm()).toBe(ackCodes.ok);
  });
});

describe("sequence numbers", () => {
  it("drops a replayed frame and counts it", () => {
    const rig = createArmedRig();
    const bad = rig.state().badFrames;
    const { generation } = rig.state();
    const setPoint = { generation, linearMps: 0.2, angularRadps: 0, ttlMs: 100 };
    const { seq } = rig.send("set-point", setPoint);
    rig.run(600, (ms) => {
      if (ms % 50 === 0) rig.send("set-point", setPoint, { seq });
    });
    expect(rig.state().badFrames).toBe(bad + 12);
    expect(reasons(rig)).toEqual(["link-lost"]);
  });

  it("refuses a set-point that waited in a queue, and one from the future", () => {
    const rig = createArmedRig();
    const { generation } = rig.state();
    const setPoint = { generation, linearMps: 0.2, angularRadps: 0, ttlMs: 100 };
    rig.send("set-point", setPoint, { tick: rig.tick() - 252 });
    expect(rig.ackCode()).toBe(ackCodes.stale);
    rig.send("set-point", setPoint, { tick: rig.tick() + 100 });
    expect(rig.ackCode()).toBe(ackCodes.stale);
  });

  it("lives through the wrap of its tick while driving", () => {
    const rig = createArmedRig({ startTick: 2 ** 32 - 900 });
    rig.drive(0.3, 0, 1500);
    rig.run(20);
    expect(modeOf(rig.state().mode)).toBe("armed");
    expect(rig.plant.truth.leftMps).toBeCloseTo(0.3, 2);
    expect(rig.tick()).toBeLessThan(1000);
  });
});
