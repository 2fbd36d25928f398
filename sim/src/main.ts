import { fstatSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadBoard } from "@timmy/hardware/board";
import { createWasmCore } from "@timmy/hardware/wasm-core";
import { TimmyError } from "@timmy/shared/errors";
import type { LogFields, Logger, LogLevel } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { createSimWorld } from "./sim-world.ts";
import { loadWorld } from "./world.ts";
import { createWorldServer } from "./world-server.ts";

const usage = `node sim/src/main.ts --sockets DIR [--world house_001|FILE] [--seed 1] [--speed 1]
  [--board mk1] [--close DOOR_OR_ROOM]...
Example: node sim/src/main.ts --world house_001 --seed 1 --speed 1 --sockets /tmp/timmy
`;

/** Stdout carries the ready line alone; everything else goes to stderr, a JSON object a line. */
function createStderrLogger(): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      process.stderr.write(`${JSON.stringify({ level, room: "sim", message, ...fields })}\n`);
    };
  return { debug: () => {}, info: log("info"), warn: log("warn"), error: log("error") };
}

function numberOf(text: string, name: string, low: number, high: number): number {
  const value = Number(text);
  if (!(value >= low && value <= high)) {
    throw new TimmyError("usage", `--${name} must be between ${low} and ${high}.`);
  }
  return value;
}

function readArguments(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        world: { type: "string", default: "house_001" },
        seed: { type: "string", default: "1" },
        speed: { type: "string", default: "1" },
        board: { type: "string", default: "mk1" },
        sockets: { type: "string" },
        close: { type: "string", multiple: true, default: [] },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

async function run(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    process.stdout.write(usage);
    return;
  }
  if (args.sockets === undefined) throw new TimmyError("usage", "--sockets DIR is missing.");
  const seed = Math.floor(numberOf(args.seed, "seed", 0, 0xffff_ffff));
  const speed = numberOf(args.speed, "speed", 0.01, 100);
  const board = loadBoard(args.board);
  const core = createWasmCore(board);
  const house = loadWorld(args.world, { closedDoors: args.close });
  const world = await createSimWorld({ world: house, board, seed, core });
  const logger = createStderrLogger();
  const time = createSystemTime();
  const server = createWorldServer({ world, core, time, logger, folder: args.sockets, speed });
  let stopping = false;
  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    await server.stop();
    process.exit(0);
  }
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
  // Under a supervisor stdin is a pipe that closes when the supervisor is gone.
  const stdin = fstatSync(0);
  if (stdin.isFIFO() || stdin.isSocket()) process.stdin.on("end", () => void stop()).resume();
  await server.start();
  const ready = { ready: true, world: house.plan.name, seed, speed, sockets: server.sockets };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

run().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  process.exit(error instanceof TimmyError && error.code === "usage" ? 2 : 1);
});
