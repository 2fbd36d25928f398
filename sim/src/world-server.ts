import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CoreHost } from "@timmy/hardware/core-host";
import { TimmyError } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { createLineReader } from "./json-lines.ts";
import { commandLineBytes } from "./limits.ts";
import { createPacer } from "./pacer.ts";
import type { SimWorld } from "./sim-world.ts";
import { createSocketHub } from "./socket-hub.ts";
import { applyCommand, parseCommand } from "./world-command.ts";

/** The world as a process: the core's cable, the camera's tags, and the truth, as sockets. */
export interface WorldServer {
  readonly sockets: { readonly core: string; readonly sensors: string; readonly truth: string };
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Simulated milliseconds that the machine was too slow for. */
  droppedMs(): number;
}

export interface WorldServerOptions {
  readonly world: SimWorld;
  readonly core: CoreHost;
  readonly time: Time;
  readonly logger: Logger;
  readonly folder: string;
  readonly speed: number;
}

const turnMs = 4;
const truthMs = 50;

function truthLine(world: SimWorld): string {
  const strongestContactMps = world.strongestContactMps();
  const contacts = world.contacts();
  const truth = { type: "truth", timeMs: world.timeMs(), ...world.truth(), contacts };
  return `${JSON.stringify({ ...truth, strongestContactMps })}\n`;
}

/** Does one line of the truth socket; answers `{"type":"done"}` or what was wrong. */
export function answerCommand(world: SimWorld, line: string | null): string {
  const command = parseCommand(line);
  const refuse = (code: string, detail: string) =>
    `${JSON.stringify({ type: "error", code, detail })}\n`;
  if (typeof command === "string") return refuse("bad-payload", command);
  try {
    applyCommand(world, command);
  } catch (error) {
    if (error instanceof TimmyError) return refuse(error.code, error.details);
    throw error;
  }
  return `${JSON.stringify({ type: "done", cmd: command.cmd })}\n`;
}

export function createWorldServer(options: WorldServerOptions): WorldServer {
  const { world, core, time, logger, folder, speed } = options;
  const at = (name: string) => join(folder, `${name}.sock`);
  const cable = createSocketHub({
    path: at("core"),
    logger,
    clients: "replace",
    onClient: () => (bytes) => core.receive(bytes),
  });
  const sensors = createSocketHub({ path: at("sensors"), logger, clients: "share" });
  const truth = createSocketHub({
    path: at("truth"),
    logger,
    clients: "share",
    onClient: (answer) =>
      createLineReader(commandLineBytes, (line) => answer(answerCommand(world, line))),
  });
  const hubs = [cable, sensors, truth];
  const pacer = createPacer(speed, time.clock.monotonicMs());
  const timers: Timer[] = [];
  let told = 0;

  function turn(): void {
    const steps = pacer.due(time.clock.monotonicMs());
    for (let i = 0; i < steps; i++) {
      world.step();
      const bytes = core.transmit();
      if (bytes.length > 0) cable.send(bytes.slice());
    }
    if (pacer.droppedMs() > told + 1000) {
      told = pacer.droppedMs();
      logger.warn("the world runs behind the clock", { dropped_ms: told });
    }
  }
  return {
    sockets: { core: cable.path, sensors: sensors.path, truth: truth.path },
    async start() {
      if (timers.length > 0) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await Promise.all(hubs.map((hub) => hub.listen()));
      world.tags.onSightings((sightings) => {
        sensors.send(`${JSON.stringify({ type: "tags", sightings })}\n`);
      });
      pacer.due(time.clock.monotonicMs());
      timers.push(
        time.timers.every("world turn", turnMs, turn),
        time.timers.every("world truth", truthMs, () => truth.send(truthLine(world))),
      );
    },
    async stop() {
      for (const timer of timers.splice(0)) timer.cancel();
      await Promise.all(hubs.map((hub) => hub.stop()));
      world.stop();
    },
    droppedMs: pacer.droppedMs,
  };
}
