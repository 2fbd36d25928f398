import { spawn } from "node:child_process";
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Spawn, spawnChild } from "@timmy/companion/child-process";
import type { ProcessSpec } from "@timmy/companion/supervised-part";
import { createSupervisor } from "@timmy/companion/supervisor";
import { TimmyError } from "@timmy/shared/errors";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { loadWorld, type World } from "@timmy/sim/world";
import { takeFolder } from "./data-folder.ts";
import { companionNode, robotNode } from "./house.ts";
import type { UpOptions } from "./up-options.ts";

/** A house of real processes, for whoever works in it. */
export interface LiveHouse {
  readonly world: World;
  readonly mqttUrl: string;
  readonly truthSocket: string;
  readonly speed: number;
}

/** Bytes after which a log is put aside at the next start; one older one is kept. */
const logBytes = 10_000_000;

const say = (line: string) => process.stderr.write(`${line}\n`);
const fileOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Refuses a taken port before anything is started, with the option that chooses another. */
function checkPort(port: number, option: string): Promise<void> {
  return new Promise((done, refuse) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "" : ` (${error.code})`;
      const hint = `Port ${port}${why}; choose another with ${option}.`;
      refuse(new TimmyError("port-taken", hint, { cause: error }));
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => done()));
  });
}

/** Everything the parts write goes to one log file, a line each, with the part's name. */
function createLoggedSpawn(logFile: string): Spawn {
  if (existsSync(logFile) && statSync(logFile).size > logBytes) {
    renameSync(logFile, `${logFile}.1`);
  }
  const log = createWriteStream(logFile, { flags: "a" });
  let broken = false;
  log.on("error", (error) => {
    if (!broken) say(`The log ${logFile} cannot be written (${error.message}); going on without.`);
    broken = true;
  });
  return (command, args) => {
    const child = spawnChild(command, args);
    return {
      ...child,
      onLine: (listen) =>
        child.onLine((from, line) => {
          if (!broken) log.write(`${line}\n`);
          listen(from, line);
        }),
    };
  };
}

function processSpecs(
  options: UpOptions & { readonly money: boolean },
  world: World,
  run: string,
): ProcessSpec[] {
  const node = process.execPath;
  const mqttUrl = `mqtt://127.0.0.1:${options.mqttPort}`;
  const planFile = join(run, "plan.json");
  writeFileSync(planFile, JSON.stringify(world.plan));
  const readyLine = /"ready":true/;
  const part = (name: string, file: string, args: readonly string[]): ProcessSpec => ({
    name,
    command: node,
    args: [fileOf(file), ...args],
    readyLine,
  });
  const treasurySocket = join(run, "treasury.sock");
  const keyFile = options.keyFile === null ? [] : ["--key-file", resolve(options.keyFile)];
  // A house drives on without its books; what is wrong with them is said, and tried again.
  const treasury: ProcessSpec = {
    ...part("treasury", "companion/src/treasury-main.ts", [
      ...["--socket", treasurySocket, "--data", options.folder],
      ...["--lightning", options.lightning, ...keyFile],
    ]),
    essential: false,
  };
  const ownerKey = ["--owner-key", join(options.folder, "owner.key")];
  const closed = options.closed.flatMap((room) => ["--close", room]);
  const world3d = ["--world", options.world, "--seed", String(options.seed), "--sockets", run];
  return [
    part("broker", "companion/src/broker-main.ts", ["--port", String(options.mqttPort)]),
    part("world", "sim/src/main.ts", [...world3d, ...closed, "--speed", String(options.speed)]),
    {
      ...part("robot", "robot/src/main.ts", [
        "--node",
        robotNode,
        "--companion",
        companionNode,
        "--broker",
        mqttUrl,
        "--core",
        join(run, "core.sock"),
        "--sensors",
        join(run, "sensors.sock"),
        "--plan",
        planFile,
        "--data",
        options.folder,
        ...ownerKey,
        "--pose-file",
        join(run, "pose.json"),
        "--ui",
        options.headless ? "" : `http://127.0.0.1:${options.httpPort}/`,
      ]),
      stopFirst: true,
    },
    ...(options.money ? [treasury] : []),
    part("companion", "companion/src/main.ts", [
      "--port",
      String(options.httpPort),
      "--broker",
      mqttUrl,
      "--node",
      companionNode,
      "--robot",
      robotNode,
      "--data",
      join(options.folder, "companion"),
      ...ownerKey,
      "--model",
      options.model,
      ...(options.money ? ["--treasury", treasurySocket] : []),
    ]),
  ];
}

/** Opens the page where there is a display; says what to do where there is none. */
function openPage(url: string): void {
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  const display =
    process.platform === "darwin" || process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"];
  if (!display) {
    say("  There is no display here: open that address in a browser, or use --headless.");
    return;
  }
  const child = spawn(command, [url], { stdio: "ignore", detached: true });
  child.on("error", () => say(`  ${command} is not installed: open that address yourself.`));
  child.unref();
}

function tellReady(options: UpOptions, run: string, logFile: string): void {
  const dashboard = `http://127.0.0.1:${options.httpPort}/`;
  const mqtt = `mqtt://127.0.0.1:${options.mqttPort}`;
  if (options.json) {
    const ready = { ready: true, dashboard, mqtt, truth: join(run, "truth.sock"), log: logFile };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    return;
  }
  say("");
  say("Timmy is up.");
  if (!options.headless) say(`  Dashboard  ${dashboard}`);
  say(`  MQTT       ${mqtt}   topics timmy/v1/${robotNode}/#`);
  say(`  Log        ${logFile}`);
  say("  Ctrl-C stops the robot first, then everything else.");
  if (!options.headless && options.open) openPage(dashboard);
}

/**
 * Starts broker, world, robot and companion as processes of their own under one supervisor; runs
 * `work` in them, or keeps them until Ctrl-C. Answers the exit code.
 */
export async function runProcesses(
  options: UpOptions,
  work: ((house: LiveHouse) => Promise<number>) | null,
): Promise<number> {
  const world = loadWorld(options.world, { closedDoors: options.closed });
  await checkPort(options.mqttPort, "--mqtt-port");
  await checkPort(options.httpPort, "--port");
  if (!options.headless) {
    const { buildWeb } = await import("./web-build.ts");
    await buildWeb(say);
  }
  const folder = resolve(options.folder);
  const release = takeFolder(folder);
  const logFile = join(folder, "timmy.log");
  const run = mkdtempSync(join(tmpdir(), "timmy-"));
  // One instruction needs no money.
  const money = options.lightning !== "none" && work === null;
  const supervisor = createSupervisor({
    processes: processSpecs({ ...options, folder, money }, world, run),
    time: createSystemTime(),
    logger: createMemoryLogger(),
    spawn: createLoggedSpawn(logFile),
    onEvent: ({ sentence }) => say(sentence),
  });
  const leave = () => void supervisor.stop();
  process.on("SIGINT", leave);
  process.on("SIGTERM", leave);
  // A terminal that was closed.
  process.on("SIGHUP", leave);
  try {
    const started = await supervisor.start();
    if (!started.ok) return 1;
    if (work === null) {
      tellReady(options, run, logFile);
      return (await supervisor.ended) === null ? 0 : 1;
    }
    const speed = options.speed === "lockstep" ? 1 : options.speed;
    const mqttUrl = `mqtt://127.0.0.1:${options.mqttPort}`;
    const house = { world, mqttUrl, truthSocket: join(run, "truth.sock"), speed };
    const broken = supervisor.ended.then(() => 1);
    return await Promise.race([work(house), broken]);
  } finally {
    await supervisor.stop();
    rmSync(run, { recursive: true, force: true });
    release();
  }
}
