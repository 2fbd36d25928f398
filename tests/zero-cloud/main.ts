import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareLlama } from "../llama/llama-package.ts";
import { buildTools, lackOfTools } from "../regtest/tools.ts";
import { type Job, namespacesOf } from "./job.ts";
import { findLack } from "./lack.ts";

const help = `npm run zero-cloud: the tests where no network is, and who tried to reach one.

  npm run zero-cloud                      a drive and all tests on a network whose other end is
                                          nobody and where every packet is captured; then a
                                          drive where there is nothing but the loopback
  npm run zero-cloud -- --project unit    what is not listed here goes to vitest
  npm run zero-cloud -- --bare ...        the tests too with nothing but the loopback, no capture
  npm run zero-cloud -- --plant           leaks on purpose, instead of tests; must exit with 1

Needs root on Linux, tcpdump and iproute2; the machine's own network is not touched.
Exit codes: 0 passed and nothing left, 1 a test failed or something left, 2 it cannot be done here.
`;

const drive = ["npm", "start", "--silent", "--"].concat([
  "--headless",
  "--once",
  "go to the kitchen",
  "--json",
]);
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "timmy-zero-cloud-"));

/** Runs a job in namespaces of its own, which end with the last process in them. */
async function inside(job: Omit<Job, "folder" | "outside">): Promise<number> {
  const whole: Job = { ...job, folder, outside: namespacesOf("self") };
  const words = ["--net", "--mount", process.execPath, file("inside-main.ts")];
  const child = spawn("unshare", [...words, JSON.stringify(whole)], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  return code ?? 2;
}

/** What a test would fetch the first time is fetched and built now, while there is a network. */
async function prepare(): Promise<void> {
  if (lackOfTools() === null) await buildTools((line) => console.log(`zero-cloud: ${line}`));
  prepareLlama();
}

async function runAll(words: readonly string[]): Promise<number> {
  const plant = words.includes("--plant");
  if (plant) {
    const leak = [process.execPath, file("plant-main.ts")];
    return inside({ network: "tap", commands: [leak], plant });
  }
  await prepare();
  const reporters = ["--reporter=default", "--reporter=json"].concat(
    `--outputFile.json=${folder}/tests.json`,
  );
  const rest = words.filter((word) => word !== "--bare");
  const tests = [process.execPath, file("../../scripts/test.ts"), ...reporters, ...rest];
  if (words.includes("--bare")) {
    return inside({ network: "bare", commands: [drive, tests], plant });
  }
  const tapped = await inside({ network: "tap", commands: [drive, tests], plant });
  const bare = await inside({ network: "bare", commands: [drive], plant });
  return Math.max(tapped, bare);
}

const words = process.argv.slice(2);
const lack = findLack();
if (words.includes("--help")) console.log(help);
else if (lack !== null) console.error(`zero-cloud: ${lack}`);
process.exitCode = lack === null || words.includes("--help") ? 0 : 2;
if (lack === null && !words.includes("--help")) process.exitCode = await runAll(words);
// A capture of something stays, to be read.
if (process.exitCode === 0 || lack !== null) rmSync(folder, { recursive: true, force: true });
