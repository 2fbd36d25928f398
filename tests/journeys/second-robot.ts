import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { loadWorld } from "@timmy/sim/world";

const root = fileURLToPath(new URL("../../", import.meta.url));
const running = new Set<{ readonly children: ChildProcess[]; readonly run: string }>();

/** A part as the supervisor starts it; settles when it says that it is ready. */
async function startPart(file: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.includes('"ready":true')) resolve();
    });
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}:\n${said}`)));
  });
  return child;
}

/** Another robot in a house of its own, on a broker that is there: its own world, process and folder. */
export async function startSecondRobot(options: {
  readonly node: string;
  readonly mqttPort: number;
  readonly folder: string;
  readonly ownerKey: string;
  readonly vacant?: boolean;
}): Promise<{ stop(): Promise<void> }> {
  const { node, mqttPort, folder, ownerKey, vacant = false } = options;
  const run = mkdtempSync(join(tmpdir(), "timmy-second-"));
  const plan = join(run, "plan.json");
  writeFileSync(plan, JSON.stringify(loadWorld("house_001").plan));
  const house = ["--world", "house_001", "--seed", "2", "--sockets", run, "--speed", "1"];
  const world = await startPart("sim/src/main.ts", house);
  const robot = await startPart("robot/src/main.ts", [
    ...["--node", node, "--broker", `mqtt://127.0.0.1:${mqttPort}`, "--plan", plan],
    ...["--core", join(run, "core.sock"), "--sensors", join(run, "sensors.sock")],
    ...["--data", folder, "--owner-key", ownerKey],
    ...(vacant ? ["--vacant"] : []),
  ]);
  const entry = { children: [robot, world], run };
  running.add(entry);
  return { stop: () => end(entry) };
}

async function end(entry: { readonly children: ChildProcess[]; readonly run: string }) {
  for (const child of entry.children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  rmSync(entry.run, { recursive: true, force: true });
  running.delete(entry);
}

export async function endSecondRobots(): Promise<void> {
  for (const entry of [...running]) await end(entry);
}
