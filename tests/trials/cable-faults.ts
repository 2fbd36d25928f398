import { type CableRound, cableFaults, layCable } from "../hil/cable.ts";
import type { Trial, TrialOptions, TrialResult } from "./trial.ts";

const stopBoundTicks = 250;
const backBoundMs = 3000;
/** Every fourth time the cable stays out for so long that the core latches the stop. */
const longOutageTicks = 700;

const worst = (values: readonly number[]): number => Math.round(Math.max(...values));

/** Planted: the robot drives with the longest time to live, and the bound does not hold. */
async function run({ n, plant }: TrialOptions): Promise<TrialResult> {
  const cable = await layCable(() => performance.now(), plant ? 250 : undefined);
  const rounds: CableRound[] = [];
  try {
    for (let k = 0; k < n; k++) {
      const fault = cableFaults[k % cableFaults.length] ?? "unplugged";
      const long = k % 16 >= 12;
      rounds.push(await cable.round(fault, long ? longOutageTicks : 0));
    }
  } finally {
    await cable.end();
  }
  const late = rounds.filter(({ stopTicks }) => stopTicks > stopBoundTicks).length;
  const lost = rounds.filter(({ backMs }) => backMs > backBoundMs).length;
  const moving = rounds.filter(({ stillMps }) => !(stillMps < 0.01)).length;
  const figures = {
    late,
    lost,
    moving,
    worstStopTicks: worst(rounds.map(({ stopTicks }) => stopTicks)),
    worstBackMs: worst(rounds.map(({ backMs }) => backMs)),
  };
  return { pass: late + lost + moving === 0, figures };
}

export const trial: Trial = {
  title: "The serial peer is killed, unplugged, renumbered and locked in mid-drive",
  defaultN: 100,
  run,
};
