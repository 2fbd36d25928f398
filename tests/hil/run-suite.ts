import { readExpected } from "./expected.ts";
import type { HilHost } from "./hil-host.ts";
import { expectedOf, replay } from "./replay.ts";
import { suite } from "./scripts.ts";

export interface SuiteReport {
  readonly ticks: number;
  readonly wrong: readonly string[];
}

/** Runs every script, or one in `every`; names those that do something else than is committed. Closes the host. */
export async function runSuite(host: HilHost, every = 1): Promise<SuiteReport> {
  const expected = readExpected();
  const wrong: string[] = [];
  let ticks = 0;
  try {
    for (const [index, script] of suite().entries()) {
      if (index % every !== 0) continue;
      const { traces, missed } = await replay(host, script);
      ticks += traces.length;
      const found = expectedOf(script, traces);
      const wanted = expected[script.name];
      const same = found.trace === wanted?.trace && found.script === wanted.script;
      if (!same) wrong.push(`${script.name}: ${JSON.stringify(found)}`);
      wrong.push(...missed.map((problem) => `${script.name}: ${problem}`));
    }
  } finally {
    await host.close();
  }
  return { ticks, wrong };
}
