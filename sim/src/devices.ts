import type { Board } from "@timmy/hardware/board";
import { type CoreInputs, type CoreOutputs, createCoreInputs } from "@timmy/hardware/core-host";
import type { Pose } from "@timmy/shared/map/floor-plan";
import { clamp } from "@timmy/shared/units";
import { type BatteryState, createBattery } from "./battery.ts";
import { createEncoders } from "./encoders.ts";
import { createGyro } from "./gyro.ts";
import { physicsStepMs } from "./limits.ts";
import type { BodyState } from "./physics.ts";
import type { RayCaster } from "./ray-caster.ts";
import { createReplayRandom } from "./replay-random.ts";
import { createSonar, type Sonar } from "./sonar.ts";

export type FaultyPart = "motor" | "encoder" | "range" | "tags";

/** Voltages at the motors' terminals, and the duties that they came from. */
export interface MotorState {
  leftV: number;
  rightV: number;
  leftDuty: number;
  rightDuty: number;
}

/** The robot's parts between the core's pins and the physics. */
export interface Devices {
  /** Pin levels at this millisecond; one object is reused. */
  inputs(nowMs: number, body: Readonly<BodyState>): CoreInputs;
  /** Takes what the core did to its pins. */
  outputs(nowMs: number, body: Readonly<BodyState>, outputs: Readonly<CoreOutputs>): MotorState;
  /** To be called after each step of the physics. */
  moved(body: Readonly<BodyState>): void;
  save(): DevicesState;
  restore(state: DevicesState): void;
}

export interface DevicesState {
  readonly draws: readonly number[];
  readonly battery: BatteryState;
  readonly sonars: readonly (readonly [dueMs: number, echoUs: number] | null)[];
  readonly wheels: readonly WheelState[];
  readonly motor: Readonly<MotorState>;
}

interface WheelState {
  before: number;
  now: number;
  /** Radians that passed while the encoder was dead. */
  missed: number;
  held: number;
}

const sonarNames = ["front", "left", "right"] as const;
/** Two motors of one batch differ by about this share. */
const motorSigma = 0.005;
/** Current of a stalled motor at its nominal voltage: for the battery's load only. */
const stallA = 2.5;

const duty = (value: number): number => (Number.isFinite(value) ? clamp(value, -1, 1) : 0);

function sonarPlace(body: Readonly<BodyState>, mount: Board["sonars"][number]): Pose {
  const cos = Math.cos(body.headingRad);
  const sin = Math.sin(body.headingRad);
  return {
    xM: body.xM + mount.x_m * cos - mount.y_m * sin,
    yM: body.yM + mount.x_m * sin + mount.y_m * cos,
    headingRad: body.headingRad + (mount.heading_deg * Math.PI) / 180,
  };
}

/** Wheel angle as its encoder knows it; between two steps of the physics it is their middle. */
function encoderAngle(wheel: WheelState, nowMs: number, dead: boolean): number {
  const between = nowMs % physicsStepMs !== 0;
  const angle = between ? (wheel.before + wheel.now) / 2 : wheel.now;
  if (dead) wheel.missed = angle - wheel.held;
  wheel.held = angle - wheel.missed;
  return wheel.held;
}

interface MountedSonar {
  readonly mount: Board["sonars"][number];
  readonly sonar: Sonar;
}

function mountSonars(board: Board, rays: RayCaster, seed: number) {
  const randoms = sonarNames.map((name) => createReplayRandom(seed, `sonar ${name}`));
  const mounted = sonarNames.map((name, at): MountedSonar | null => {
    const mount = board.sonars.find((sonar) => sonar.name === name);
    const random = randoms[at];
    return mount && random ? { mount, sonar: createSonar(rays, random) } : null;
  });
  return { randoms, mounted };
}

export function createDevices(
  board: Board,
  rays: RayCaster,
  seed: number,
  faults: ReadonlySet<FaultyPart>,
): Devices {
  const gyroRandom = createReplayRandom(seed, "gyro");
  const batteryRandom = createReplayRandom(seed, "battery");
  const { randoms: sonarRandoms, mounted } = mountSonars(board, rays, seed);
  const randoms = [gyroRandom, batteryRandom, ...sonarRandoms];
  const encoders = createEncoders(board.counts_per_rev, createReplayRandom(seed, "encoder"));
  const gyro = createGyro(gyroRandom);
  const battery = createBattery(board.battery, batteryRandom);
  const motorRandom = createReplayRandom(seed, "motor");
  const leftGain = 1 + motorSigma * motorRandom.normal();
  const rightGain = 1 + motorSigma * motorRandom.normal();
  const ampsPerNm = stallA / board.motor.stall_nm;
  const inputs = createCoreInputs();
  const motor: MotorState = { leftV: 0, rightV: 0, leftDuty: 0, rightDuty: 0 };
  const wheels: [WheelState, WheelState] = [
    { before: 0, now: 0, missed: 0, held: 0 },
    { before: 0, now: 0, missed: 0, held: 0 },
  ];
  return {
    inputs(nowMs, body) {
      const dead = faults.has("encoder");
      const counts = encoders.read(
        encoderAngle(wheels[0], nowMs, dead),
        encoderAngle(wheels[1], nowMs, dead),
      );
      inputs.leftCounts = counts[0];
      inputs.rightCounts = counts[1];
      inputs.gyroRadps = gyro.read(body.turnRadps);
      for (let i = 0; i < mounted.length; i++) {
        inputs.echoUs[i] = mounted[i]?.sonar.poll(nowMs) ?? 0;
      }
      inputs.batteryMv = battery.readMv();
      return inputs;
    },
    outputs(nowMs, body, outputs) {
      // A sonar without power ends no measurement, and none times out either.
      const asked = faults.has("range") ? null : mounted[outputs.triggerSonar];
      if (asked) asked.sonar.trigger(nowMs, sonarPlace(body, asked.mount));
      // A driver that is not enabled, or has no supply, shorts its motor: that brakes.
      const driven = outputs.enable && !faults.has("motor");
      motor.leftDuty = driven ? duty(outputs.leftDuty) : 0;
      motor.rightDuty = driven ? duty(outputs.rightDuty) : 0;
      const volts = battery.volts();
      motor.leftV = motor.leftDuty * volts * leftGain;
      motor.rightV = motor.rightDuty * volts * rightGain;
      return motor;
    },
    moved(body) {
      wheels[0].before = wheels[0].now;
      wheels[1].before = wheels[1].now;
      wheels[0].now = body.leftRad;
      wheels[1].now = body.rightRad;
      const drawn =
        Math.abs(motor.leftDuty * body.leftNm) + Math.abs(motor.rightDuty * body.rightNm);
      battery.draw(drawn * ampsPerNm, physicsStepMs / 1000);
    },
    save: () => ({
      draws: randoms.map((random) => random.drawn()),
      battery: battery.save(),
      sonars: mounted.map((entry) => entry?.sonar.save() ?? null),
      wheels: wheels.map((wheel) => ({ ...wheel })),
      motor: { ...motor },
    }),
    restore(state) {
      randoms.forEach((random, at) => {
        random.seek(state.draws[at] ?? 0);
      });
      battery.restore(state.battery);
      state.sonars.forEach((saved, at) => {
        if (saved) mounted[at]?.sonar.restore(saved);
      });
      wheels.forEach((wheel, at) => {
        Object.assign(wheel, state.wheels[at]);
      });
      Object.assign(motor, state.motor);
    },
  };
}
