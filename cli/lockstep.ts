import { createHash } from "node:crypto";
import { createCompanion, lastWill } from "@timmy/companion/companion";
import { createRobotGateway } from "@timmy/companion/robot-gateway";
import { createInProcessTransport } from "@timmy/firmware-bridge/in-process";
import { createLink } from "@timmy/firmware-bridge/link";
import { loadBoard } from "@timmy/hardware/board";
import type { CoreHost } from "@timmy/hardware/core-host";
import { createWasmCore } from "@timmy/hardware/wasm-core";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createMemorySpool } from "@timmy/memory/living/spool";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import { createRobot, type Robot, robotWill } from "@timmy/robot/app";
import { silentVoice } from "@timmy/robot/voice";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { Mind } from "@timmy/shared/agent/mind";
import { createIds } from "@timmy/shared/ids";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import type { Logger } from "@timmy/shared/ports/logger";
import { createMemoryBroker, type MemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime, type VirtualTime } from "@timmy/shared/ports/time";
import { createSimWorld, type SimWorld } from "@timmy/sim/sim-world";
import type { World } from "@timmy/sim/world";
import { companionNode, robotNode, roomNames, version } from "./house.ts";
import { type OnceEnd, type OnceResult, toOnceResult } from "./once-result.ts";

export interface LockstepOptions {
  readonly world: World;
  readonly seed: number;
  readonly logger: Logger;
  /** The robot's core; without one, WebAssembly's. */
  readonly core?: CoreHost;
  /** The companion's mind; without one, the rules. */
  readonly mind?: Mind;
  /** The agent that is to live in the robot; without one, one is born of the seed. */
  readonly store?: AgentStore;
  /** What its bodies share; without one nobody moves in or out. */
  readonly ownerKey?: Uint8Array;
  /** Told of each task event as it happens, with the time in the house in seconds. */
  readonly onTask?: (event: EventPayload<"task">, atS: number) => void;
}

type Gateway = ReturnType<typeof createRobotGateway>;

/** All parts in one process on a virtual clock; the payloads pass through the same codecs. */
export interface LockstepHouse {
  readonly sim: SimWorld;
  readonly robot: Robot;
  /** The store of the agent that lives in the robot. */
  readonly store: AgentStore;
  readonly gateway: Gateway;
  readonly broker: MemoryBroker;
  readonly time: VirtualTime;
  /** Advances the house until `done` says so, at most `limitMs`; answers whether it did. */
  runUntil(done: () => boolean, limitMs: number): Promise<boolean>;
  /** Runs the house until a promise of one of its parts is settled. Throws after `limitMs`. */
  settle<T>(promise: Promise<T>, limitMs: number): Promise<T>;
  stop(): Promise<void>;
}

/** Lets every promise that can go on do so; there is no I/O under lockstep to wait for. */
const drain = () => new Promise((resolve) => setImmediate(resolve));

export async function createLockstepHouse(options: LockstepOptions): Promise<LockstepHouse> {
  const { world, seed, logger } = options;
  const time = createVirtualTime();
  const board = loadBoard();
  const core = options.core ?? createWasmCore(board);
  const sim = await createSimWorld({ world, board, seed, core });
  const transport = createInProcessTransport(core);
  const broker = createMemoryBroker();
  const random = createRandom(seed);
  const encoder = createEncoder(time.clock);
  const makeId = createIds(time.clock, random.stream("companion ids"));
  const companionBus = broker.connect(lastWill(companionNode));
  const companion = createCompanion(
    {
      bus: companionBus,
      node: companionNode,
      mind: options.mind ?? createRulesMind(makeId),
      clock: time.clock,
      encoder,
      logger,
      seal: null,
    },
    { version, mindName: "rules", agent: null, ui: "" },
  );
  const gateway = createRobotGateway({
    bus: companionBus,
    robotNode,
    who: "owner",
    time,
    makeId,
    encoder,
    logger,
  });
  const storePorts = createSeededPorts(time.clock, random);
  const store = options.store ?? openAgentStore(":memory:", storePorts, { node: robotNode });
  const robot = createRobot(
    {
      bus: broker.connect(robotWill(robotNode)),
      link: createLink({ transport, time, logger }),
      tags: sim.tags,
      store,
      sha256: (text) => createHash("sha256").update(text, "utf8").digest("hex"),
      voice: silentVoice,
      moving: {
        ownerKey: options.ownerKey ?? null,
        randomBytes: storePorts.randomBytes,
        makeSpool: createMemorySpool,
        keepAt: null,
        secrets: [],
      },
      time,
      random: random.stream("robot"),
      logger,
    },
    {
      node: robotNode,
      companion: companionNode,
      board,
      plan: world.plan,
      version,
      tier: core.tier,
      ui: "",
    },
  );
  const endTrace = gateway.onChange((change) => {
    if (change.type !== "event" || change.data.kind !== "task") return;
    const { phase, step, outcome, room } = change.data.payload;
    sim.mark(`task ${phase} ${step} ${outcome ?? ""} ${room ?? ""}`);
    options.onTask?.(change.data.payload, sim.timeMs() / 1000);
  });
  companion.start();
  robot.start();

  async function step(): Promise<void> {
    sim.step();
    transport.pump();
    if (time.advanceTo(sim.timeMs()) > 0) await drain();
  }
  async function runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = sim.timeMs() + limitMs;
    while (!done() && sim.timeMs() < endMs) await step();
    return done();
  }
  async function settle<T>(promise: Promise<T>, limitMs: number): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    if (!(await runUntil(() => settled, limitMs))) {
      throw new Error(`not settled after ${limitMs} ms; waiting: ${time.pending().join(", ")}`);
    }
    return promise;
  }
  return {
    sim,
    robot,
    store,
    gateway,
    broker,
    time,
    runUntil,
    settle,
    async stop() {
      await settle(robot.stop(), 5000);
      endTrace();
      companion.stop();
      gateway.close();
      sim.stop();
    },
  };
}

/** The longest that one instruction may take, in the house's time. */
const instructionLimitMs = 900_000;

/** Does one instruction in a house of its own and says what came of it. */
export async function runOnce(
  options: LockstepOptions & { readonly instruction: string; readonly wallMs: () => number },
): Promise<OnceResult> {
  const startMs = options.wallMs();
  const house = await createLockstepHouse(options);
  const { gateway, sim, runUntil, settle } = house;
  const ended = new Map<string, EventPayload<"task">>();
  gateway.onChange((change) => {
    if (change.type !== "event" || change.data.kind !== "task") return;
    const task = change.data.payload;
    if (task.phase === "ended") ended.set(task.task_id, task);
  });
  await runUntil(() => gateway.snapshot().status === "online" && sim.timeMs() > 500, 5000);
  const answer = await settle(gateway.hear(options.instruction), 30_000);
  const taskId = answer.taskId ?? "";
  if (answer.taskId !== null) await runUntil(() => ended.has(taskId), instructionLimitMs);
  const end: OnceEnd = {
    ended: ended.get(taskId) ?? null,
    reason: answer.code,
    sentence: answer.sentence,
  };
  const truth = sim.truth();
  const result = toOnceResult(end, {
    contacts: sim.contacts(),
    xM: truth.xM,
    yM: truth.yM,
    speedMps: Math.abs(truth.speedMps),
    simMs: sim.timeMs(),
    wallMs: options.wallMs() - startMs,
    trace: sim.trace(),
    rooms: roomNames(options.world),
  });
  await house.stop();
  return result;
}
