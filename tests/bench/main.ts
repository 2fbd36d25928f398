// npm run bench -- <suite> [--seconds N] [--json]
import { parseArgs } from "node:util";
import type { BenchPart } from "./part.ts";
import { rp2040Ticks } from "./realtime.ts";
import { rtdLateness } from "./rtd-lateness.ts";

/** A new bench is a line here. */
const suites: Readonly<Record<string, readonly BenchPart[]>> = {
  realtime: [rp2040Ticks, rtdLateness],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "10" },
    json: { type: "boolean", default: false },
  },
});
const [name = ""] = positionals;
const parts = suites[name];
const seconds = Number(values.seconds);
if (parts === undefined || !(seconds > 0)) {
  console.error(`bench: one of ${Object.keys(suites).join(", ")}, then --seconds N, --json`);
  process.exit(2);
}
const results = [];
for (const part of parts) {
  const result = await part({ seconds });
  results.push(result);
  if (!values.json) console.log(result.sentence);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
