import type { CoreLink } from "@timmy/firmware-bridge/core-link";
import type { Board } from "@timmy/hardware/board";
import { createLife, type Life } from "@timmy/memory/living/life";
import { proposalSettleMs } from "@timmy/memory/living/limits";
import { moveOver } from "@timmy/memory/living/move-over";
import { secretTexts } from "@timmy/memory/living/owner-key";
import { createOwnerSeal } from "@timmy/memory/living/owner-seal";
import type { Spool } from "@timmy/memory/living/spool";
import { createExportDoor } from "@timmy/memory/state/state-doors";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { createSenderRank, defaultOwners } from "@timmy/shared/agent/sender-rank";
import { createIds } from "@timmy/shared/ids";
import type { FloorPlan } from "@timmy/shared/map/floor-plan";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { createCommandGate } from "@timmy/shared/mqtt/command-gate";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Random } from "@timmy/shared/ports/random";
import type { Time } from "@timmy/shared/ports/time";
import { type Body, createBody } from "./body.ts";
import { createCognition } from "./cognition.ts";
import { createCommands } from "./commands.ts";
import { beliefAt } from "./localisation.ts";
import { createNavigator } from "./navigator.ts";
import type { StartPose } from "./pose-tracker.ts";
import { createReporter } from "./reporter.ts";
import { robotCapabilities } from "./robot-body.ts";
import { createRobotTimAgent, type RobotTimAgent } from "./robot-tim-agent.ts";
import { createSkills } from "./skills.ts";
import type { TagSensor } from "./tag-sensor.ts";
import { createTaskJournal } from "./task-journal.ts";
import { createTasks, type Tasks } from "./tasks.ts";
import type { Voice } from "./voice.ts";

export interface RobotPorts {
  readonly bus: Bus;
  readonly link: CoreLink;
  readonly tags: TagSensor;
  /** The agent that lives in this body: its identity, its memory, its log. */
  readonly store: AgentStore;
  /** SHA-256 of a text in UTF-8, hex. */
  readonly sha256: (text: string) => string;
  readonly voice: Voice;
  /** The way in of an agent that moves here, and who may ask for it. */
  readonly moving: {
    readonly ownerKey: Uint8Array | null;
    readonly randomBytes: (count: number) => Uint8Array;
    readonly makeSpool: () => Spool;
    readonly keepAt: ((agentId: string) => string) | null;
    /** Of this machine: what never goes into a state. */
    readonly secrets: readonly Uint8Array[];
  };
  readonly time: Time;
  readonly random: Random;
  readonly logger: Logger;
}

export interface RobotOptions {
  readonly node: string;
  readonly companion: string;
  readonly board: Board;
  readonly plan: FloorPlan;
  readonly version: string;
  readonly tier: "hard" | "firm" | "soft" | "simulated";
  /** Names whose words are the owner's; everybody else on the broker is a peer. */
  readonly owners?: readonly string[];
  /** The dashboard's address, for the fact sheet; may be empty. */
  readonly ui: string;
  /** Where it believes to be; the dock when not given. */
  readonly start?: StartPose;
}

export interface Robot {
  readonly agent: RobotTimAgent;
  readonly life: Life;
  /** What another mind wants done, as a task of the robot's. */
  readonly propose: Tasks["propose"];
  readonly body: Body;
  start(): void;
  /** Stops the motors, waits for the measured standstill, then leaves the bus. */
  stop(): Promise<void>;
}

/** The last will of a robot's connection, to be given to whoever opens the bus. */
export function robotWill(node: string) {
  return { topic: topicsOf(node).status, payload: "lost", retain: true };
}

function atDock({ dock }: FloorPlan): StartPose {
  return beliefAt({ xM: dock.x_m, yM: dock.y_m, headingRad: dock.heading_rad }, 0.05, 0.05);
}

/** Builds a robot from its ports; the same for the simulator and for the real body. */
export function createRobot(ports: RobotPorts, options: RobotOptions): Robot {
  const { bus, link, tags, store, voice, time, logger } = ports;
  const { node, companion, board, plan, version, tier, ui } = options;
  const makeId = createIds(time.clock, ports.random.stream("ids"));
  const encoder = createEncoder(time.clock);
  const start = options.start ?? atDock(plan);
  const body = createBody({ link, tags, time, logger, plan, board, start });
  const navigator = createNavigator(plan, board);
  const rules = createRulesMind(makeId);
  const { ownerKey, randomBytes } = ports.moving;
  const seal = ownerKey === null ? null : createOwnerSeal(ownerKey, randomBytes);
  const cognition = createCognition({
    ...{ bus, node, companion, time, makeId, encoder, logger, rules, seal },
  });
  const reporter = createReporter({
    bus,
    node,
    body,
    time,
    encoder,
    plan,
    board,
    agent: () => store.agent(),
    version,
    tier,
    ui,
    view: () => ({
      mind: cognition.current(),
      taskId: tasks.current()?.id ?? null,
      doing: tasks.doing(),
      badCommands: commands.badCommands(),
    }),
  });
  const onSpoke = (text: string) =>
    reporter.event("spoke", { text: text.slice(0, 240), task_id: tasks.current()?.id ?? null });
  const skills = createSkills({ body, navigator, voice, plan, clock: time.clock, onSpoke });
  const kind = tier === "simulated" ? "sim" : "robot";
  const exporter = `timmy ${version}`;
  const agent = createRobotTimAgent({
    kind,
    body,
    navigator,
    skills,
    mind: cognition,
    store,
    plan,
    time,
    makeId,
    logger,
    sha256: ports.sha256,
    exporter: createExportDoor({
      ...{ store, clock: time.clock, exporter, capabilities: robotCapabilities },
      secrets: ports.moving.secrets,
      ...(ownerKey === null ? {} : { toNode: (to: string) => moveOver(life.call, node, to) }),
    }),
    gate: { secrets: secretTexts(ports.moving.secrets) },
    authority: () => life.refusal(),
    onSpoke,
  });
  const tasks = createTasks({
    agent,
    reporter,
    time,
    makeId,
    logger,
    journal: createTaskJournal(store, logger),
    settled: () => life.settled(proposalSettleMs),
  });
  const life = createLife({
    ...{ bus, node, store, time, makeId, encoder, logger, kind, exporter, ...ports.moving },
    capabilities: robotCapabilities,
    agent: () => agent,
    propose: tasks.propose,
    confirm: tasks.confirm,
    onSilenced(code) {
      tasks.abort(code);
      if (code === "agent-departed" && body.moving()) {
        void body.halt("stop", "the agent lives elsewhere");
      }
    },
    onChange: reporter.introduceAgain,
  });
  const gate = createCommandGate(() => store.agent().epoch);
  const commands = createCommands({
    bus,
    node,
    time,
    encoder,
    logger,
    gate,
    body,
    tasks,
    reporter,
    life,
    rankOf: createSenderRank(options.owners ?? defaultOwners),
    sealed: ownerKey !== null,
  });
  life.serve({
    async "agent.hear"({ text, lease }) {
      const { ok, code, sentence, taskId, speedMps } = await commands.hearSealed(
        text,
        lease ?? null,
      );
      reporter.flush();
      const measured = { task_id: taskId ?? null, speed_mps: speedMps ?? null };
      return { ok: true, value: { ok, code, sentence: sentence.slice(0, 400), ...measured } };
    },
  });
  const ends: (() => void)[] = [];
  let started = false;
  return {
    agent,
    life,
    propose: tasks.propose,
    body,
    start() {
      if (started) return;
      started = true;
      body.start();
      body.setBusUp(bus.connected());
      ends.push(bus.onConnection((up) => body.setBusUp(up)));
      reporter.start();
      // What was asked before a stop does not happen after it, whoever or whatever stopped it.
      ends.push(body.link.onStop(() => tasks.dropWaiting("stopped")));
      life.start();
      commands.start();
      tasks.closeOrphan();
      logger.info("robot started", { node, tier, board: board.name, house: plan.name });
    },
    async stop() {
      if (!started) return;
      started = false;
      life.stop();
      commands.stop();
      tasks.abort("stopped");
      const view = body.view();
      if (view !== null && view.core.mode === "armed") {
        const report = await body.halt("stop", "shutdown");
        logger.info("stopped for shutdown", { state: report.state, speed_mps: report.speedMps });
      }
      for (const end of ends.splice(0)) end();
      reporter.stop();
      cognition.stop();
      await body.stop();
      // Before the bus: a broker that hangs must not keep the store open.
      store.stop();
      await bus.stop();
    },
  };
}
