import type { Board } from "@timmy/hardware/board";
import { type CoreInputs, type CoreOutputs, createCoreInputs } from "@timmy/hardware/core-host";

/** What a test does to the world around the core; every field may change between two ticks. */
export interface PlantFaults {
  /** Metres from the front sonar to an obstacle when the robot stood at its start; Infinity: none. */
  obstacleM: number;
  /** A dead sonar ends no measurement. */
  sonarDead: boolean;
  /** Every echo takes exactly this long; null: the sonar works. */
  sonarStuckUs: number | null;
  leftBlocked: boolean;
  rightBlocked: boolean;
  /** Wheels turn at this speed whatever the motors do; null: they obey. */
  pushedMps: number | null;
  /** -1 as if the left encoder's channels were swapped. */
  leftEncoderSign: 1 | -1;
  /** Share of the speed that the motors reach. */
  motorGain: number;
  /** Time constant of the motors over the board's. */
  motorLag: number;
  /** True diameters and track over the board's: what UMBmark finds. */
  leftWheelScale: number;
  rightWheelScale: number;
  trackScale: number;
}

export interface Plant {
  readonly faults: PlantFaults;
  readonly inputs: CoreInputs;
  /** True wheel speeds, m/s, the way of the middle, metres, and where that led. */
  readonly truth: {
    leftMps: number;
    rightMps: number;
    wayM: number;
    xM: number;
    yM: number;
    headingRad: number;
  };
  /** The world's millisecond after the core's: motors, wheels, sonar. */
  step(outputs: Readonly<CoreOutputs>): void;
}

const silentMs = 38;

/** A tiny world for the core's own tests: first-order motors and one sonar, no dynamics beyond. */
export function createPlant(board: Board): Plant {
  const inputs = createCoreInputs();
  const faults: PlantFaults = {
    obstacleM: Number.POSITIVE_INFINITY,
    sonarDead: false,
    sonarStuckUs: null,
    leftBlocked: false,
    rightBlocked: false,
    pushedMps: null,
    leftEncoderSign: 1,
    motorGain: 1,
    motorLag: 1,
    leftWheelScale: 1,
    rightWheelScale: 1,
    trackScale: 1,
  };
  const truth = { leftMps: 0, rightMps: 0, wayM: 0, xM: 0, yM: 0, headingRad: 0 };
  const metresPerCount = (2 * Math.PI * board.wheel_radius_m) / board.counts_per_rev;
  const fullMps = board.motor.no_load_radps * board.wheel_radius_m;
  let leftM = 0;
  let rightM = 0;
  let echoInMs = 0;
  let echoUs = 0;

  function speed(now: number, duty: number, blocked: boolean): number {
    if (blocked) return 0;
    if (faults.pushedMps !== null) return faults.pushedMps;
    const share = 1 - Math.exp(-0.001 / (board.motor.time_constant_s * faults.motorLag));
    const volts = inputs.batteryMv / 1000 / board.motor.nominal_v;
    return now + (duty * volts * fullMps * faults.motorGain - now) * share;
  }

  function hear(triggered: boolean): void {
    inputs.echoUs[0] = 0;
    if (echoInMs > 0 && --echoInMs === 0) inputs.echoUs[0] = echoUs;
    if (!triggered || faults.sonarDead || echoInMs > 0) return;
    const rangeM = Math.max(0.02, faults.obstacleM - truth.wayM);
    echoUs = faults.sonarStuckUs ?? (rangeM > 4 ? -1 : Math.round(rangeM / 0.000_171_5));
    echoInMs = echoUs < 0 ? silentMs : Math.ceil(echoUs / 1000);
  }

  return {
    faults,
    inputs,
    truth,
    step(outputs) {
      const left = outputs.enable ? outputs.leftDuty : 0;
      const right = outputs.enable ? outputs.rightDuty : 0;
      truth.leftMps = speed(truth.leftMps, left, faults.leftBlocked);
      truth.rightMps = speed(truth.rightMps, right, faults.rightBlocked);
      leftM += truth.leftMps * 0.001;
      rightM += truth.rightMps * 0.001;
      const drivenM = (leftM + rightM) / 2 - truth.wayM;
      truth.wayM += drivenM;
      truth.headingRad = (rightM - leftM) / (board.track_m * faults.trackScale);
      truth.xM += drivenM * Math.cos(truth.headingRad);
      truth.yM += drivenM * Math.sin(truth.headingRad);
      const leftCount = metresPerCount * faults.leftWheelScale;
      const rightCount = metresPerCount * faults.rightWheelScale;
      inputs.leftCounts = Math.floor((faults.leftEncoderSign * leftM) / leftCount) | 0;
      inputs.rightCounts = Math.floor(rightM / rightCount) | 0;
      hear(outputs.triggerSonar === 0);
    },
  };
}
