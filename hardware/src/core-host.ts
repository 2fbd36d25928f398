/** Sensor inputs of one tick, as the pins give them. One object is reused for all ticks. */
export interface CoreInputs {
  /** Encoder counts since power-up, signed 32 bits, wrapping; forward counts up on both sides. */
  leftCounts: number;
  rightCounts: number;
  /** Turn rate from the gyro, rad/s, counter-clockwise positive. */
  gyroRadps: number;
  /**
   * A sonar's echo that ended in this tick, microseconds; 0 = none ended; -1 = the part's long
   * pulse ended, no echo came back. A part that is dead or cut off gives 0 for ever.
   */
  echoUs: [front: number, left: number, right: number];
  bumperLeft: boolean;
  bumperRight: boolean;
  /** The e-stop contact is normally closed: true (open) is a stop, also when a wire is cut. */
  estopOpen: boolean;
  batteryMv: number;
}

/** What the core does to its pins in one tick. One object is reused for all ticks. */
export interface CoreOutputs {
  /** -1..1; times the battery's voltage it is the motor's. */
  leftDuty: number;
  rightDuty: number;
  /** The motor driver's enable line. */
  enable: boolean;
  /** Starts a measurement of a sonar in this tick; -1 = none, 0 = front, 1 = left, 2 = right. */
  triggerSonar: number;
}

/** A host of the real-time core: 1 kHz ticks, bytes of the link in and out. */
export interface CoreHost {
  readonly tier: "hard" | "firm" | "soft" | "simulated";
  /** Advances by exactly 1 ms. */
  tick(inputs: Readonly<CoreInputs>): Readonly<CoreOutputs>;
  /** Bytes from the bridge. */
  receive(bytes: Uint8Array): void;
  /** Bytes for the bridge since the last call; empty when there are none. */
  transmit(): Uint8Array;
}

export function createCoreInputs(): CoreInputs {
  return {
    leftCounts: 0,
    rightCounts: 0,
    gyroRadps: 0,
    echoUs: [0, 0, 0],
    bumperLeft: false,
    bumperRight: false,
    estopOpen: false,
    batteryMv: 7400,
  };
}
