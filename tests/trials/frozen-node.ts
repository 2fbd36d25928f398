import { type FrozenResult, freeze, frozenHosts, frozenHows } from "../hil/frozen.ts";
import type { Trial, TrialOptions, TrialResult } from "./trial.ts";

const worst = (results: readonly FrozenResult[], of: (result: FrozenResult) => number): number =>
  Math.max(...results.map(of));

/** Each host and each way in turn, n of them; planted: a ghost drives on while the robot is gone. */
async function run({ n, plant }: TrialOptions): Promise<TrialResult> {
  const results: FrozenResult[] = [];
  const cases = frozenHows.flatMap((how) => frozenHosts.map((host) => ({ host, how })));
  for (let k = 0; k < n; k++) {
    const next = cases[k % cases.length];
    if (next !== undefined) results.push(await freeze(next.host, next.how, plant));
  }
  const late = results.filter(({ stillTicks, boundTicks }) => stillTicks > boundTicks).length;
  const movedTicks = results.reduce((sum, result) => sum + result.movedTicks, 0);
  const motorTicks = results.reduce((sum, result) => sum + result.motorTicks, 0);
  const figures: Record<string, number | string> = {
    late,
    movedTicks,
    motorTicks,
    worstStillTicks: worst(results, ({ stillTicks }) => stillTicks),
    leastTicksToSpare: -worst(results, ({ stillTicks, boundTicks }) => stillTicks - boundTicks),
  };
  for (const host of frozenHosts) {
    const ran = results.filter((result) => result.host === host);
    figures[`${host}Runs`] = ran.length;
  }
  return { pass: late === 0 && movedTicks === 0 && motorTicks === 0, figures };
}

export const trial: Trial = {
  title: "The robot process is frozen for 5 s, killed, or held back behind a queue, in mid-drive",
  defaultN: 6,
  run,
};
