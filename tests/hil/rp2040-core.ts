import {
  type CoreHost,
  type CoreInputs,
  type CoreOutputs,
  createCoreInputs,
} from "@timmy/hardware/core-host";
import { createRp2040Chip, type Rp2040Chip } from "./rp2040-chip.ts";

/** The emulated board as a host of the core: levels and edges on its pins in, duty out. */
export interface Rp2040Core extends CoreHost {
  readonly tier: "hard";
  readonly chip: Rp2040Chip;
  /** Milliseconds in which no tick ended. */
  missed(): number;
}

/** As in hosts/rp2040/pins.h. */
export const pins = {
  leftForward: 4,
  leftBackward: 5,
  rightForward: 6,
  rightBackward: 7,
  enable: 8,
  estop: 9,
  leftEncoder: 10,
  rightEncoder: 12,
  trigger: [14, 16, 18],
  echo: [15, 17, 19],
  leftBumper: 20,
  rightBumper: 21,
} as const;

const motorCompare = 0x4005_0000 + 0x14 + 0x0c;
const pwmPeriod = 6250;
const batteryFullScaleMv = 10_560;
/** From the end of an HC-SR04's trigger to the rise of its echo pin (datasheet, timing diagram). */
const datasheetBurstUs = 450;
/** How long the echo pin stays up when nothing came back. */
const silentUs = 37_500;
/** Edges of one millisecond come within this time after the last tick. */
const edgesUs = 800;
/** No encoder is faster than this many counts in 1 ms; more come later. */
const mostEdges = 100;
/** Channels A (bit 0) and B in the order of turning forward. */
const quadrature = [0b00, 0b01, 0b11, 0b10];

const adcSteps = (batteryMv: number): number =>
  Math.min(4095, Math.max(0, Math.round((batteryMv * 4096) / batteryFullScaleMv)));

function createEncoderPins(chip: Rp2040Chip, pin: number) {
  let counts = 0;
  return (target: number): void => {
    const delta = (target - counts) | 0;
    const edges = Math.min(Math.abs(delta), mostEdges);
    for (let k = 1; k <= edges; k++) {
      counts = (counts + Math.sign(delta)) | 0;
      const state = quadrature[counts & 3] ?? 0;
      const atUs = chip.nowUs() + (k * edgesUs) / (edges + 1);
      chip.drive(pin, (state & 1) !== 0, atUs);
      chip.drive(pin + 1, (state & 2) !== 0, atUs);
    }
  };
}

/** A sonar that says how long its echo was only when the echo ends: then it has been up so long. */
function createSonarPins(chip: Rp2040Chip, trigger: number, echo: number, burstUs: number) {
  let roseUs: number | null = null;
  let raised = false;
  chip.watch(trigger, (level) => {
    if (level) {
      raised = true;
      return;
    }
    // A part that never answered the last trigger is dead; its pin falls too late to be believed.
    chip.drive(echo, false);
    roseUs = chip.nowUs() + burstUs;
    chip.drive(echo, true, roseUs);
  });
  return {
    end(echoUs: number): void {
      if (echoUs === 0 || roseUs === null) return;
      chip.drive(echo, false, roseUs + (echoUs < 0 ? silentUs : echoUs));
      roseUs = null;
    },
    triggered(): boolean {
      const was = raised;
      raised = false;
      return was;
    },
  };
}

/**
 * Powers the emulated board up, with sonars that wait `burstUs` before their echo pin rises; its
 * first ticks have passed when this returns.
 */
export function createRp2040Core(
  chip: Rp2040Chip = createRp2040Chip(),
  burstUs = datasheetBurstUs,
): Rp2040Core {
  const left = createEncoderPins(chip, pins.leftEncoder);
  const right = createEncoderPins(chip, pins.rightEncoder);
  const sonars = pins.trigger.map((pin, k) =>
    createSonarPins(chip, pin, pins.echo[k] ?? 0, burstUs),
  );
  const outputs: CoreOutputs = { leftDuty: 0, rightDuty: 0, enable: false, triggerSonar: -1 };
  let missed = 0;
  for (const pin of [pins.leftEncoder, pins.rightEncoder, ...pins.echo]) {
    chip.drive(pin, false);
    if (!pins.echo.some((echo) => echo === pin)) chip.drive(pin + 1, false);
  }
  chip.drive(pins.estop, false);
  chip.setAdc(0, adcSteps(createCoreInputs().batteryMv));
  chip.runTick(chip.nowUs() + 10_000);

  function duty(compare: number, forward: number, backward: number): number {
    if (!outputs.enable || chip.high(forward) === chip.high(backward)) return 0;
    return ((chip.high(forward) ? 1 : -1) * compare) / pwmPeriod;
  }
  function writePins(inputs: Readonly<CoreInputs>): void {
    left(inputs.leftCounts);
    right(inputs.rightCounts);
    for (const [k, sonar] of sonars.entries()) sonar.end(inputs.echoUs[k] ?? 0);
    chip.drive(pins.estop, inputs.estopOpen);
    chip.drive(pins.leftBumper, !inputs.bumperLeft);
    chip.drive(pins.rightBumper, !inputs.bumperRight);
    chip.setAdc(0, adcSteps(inputs.batteryMv));
  }

  return {
    tier: "hard",
    chip,
    tick(inputs: Readonly<CoreInputs>): Readonly<CoreOutputs> {
      writePins(inputs);
      if (!chip.runTick(chip.nowUs() + 1500)) missed++;
      outputs.enable = chip.high(pins.enable);
      const compare = chip.register(motorCompare);
      outputs.leftDuty = duty(compare & 0xffff, pins.leftForward, pins.leftBackward);
      outputs.rightDuty = duty(compare >>> 16, pins.rightForward, pins.rightBackward);
      outputs.triggerSonar = sonars.findIndex((sonar) => sonar.triggered());
      return outputs;
    },
    receive(bytes) {
      chip.send(bytes, "baud");
    },
    transmit: () => chip.take(),
    missed: () => missed,
  };
}
