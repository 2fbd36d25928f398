#!/usr/bin/env node
import { createHash, randomBytes } from "node:crypto";
import { fstatSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createWorkerLink } from "@timmy/firmware-bridge/worker-link";
import type { CorePlace } from "@timmy/firmware-bridge/worker-messages";
import { loadBoard } from "@timmy/hardware/board";
import { openAgentStore } from "@timmy/memory/agent-store";
import { openOwnerKey, readSecrets } from "@timmy/memory/living/owner-key";
import { createFileSpool } from "@timmy/memory/living/spool";
import { freePath } from "@timmy/memory/state/import-state";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { type FloorPlan, floorPlanSchema } from "@timmy/shared/map/floor-plan";
import { nodePattern } from "@timmy/shared/mqtt/topics";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { createRobot, robotWill } from "./app.ts";
import { runDoctor } from "./doctor.ts";
import { poseKeepMs } from "./limits.ts";
import { createProcessLogger } from "./log.ts";
import { connectBus } from "./mqtt-connection.ts";
import { readPoseFile, writePoseFile } from "./pose-file.ts";
import { createSocketTagSensor } from "./socket-tag-sensor.ts";
import { silentVoice } from "./voice.ts";

const usage = `timmy-robot: the robot's own process.

  node robot/src/main.ts --core SOCKET --sensors SOCKET --plan FILE [options]
  node robot/src/main.ts doctor [--help]      how well this machine keeps time

  --core SOCKET       unix socket of the real-time core
  --serial PATTERN    a motor board on a cable instead, such as "/dev/serial/by-id/usb-*Timmy*"
  --sensors SOCKET    unix socket of the camera's tag sightings
  --plan FILE         floor plan (JSON, the form of shared/schemas/map.json, field "plan")
  --broker URL        default mqtt://127.0.0.1:1883
  --node NAME         default timmy
  --companion NAME    the node that offers cognition, default companion
  --board NAME        default mk1
  --tier TIER         hard, firm, soft or simulated; default simulated
  --data DIR          where the memory is kept, default .timmy
  --owner-key FILE    what the bodies of one owner share (32 bytes, made when it is not there);
                      default owner.key in the data folder
  --vacant            nobody is born here: the body waits for an agent to move in
  --pose-file FILE    keeps the pose over a restart of this process; put it where a reboot clears
                      it (/run): after one, somebody may have carried the robot away
  --owner NAME        whose words are the owner's; may stand several times; default owner
  --ui URL            the dashboard's address, for the fact sheet

Example: node robot/src/main.ts --core /tmp/t/core.sock --sensors /tmp/t/sensors.sock --plan plan.json
`;

function readArguments() {
  try {
    return parseArgs({
      options: {
        help: { type: "boolean", short: "h", default: false },
        core: { type: "string" },
        serial: { type: "string" },
        sensors: { type: "string" },
        plan: { type: "string" },
        broker: { type: "string", default: "mqtt://127.0.0.1:1883" },
        node: { type: "string", default: "timmy" },
        companion: { type: "string", default: "companion" },
        board: { type: "string", default: "mk1" },
        tier: { type: "string", default: "simulated" },
        data: { type: "string", default: ".timmy" },
        "owner-key": { type: "string" },
        vacant: { type: "boolean", default: false },
        "pose-file": { type: "string" },
        owner: { type: "string", multiple: true, default: ["owner"] },
        ui: { type: "string", default: "" },
      },
    }).values;
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

function readPlan(path: string): FloorPlan {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TimmyError("bad-file", `The floor plan "${path}" cannot be read.`, { cause });
  }
  const parsed = floorPlanSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TimmyError("bad-file", `Floor plan: ${issue?.path.join(".")}: ${issue?.message}.`);
}

function placeOf(args: { core?: string; serial?: string }): CorePlace | null {
  if (args.core !== undefined) return { socketPath: args.core };
  return args.serial === undefined ? null : { serialPath: args.serial };
}

function readTier(text: string) {
  const tiers = ["hard", "firm", "soft", "simulated"] as const;
  const tier = tiers.find((known) => known === text);
  if (tier === undefined) throw new TimmyError("usage", `There is no tier "${text}".`);
  return tier;
}

function run(): void {
  const args = readArguments();
  if (args.help) {
    process.stdout.write(usage);
    return;
  }
  const { sensors, node, companion } = args;
  const core = placeOf(args);
  if (core === null || sensors === undefined || args.plan === undefined) {
    throw new TimmyError("usage", "--core or --serial, --sensors and --plan are needed.");
  }
  if (!nodePattern.test(node) || !nodePattern.test(companion)) {
    throw new TimmyError("usage", "A node's name has 1 to 32 of a-z, 0-9, _ and -.");
  }
  const time = createSystemTime();
  const logger = createProcessLogger("robot");
  const random = createRandom(Math.floor(Math.random() * 0x1_0000_0000));
  mkdirSync(args.data, { recursive: true });
  const poseFile = args["pose-file"];
  const known = poseFile === undefined ? null : readPoseFile(poseFile);
  const clientId = `timmy-robot-${node}`;
  const keyPath = args["owner-key"] ?? join(args.data, "owner.key");
  const ownerKey = openOwnerKey(keyPath, randomBytes);
  const storePath = join(args.data, "memory.sqlite");
  const robot = createRobot(
    {
      bus: connectBus({ url: args.broker, clientId, will: robotWill(node), logger }),
      link: createWorkerLink({ ...core, logger }),
      tags: createSocketTagSensor(sensors, { timers: time.timers, logger }),
      store: openAgentStore(
        storePath,
        {
          clock: time.clock,
          makeId: createIds(time.clock, random.stream("memory ids")),
          randomBytes,
        },
        { node, vacant: args.vacant },
      ),
      moving: {
        ...{ ownerKey, randomBytes },
        makeSpool: () => createFileSpool(join(args.data, "arriving.part"), randomBytes),
        keepAt: (id) => freePath(`${storePath}.${id.slice(0, 12)}`),
        secrets: readSecrets(keyPath, `${storePath}.key`),
      },
      sha256: (text) => createHash("sha256").update(text, "utf8").digest("hex"),
      voice: silentVoice,
      time,
      random,
      logger,
    },
    {
      node,
      companion,
      board: loadBoard(args.board),
      plan: readPlan(args.plan),
      version: "0.1.0",
      tier: readTier(args.tier),
      owners: args.owner,
      ui: args.ui,
      ...(known === null ? {} : { start: known }),
    },
  );
  let stopping = false;
  async function stop(why: string): Promise<void> {
    if (stopping) return;
    stopping = true;
    logger.info("robot stops", { why });
    // Whatever hangs, the process ends, and the core stops the motors by its own rules.
    const last = setTimeout(() => process.exit(1), 2000);
    last.unref();
    await robot.stop();
    process.exit(0);
  }
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
  // Under a supervisor stdin is a pipe that closes when the supervisor is gone.
  const stdin = fstatSync(0);
  if (stdin.isFIFO() || stdin.isSocket()) {
    process.stdin.on("end", () => void stop("supervisor gone")).resume();
  }
  robot.start();
  let poseKept = true;
  if (poseFile !== undefined) {
    time.timers.every("keep the pose", poseKeepMs, () => {
      const record = robot.body.tracker.record();
      const kept = record === null || writePoseFile(poseFile, record);
      if (!kept && poseKept) logger.warn("the pose cannot be kept", { path: poseFile });
      poseKept = kept;
    });
  }
  process.stdout.write(`${JSON.stringify({ ready: true, node })}\n`);
}

async function main(): Promise<void> {
  const [word, ...rest] = process.argv.slice(2);
  if (word !== "doctor") return run();
  process.exitCode = await runDoctor(rest, (text) => void process.stdout.write(text));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof TimmyError && error.code === "usage" ? 2 : 1);
});
