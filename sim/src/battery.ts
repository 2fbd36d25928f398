import type { Board } from "@timmy/hardware/board";
import { clamp } from "@timmy/shared/units";
import type { ReplayRandom } from "./replay-random.ts";

/** A lithium-ion pack: its voltage falls with what was taken out, and with what flows now. */
export interface Battery {
  /** Takes the current of the motors (A) for `seconds`. */
  draw(motorA: number, seconds: number): void;
  /** At the terminals, volts. */
  volts(): number;
  /** What the gauge shows, millivolts. */
  readMv(): number;
  save(): BatteryState;
  restore(state: BatteryState): void;
}

export type BatteryState = readonly [charge: number, amps: number];

const startCharge = 0.9;
const innerOhm = 0.12;
/** The computer, camera and core, while nothing moves. */
const restA = 0.7;
/** INA219 bus voltage register, datasheet section 8.6.3.2: 4 mV a step. */
const gaugeStepMv = 4;
const gaugeNoiseMv = 3;
/** Open voltage over charge, as fractions between the board's empty and full. */
const curve: readonly (readonly [charge: number, share: number])[] = [
  [0, 0],
  [0.05, 0.3],
  [0.2, 0.47],
  [0.5, 0.6],
  [0.8, 0.8],
  [1, 1],
];

function shareAt(charge: number): number {
  for (let i = 1; i < curve.length; i++) {
    const [fromCharge, fromShare] = curve[i - 1] ?? [0, 0];
    const [toCharge, toShare] = curve[i] ?? [1, 1];
    if (charge > toCharge) continue;
    const part = (charge - fromCharge) / (toCharge - fromCharge);
    return fromShare + part * (toShare - fromShare);
  }
  return 1;
}

export function createBattery(board: Board["battery"], random: ReplayRandom): Battery {
  const capacityAs = (board.capacity_mah / 1000) * 3600;
  let charge = startCharge;
  let amps = restA;
  let terminalV = 0;
  function settle(): void {
    const open = board.empty_mv + shareAt(charge) * (board.full_mv - board.empty_mv);
    terminalV = open / 1000 - amps * innerOhm;
  }
  settle();
  return {
    draw(motorA, seconds) {
      amps = restA + motorA;
      charge = clamp(charge - (amps * seconds) / capacityAs, 0, 1);
      settle();
    },
    volts: () => terminalV,
    readMv() {
      const mv = terminalV * 1000 + gaugeNoiseMv * random.normal();
      return Math.max(0, Math.round(mv / gaugeStepMv) * gaugeStepMv);
    },
    save: () => [charge, amps],
    restore(state) {
      [charge, amps] = state;
      settle();
    },
  };
}
