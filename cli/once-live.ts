import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { connectMqttBus } from "@timmy/companion/mqtt-bus";
import { createRobotGateway } from "@timmy/companion/robot-gateway";
import { TimmyError } from "@timmy/shared/errors";
import { createIds } from "@timmy/shared/ids";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime } from "@timmy/shared/ports/time";
import { robotNode, roomNames } from "./house.ts";
import { type OnceResult, toOnceResult } from "./once-result.ts";
import type { LiveHouse } from "./processes.ts";

interface TruthLine {
  readonly type: string;
  readonly timeMs: number;
  readonly xM: number;
  readonly yM: number;
  readonly speedMps: number;
  readonly contacts: number;
}

/** The longest that one instruction may take. */
const taskLimitMs = 900_000;

/** The next true state that the world tells. */
function readTruth(path: string): Promise<TruthLine> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.on("error", reject);
    socket.on("close", () => reject(new TimmyError("robot-away", "The world is gone.")));
    createInterface({ input: socket }).on("line", (line) => {
      const truth = JSON.parse(line) as TruthLine;
      if (truth.type !== "truth") return;
      socket.destroy();
      resolve(truth);
    });
  });
}

/** Does one instruction on real processes over the real broker. There is no trace to compare. */
export async function runOnceLive(
  house: LiveHouse,
  instruction: string,
  onTask: (task: EventPayload<"task">, atS: number) => void,
): Promise<OnceResult> {
  const time = createSystemTime();
  const startMs = time.clock.monotonicMs();
  const logger = createMemoryLogger();
  const random = createRandom(Math.floor(Math.random() * 0x1_0000_0000));
  const makeId = createIds(time.clock, random);
  const clientId = `timmy-cli-${process.pid}`;
  const bus = connectMqttBus({ url: house.mqttUrl, clientId, logger });
  const encoder = createEncoder(time.clock);
  const gateway = createRobotGateway({
    bus,
    robotNode,
    who: "owner",
    time,
    makeId,
    encoder,
    logger,
  });
  const ended = new Map<string, EventPayload<"task">>();
  const changed = new Set<() => void>();
  gateway.onChange((change) => {
    if (change.type === "event" && change.data.kind === "task") {
      const task = change.data.payload;
      onTask(task, ((time.clock.monotonicMs() - startMs) / 1000) * house.speed);
      if (task.phase === "ended") ended.set(task.task_id, task);
    }
    for (const look of [...changed]) look();
  });
  const when = (want: () => boolean, timeoutMs: number) =>
    new Promise<void>((resolve, reject) => {
      const timer = time.timers.after("the robot", timeoutMs, () =>
        reject(new TimmyError("reply-timeout", `It was silent for ${timeoutMs / 1000} s.`)),
      );
      const look = () => {
        if (!want()) return;
        timer.cancel();
        changed.delete(look);
        resolve();
      };
      changed.add(look);
      look();
    });
  try {
    const there = () => {
      const { status, info, state } = gateway.snapshot();
      return status === "online" && info !== null && state.drive !== undefined;
    };
    await when(there, 15_000);
    const answer = await gateway.hear(instruction);
    const taskId = answer.taskId;
    if (taskId !== null)
      await when(() => ended.has(taskId), taskLimitMs / Math.min(1, house.speed));
    const truth = await readTruth(house.truthSocket);
    const task = taskId === null ? null : (ended.get(taskId) ?? null);
    return toOnceResult(
      { ended: task, reason: answer.code, sentence: answer.sentence },
      {
        contacts: truth.contacts,
        xM: truth.xM,
        yM: truth.yM,
        speedMps: Math.abs(truth.speedMps),
        simMs: truth.timeMs,
        wallMs: time.clock.monotonicMs() - startMs,
        trace: null,
        rooms: roomNames(house.world),
      },
    );
  } finally {
    gateway.close();
    await bus.stop();
  }
}
