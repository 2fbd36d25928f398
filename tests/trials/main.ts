// npm run trial -- <name> [--n N] [--seed S] [--json] [--plant]
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Trial } from "./trial.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    plant: { type: "boolean", default: false },
  },
});

async function loadTrial(name: string): Promise<Trial> {
  const url = new URL(`${name}.ts`, import.meta.url);
  const found = /^[a-z-]+$/.test(name) && name !== "main" && existsSync(url);
  const module: { trial?: Trial } = found ? await import(url.href) : {};
  if (module.trial === undefined) throw new RangeError(`there is no trial "${name}"`);
  return module.trial;
}

const name = positionals[0] ?? "";
const trial = await loadTrial(name);
const options = {
  n: values.n === undefined ? trial.defaultN : Number(values.n),
  seed: Number(values.seed),
  plant: values.plant,
};
if (!(options.n > 0)) throw new RangeError("--n must be a number above 0");
const { pass, figures } = await trial.run(options);
const result = { trial: name, ...options, ...figures, pass };
if (values.json) console.log(JSON.stringify(result));
else {
  console.log(trial.title);
  for (const [key, value] of Object.entries(result)) console.log(`  ${key}: ${value}`);
}
process.exitCode = pass ? 0 : 1;
