import { loadBoard } from "@timmy/hardware/board";
import { describe, expect, it } from "vitest";
import { createBattery } from "./battery.ts";
import { createDevices, type FaultyPart } from "./devices.ts";
import { createEncoders } from "./encoders.ts";
import { createGyro } from "./gyro.ts";
import { createRayCaster } from "./ray-caster.ts";
import { createReplayRandom } from "./replay-random.ts";

const board = loadBoard();
const body = {
  xM: 0,
  yM: 0,
  headingRad: 0,
  vxMps: 0,
  vyMps: 0,
  turnRadps: 0,
  leftRad: 0,
  rightRad: 0,
  leftNm: 0,
  rightNm: 0,
};
const drive = { leftDuty: 0.5, rightDuty: -2, enable: true, triggerSonar: -1 };

describe("the encoders", () => {
  it("count whole steps, 1320 a turn within the tolerance of a tyre", () => {
    const encoders = createEncoders(board.counts_per_rev, createReplayRandom(1, "encoder"));
    const [left, right] = encoders.read(20 * Math.PI, -20 * Math.PI);
    expect(Number.isInteger(left)).toBe(true);
    expect(Math.abs(left - 13_200)).toBeLessThan(80);
    expect(Math.abs(right + 13_200)).toBeLessThan(80);
  });

  it("stand still while they are dead, and do not jump when they come back", () => {
    const faults = new Set<FaultyPart>();
    const devices = createDevices(board, createRayCaster([]), 1, faults);
    const countsAt = (ms: number, rad: number) => {
      devices.moved({ ...body, leftRad: rad });
      devices.moved({ ...body, leftRad: rad });
      return devices.inputs(ms, body).leftCounts;
    };
    const before = countsAt(0, 10);
    faults.add("encoder");
    expect(countsAt(2, 20)).toBe(before);
    faults.clear();
    expect(countsAt(4, 20)).toBe(before);
    expect(countsAt(6, 30)).toBeGreaterThan(before + 2000);
  });
});

describe("the gyro", () => {
  it("has a bias that stays, and noise around it", () => {
    const gyro = createGyro(createReplayRandom(9, "gyro"));
    const readings = Array.from({ length: 5000 }, () => gyro.read(0.3));
    const mean = readings.reduce((sum, value) => sum + value, 0) / readings.length;
    expect(mean).toBeCloseTo(0.3 + gyro.biasRadps, 3);
    expect(gyro.biasRadps).not.toBe(0);
    expect(new Set(readings).size).toBeGreaterThan(4000);
  });
});

describe("the battery", () => {
  it("sags under load at once and recovers, and falls with what was drawn", () => {
    const battery = createBattery(board.battery, createReplayRandom(1, "battery"));
    const rested = battery.volts();
    battery.draw(4, 0.001);
    expect(battery.volts()).toBeLessThan(rested - 0.4);
    battery.draw(0, 0.001);
    expect(battery.volts()).toBeCloseTo(rested, 3);
    battery.draw(1, 3600);
    battery.draw(0, 0.001);
    expect(battery.volts()).toBeLessThan(rested - 0.3);
    battery.draw(5, 36_000);
    battery.draw(0, 0.001);
    expect(battery.volts()).toBeCloseTo(board.battery.empty_mv / 1000 - 0.084, 2);
  });

  it("is shown in the steps of its gauge", () => {
    const battery = createBattery(board.battery, createReplayRandom(1, "battery"));
    expect(battery.readMv() % 4).toBe(0);
    expect(Math.abs(battery.readMv() - battery.volts() * 1000)).toBeLessThan(30);
  });
});

describe("the motors", () => {
  it("get the duty's share of the battery's voltage, never more than all of it", () => {
    const devices = createDevices(board, createRayCaster([]), 1, new Set());
    const motor = devices.outputs(0, body, drive);
    expect(motor.leftDuty).toBe(0.5);
    expect(motor.rightDuty).toBe(-1);
    expect(motor.leftV / 4.05).toBeCloseTo(1, 1);
  });

  it.each([
    ["while the driver is not enabled", { ...drive, enable: false }, []],
    ["without their supply", drive, ["motor"]],
    ["on a duty that is no number", { ...drive, leftDuty: Number.NaN, rightDuty: 0 }, []],
  ] as const)("get nothing %s", (_, outputs, faults) => {
    const devices = createDevices(board, createRayCaster([]), 1, new Set<FaultyPart>(faults));
    const motor = devices.outputs(0, body, outputs);
    expect([motor.leftV, motor.rightV]).toEqual([0, 0]);
  });
});

describe("a sonar without power", () => {
  it("never ends a measurement", () => {
    const devices = createDevices(board, createRayCaster([]), 1, new Set<FaultyPart>(["range"]));
    devices.outputs(0, body, { ...drive, triggerSonar: 0 });
    const echoes = Array.from({ length: 100 }, (_, ms) => devices.inputs(ms, body).echoUs[0]);
    expect(new Set(echoes)).toEqual(new Set([0]));
  });
});
