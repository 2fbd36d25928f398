import { spawnSync } from "node:child_process";

// One check for hand and CI: format and lint, types, promises, unused code, unit tests and tidy.
const steps: [name: string, command: string, ...args: string[]][] = [
  ["format and lint", "biome", "ci", "--colors=off", "--error-on-warnings", "."],
  ["types", "tsc", "-p", "."],
  ["types of the web UI", "tsc", "-p", "companion/web"],
  ["promises", "oxlint", "--type-aware", "--deny-warnings", "."],
  ["unused code", "knip"],
  ["unit tests and tidy", "vitest", "run", "--project", "unit"],
];

for (const [name, command, ...args] of steps) {
  const startMs = performance.now();
  const done = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (done.status !== 0) {
    process.stdout.write(done.stdout ?? "");
    process.stderr.write(done.stderr ?? "");
    console.error(`check: ${name} failed after ${seconds} s (${command} ${args.join(" ")})`);
    process.exit(1);
  }
  console.log(`check: ${name} passed in ${seconds} s`);
}
