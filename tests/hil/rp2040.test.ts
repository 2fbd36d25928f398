import { buildRp2040, missingArmTools } from "@timmy/hardware/rp2040-build";
import { describe, expect, it } from "vitest";
import { createRp2040Chip } from "./rp2040-chip.ts";
import { createRp2040Core, pins } from "./rp2040-core.ts";
import { createDrive } from "./rp2040-drive.ts";

const missing = missingArmTools();
const required = process.env["TIMMY_REQUIRE"] === "all";
const lacks = missing.length === 0 ? "" : ` [missing here: ${missing.join(", ")}]`;
/** 10 % of 125 MHz at 1 kHz. */
const tickLimit = 12_500;
/** Bits of a stop's reasons (core/stop.h). */
const reasons = { estopInput: 1 << 2, bumper: 1 << 8 };

/** The small plant tells an echo's end one tick later than the part would. */
const plantBurstUs = 1000;

function openBoard(uf2?: Uint8Array) {
  const core = createRp2040Core(createRp2040Chip(uf2), plantBurstUs);
  return { core, chip: core.chip, drive: createDrive(core) };
}

function openMoving(uf2?: Uint8Array) {
  const board = openBoard(uf2);
  expect(board.drive.arm()).toBe(true);
  board.drive.plant.faults.obstacleM = 3;
  board.drive.drive(0.3, 0, 800);
  return board;
}

describe("the emulated RP2040", () => {
  it("drives at the asked speed, measured by its own encoder pins, and counts the way", () => {
    const { drive, chip } = openMoving();
    expect(drive.plant.truth.leftMps).toBeCloseTo(0.3, 2);
    const state = drive.state();
    expect(state?.leftMps).toBeCloseTo(0.3, 2);
    expect(state?.xM ?? 0).toBeCloseTo(drive.plant.truth.xM, 1);
    drive.drive(-0.2, 0, 1500);
    expect(drive.plant.truth.leftMps).toBeCloseTo(-0.2, 2);
    drive.drive(0, 1, 1500);
    expect(drive.state()?.rightMps ?? 0).toBeCloseTo(0.085, 2);
    expect(drive.state()?.leftMps ?? 0).toBeCloseTo(-0.085, 2);
    // Interrupt levels of the UART's FIFO: the one thing that the emulator does not have.
    expect([...chip.complaints]).toEqual([expect.stringContaining("UART0")]);
  });

  it("measures echoes to the centimetre, and says when none came back", () => {
    const { drive } = openBoard();
    drive.plant.faults.obstacleM = 1.234;
    drive.run(300);
    expect(drive.state()?.frontMm).toBeGreaterThan(1224);
    expect(drive.state()?.frontMm).toBeLessThan(1244);
    drive.plant.faults.obstacleM = Number.POSITIVE_INFINITY;
    drive.run(500);
    expect(drive.state()?.frontMm).toBe(4000);
    drive.plant.faults.sonarDead = true;
    drive.run(300);
    // Not valid any more: bit 3 of the flags.
    expect((drive.state()?.flags ?? 0) & 8).toBe(0);
    drive.plant.faults.sonarDead = false;
    drive.run(300);
    expect((drive.state()?.flags ?? 0) & 8).toBe(8);
  });

  it("takes all forward duty off in the tick of an echo under the stop distance", () => {
    const { drive } = openMoving();
    const { faults, inputs, truth } = drive.plant;
    faults.obstacleM = truth.wayM + 0.09;
    const near = () => inputs.echoUs[0] > 0 && inputs.echoUs[0] < 600;
    for (let ms = 0; ms < 100 && !near(); ms++) drive.drive(0.3, 0, 1);
    expect(near()).toBe(true);
    expect(drive.outputs().leftDuty).toBeGreaterThan(0.1);
    drive.run(1);
    expect(drive.outputs().leftDuty).toBeLessThanOrEqual(0);
    expect(drive.outputs().rightDuty).toBeLessThanOrEqual(0);
  });

  it("takes the enable line off when the e-stop's wire is cut, and says so", () => {
    const { chip, drive } = openMoving();
    expect(chip.high(pins.enable)).toBe(true);
    drive.plant.inputs.estopOpen = true;
    drive.run(10);
    expect(chip.high(pins.enable)).toBe(false);
    expect(drive.outputs().leftDuty).toBe(0);
    drive.run(30);
    expect((drive.state()?.reasons ?? 0) & reasons.estopInput).not.toBe(0);
  });

  it("pulls its contacts up, so that a wire that is off reads as open", () => {
    const { chip } = openBoard();
    const padPullUp = 1 << 3;
    for (const pin of [pins.estop, pins.leftBumper, pins.rightBumper]) {
      expect(chip.register(0x4001_c004 + 4 * pin) & padPullUp).toBe(padPullUp);
    }
  });

  it("stops for a bumper", () => {
    const { drive } = openMoving();
    drive.plant.inputs.bumperRight = true;
    drive.run(600);
    expect(drive.plant.truth.leftMps).toBeCloseTo(0, 2);
    expect((drive.state()?.reasons ?? 0) & reasons.bumper).not.toBe(0);
  });

  it("reads the battery within 10 mV", () => {
    const { drive } = openBoard();
    drive.plant.inputs.batteryMv = 6800;
    drive.run(1000);
    expect(Math.abs((drive.state()?.batteryMv ?? 0) - 6800)).toBeLessThan(10);
  });

  it("plays servo and lamp on their own PWM slices", () => {
    const { chip, drive } = openBoard();
    drive.run(100);
    drive.send("hello");
    drive.run(10);
    drive.send("accessory", { pin: 0, value: 1500 });
    drive.send("accessory", { pin: 1, value: 40_000 });
    drive.run(10);
    const compare = (slice: number) => chip.register(0x4005_0000 + 0x14 * slice + 0x0c);
    expect(compare(3) & 0xffff).toBe(1500);
    expect(compare(4) >>> 16).toBe(40_000);
  });
});

describe("a tick of the emulated RP2040", () => {
  it("stays under 12,500 cycles and is never missed, in 8 s of driving and stopping", () => {
    const { chip, core, drive } = openMoving();
    const { ticks } = chip.meter;
    const startUs = chip.nowUs();
    for (let k = 0; k < 2; k++) {
      drive.plant.faults.obstacleM = drive.plant.truth.wayM + 3;
      drive.drive(0.5, 1.5, 1500);
      drive.drive(-0.3, -1, 1500);
    }
    drive.send("stop");
    drive.run(2000);
    const passedMs = Math.round((chip.nowUs() - startUs) / 1000);
    expect(chip.meter.ticks - ticks).toBe(passedMs);
    expect(core.missed()).toBe(0);
    expect(chip.meter.worstCycles).toBeLessThan(tickLimit);
    expect(chip.meter.worstCycles).toBeGreaterThan(3000);
    // Two banks of 4 KB hold the stack.
    expect(chip.stackBytes()).toBeLessThan(2048);
    expect(chip.resets()).toBe(0);
  }, 60_000);
});

describe.skipIf(missing.length > 0 && !required)(`a tick that hangs${lacks}`, () => {
  it("is ended by the hardware watchdog within 100 ms, with the motors' lines off", () => {
    const { uf2 } = buildRp2040(["PLANT_BLOCK_TICK"]);
    const { chip, core, drive } = openBoard(uf2);
    expect(drive.arm()).toBe(true);
    drive.plant.faults.obstacleM = 3;
    const enabled: boolean[] = [];
    let hungUs = 0;
    chip.watch(pins.enable, (level) => {
      enabled.push(level);
      if (!level) hungUs = chip.nowUs() - hungUs;
    });
    drive.run(400, (ms) => {
      if (chip.resets() > 0) return;
      if (core.missed() === 0) hungUs = chip.nowUs();
      if (ms % 40 === 0) {
        const generation = drive.state()?.generation ?? 0;
        drive.send("set-point", { generation, linearMps: 0.3, angularRadps: 0, ttlMs: 150 });
      }
    });
    expect(chip.resets()).toBe(1);
    expect(enabled.at(-1)).toBe(false);
    expect(hungUs).toBeGreaterThan(50_000);
    expect(hungUs).toBeLessThan(100_000);
    // Powered up anew, it waits for somebody to arm it.
    expect(chip.high(pins.enable)).toBe(false);
    drive.run(100);
    expect(drive.state()?.mode).toBe(1);
  }, 60_000);
});
