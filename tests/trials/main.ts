import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Trial } from "./trial.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));
/** Each file of this folder that exports a trial is one. */
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && file !== "main.ts" && !file.endsWith(".test.ts"))
  .filter((file) => readFileSync(`${folder}${file}`, "utf8").includes("export const trial: Trial"))
  .map((file) => file.slice(0, -3));

const usage = `npm run trial -- NAME: faults by the thousand, and whether every promise held.

  NAME       one of ${names.join(", ")}
  --n N      how many times; each trial has a number of its own
  --seed S   the chance in it (default 1)
  --plant    put a fault into the thing under test: the trial must fail then
  --json     one JSON object, figures with their units, and "pass"

Example: npm run trial -- link-faults --n 1000
Exit codes: 0 passed, 1 failed, 2 the command line was not understood.
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
        n: { type: "string" },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        plant: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { positionals, values } = read();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const [name = ""] = positionals;
if (!names.includes(name)) refuse(`There is no trial "${name}"; there are ${names.join(", ")}.`);
const { trial }: { trial: Trial } = await import(`./${name}.ts`);
/** Milliseconds between two lines of a trial that takes long. */
const lineMs = 10_000;
let lineAtMs = performance.now() + lineMs;
const options = {
  n: values.n === undefined ? trial.defaultN : Number(values.n),
  seed: Number(values.seed),
  plant: values.plant,
};
if (!(options.n > 0)) refuse(`--n wants a number above 0, not "${values.n}".`);
if (!Number.isInteger(options.seed)) refuse(`--seed wants a whole number, not "${values.seed}".`);
console.error(`${trial.title} (n ${options.n}, seed ${options.seed}) ...`);
const { pass, figures } = await trial.run({
  ...options,
  onDone(done) {
    if (performance.now() < lineAtMs) return;
    lineAtMs = performance.now() + lineMs;
    console.error(`  ${done} of ${options.n} ...`);
  },
});
const result = { trial: name, ...options, ...figures, pass };
if (values.json) console.log(JSON.stringify(result));
else for (const [key, value] of Object.entries(result)) console.log(`  ${key}: ${value}`);
process.exit(pass ? 0 : 1);
