import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCapture } from "./capture.ts";
import { type Job, namespacesOf } from "./job.ts";
import { limits } from "./limits.ts";
import { countUnrouted, layNetwork, probeTarget } from "./network.ts";
import { readPacket, socketOf } from "./packet.ts";
import { plants } from "./plants.ts";
import { describeSightings, readTestRuns, type Sighting } from "./report.ts";
import { nameSender } from "./sender.ts";

// Runs inside fresh namespaces: lays the network, listens, runs the commands, says what left.
const root = fileURLToPath(new URL("../../", import.meta.url));
const job = JSON.parse(process.argv[2] ?? "{}") as Job;
if (namespacesOf("self").some((name) => job.outside.includes(name))) {
  throw new Error("this is part of zero-cloud and wants namespaces of its own");
}
const say = (line: string) => console.log(`zero-cloud: ${line}`);

async function run(words: readonly string[]): Promise<boolean> {
  const [command = "", ...rest] = words;
  // A proxy on the loopback would carry words past the capture.
  const env = Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name));
  const child = spawn(command, rest, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    // An installation that was forgotten fails at its first attempt, not after minutes.
    env: { ...Object.fromEntries(env), npm_config_fetch_retries: "0" },
  });
  const [code] = await once(child, "exit");
  say(`${code === 0 ? "passed" : `ended with ${code}`}: ${words.join(" ")}`);
  return code === 0;
}

async function runAll(): Promise<boolean> {
  let passed = true;
  for (const command of job.commands) passed = (await run(command)) && passed;
  return passed;
}

/** Everything that leaves while `work` runs; throws when the capture does not hear our own packet. */
async function watch(work: () => Promise<boolean>) {
  const sightings: Sighting[] = [];
  const senders = new Map<string, string>();
  let left = 0;
  let heardProbe = () => {};
  const capture = await startCapture(join(job.folder, "left.pcap"), (line) => {
    const packet = readPacket(line);
    if (packet === null) return;
    if (packet.to === probeTarget.address && packet.toPort === probeTarget.port) {
      heardProbe();
      return;
    }
    left += 1;
    const socket = socketOf(packet);
    const known = senders.get(socket);
    const sender =
      known ?? (senders.size < limits.senders ? nameSender(packet) : "somebody: too many to ask");
    senders.set(socket, sender);
    if (sightings.length < limits.packets) sightings.push({ packet, sender });
  });
  const probe = () =>
    new Promise<void>((resolve, reject) => {
      const deaf = () => reject(new Error("the capture did not hear our own packet"));
      const timer = setTimeout(deaf, limits.captureMs);
      heardProbe = () => {
        clearTimeout(timer);
        resolve();
      };
      const socket = createSocket("udp4");
      socket.send("probe", probeTarget.port, probeTarget.address, () => socket.close());
    });
  let passed = false;
  let dropped = 0;
  try {
    await probe();
    passed = await work();
    await probe();
  } finally {
    ({ dropped } = await capture.stop());
  }
  return { passed, left, dropped, sightings };
}

async function runTapped(): Promise<number> {
  const { passed, left, dropped, sightings } = await watch(runAll);
  const report = join(job.folder, "tests.json");
  const runs = existsSync(report) ? readTestRuns(readFileSync(report, "utf8"), root) : [];
  for (const line of describeSightings(sightings, runs)) console.log(line);
  if (left > 0) say(`all of it: tcpdump -n -r ${job.folder}/left.pcap`);
  say(
    `tapped network: ${left} ${left === 1 ? "packet" : "packets"} left; the capture heard its own two and lost ${dropped}`,
  );
  const missed = plants.filter(({ isIn }) => !sightings.some(({ packet }) => isIn(packet)));
  if (job.plant) for (const { title } of missed) say(`planted but not seen: ${title}`);
  if (dropped > 0 || (job.plant && missed.length > 0)) return 2;
  return passed && left === 0 ? 0 : 1;
}

async function runBare(): Promise<number> {
  const passed = await runAll();
  const { v4, v6 } = countUnrouted();
  say(`bare network: no route was found ${v4} times over IPv4, ${v6} times over IPv6`);
  return passed ? 0 : 1;
}

try {
  layNetwork(job.network, job.folder);
  process.exitCode = await (job.network === "tap" ? runTapped() : runBare());
} catch (error) {
  console.error(`zero-cloud: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
