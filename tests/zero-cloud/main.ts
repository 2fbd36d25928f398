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

const options = ["--headless", "--once", "go to the kitchen", "--json"];
const drive = ["npm", "start", "--silent", "--", ...options];
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Runs a job in namespaces of its own, which end with the last process in them. */
async function inside(job: Omit<Job, "outside">): Promise<number> {
  const whole: Job = { ...job, outside: namespacesOf("self") };
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

async function runAll(words: readonly string[], folder: string): Promise<number> {
  if (words.includes("--plant")) {
    const leak = [process.execPath, file("plant-main.ts")];
    return inside({ network: "tap", folder, commands: [leak], plant: true });
  }
  await prepare();
  const report = ["--reporter=default", "--reporter=json"].concat(
    `--outputFile.json=${folder}/tests.json`,
  );
  const rest = words.filter((word) => word !== "--bare");
  const tests = [process.execPath, file("../../scripts/test.ts"), ...report, ...rest];
  const all = { folder, commands: [drive, tests], plant: false };
  if (words.includes("--bare")) return inside({ ...all, network: "bare" });
  const tapped = await inside({ ...all, network: "tap" });
  const bare = await inside({ ...all, network: "bare", commands: [drive] });
  return Math.max(tapped, bare);
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(help);
    return 0;
  }
  const lack = findLack();
  if (lack !== null) {
    console.error(`zero-cloud: ${lack}`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "timmy-zero-cloud-"));
  const code = await runAll(words, folder);
  // A capture of something stays, to be read.
  if (code === 0) rmSync(folder, { recursive: true, force: true });
  return code;
}

process.exitCode = await main(process.argv.slice(2));
