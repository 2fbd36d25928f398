import { parseArgs } from "node:util";
import { bridgeLatency } from "./bridge-latency.ts";
import { ledgerCommits } from "./ledger-commits.ts";
import { ledgerRecovery } from "./ledger-recovery.ts";
import { ledgerSales } from "./ledger-sales.ts";
import { ledgerSize } from "./ledger-size.ts";
import { houseBench, stopWhileHung } from "./mind.ts";
import type { BenchPart, BenchResult } from "./part.ts";
import { rp2040Ticks } from "./realtime.ts";
import { recallAmongAMillion, recallAmongMany } from "./recall.ts";
import { rtdLateness } from "./rtd-lateness.ts";
import { stateFile } from "./state-file.ts";

/** A new bench is a line here. */
const suites: Readonly<Record<string, readonly BenchPart[]>> = {
  realtime: [rp2040Ticks, rtdLateness, bridgeLatency],
  ledger: [ledgerCommits, ledgerSize, ledgerRecovery, ledgerSales],
  recall: [recallAmongMany],
  "recall-million": [recallAmongAMillion],
  mind: [houseBench, stopWhileHung],
  state: [stateFile],
};

const usage = `npm run bench -- SUITE: speeds, beside a control in the same run.

  SUITE          one of ${Object.keys(suites).join(", ")}
  --seconds N    how long each part measures (default 10)
  --json         one JSON object, figures with their units, and "pass" against their targets

Example: npm run bench -- realtime --seconds 5
Exit codes: 0 within the targets, 1 not, 2 the command line was not understood.
`;

function refuse(sentence: string): never {
  console.error(`${sentence} See --help.`);
  process.exit(2);
}

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: "string", default: "10" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { values, positionals } = read();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const [name = ""] = positionals;
const parts = suites[name] ?? refuse(`There is no bench "${name}".`);
const seconds = Number(values.seconds);
if (!(seconds > 0)) refuse(`--seconds wants a number above 0, not "${values.seconds}".`);
const results: BenchResult[] = [];
for (const part of parts) {
  const result = await part({ seconds });
  results.push(result);
  console.error(result.sentence);
}
const pass = results.every((result) => result.pass !== false);
if (values.json) {
  const figures = Object.fromEntries(results.map((r) => [r.name, { ...r.figures, pass: r.pass }]));
  console.log(JSON.stringify({ bench: name, seconds, ...figures, pass }));
}
process.exit(pass ? 0 : 1);
