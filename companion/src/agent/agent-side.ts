import type { OpenAgentStore } from "@timmy/memory/agent-store";
import type { OwnerHandlers } from "@timmy/memory/living/owner-channel";
import type { Spool } from "@timmy/memory/living/spool";
import type { PrepareSearch } from "@timmy/shared/agent/agent-loop";
import type { Mind } from "@timmy/shared/agent/mind";
import type { SkillName } from "@timmy/shared/agent/plan";
import type { MindView } from "@timmy/shared/agent/views";
import type { MakeId } from "@timmy/shared/ids";
import type { Rooms } from "@timmy/shared/mind/places";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import type { Encoder } from "@timmy/shared/mqtt/codec";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { hearTimeoutMs } from "../limits.ts";
import { createMinds } from "../mind/minds.ts";
import type { ModelHost } from "../mind/model-host.ts";
import { createModelMind } from "../mind/model-mind.ts";
import { fromCallAnswer, refusedAnswer } from "../reply-desk.ts";
import { createRobotGateway, type GatewayAnswer, type RobotGateway } from "../robot-gateway.ts";
import { robotSeen } from "../robot-seen.ts";
import type { AgentAppPorts } from "./agent-app.ts";
import { createChat } from "./chat.ts";
import { type CompanionBody, createCompanionBody } from "./companion-body.ts";
import { createDirectory, type Directory } from "./directory.ts";

export interface AgentSidePorts {
  readonly bus: Bus;
  readonly node: string;
  readonly version: string;
  readonly gateway: RobotGateway;
  readonly robotNode: string;
  readonly store: OpenAgentStore;
  /** Null when there is no model at all. */
  readonly host: ModelHost | null;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly encoder: Encoder;
  readonly logger: Logger;
  readonly ownerKey: Uint8Array;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly makeSpool: () => Spool;
  readonly keepAt: (agentId: string) => string;
  readonly secrets: readonly Uint8Array[];
  readonly prepareSearch?: PrepareSearch;
  /** What the companion answers beside what is asked of its agent. */
  readonly calls: OwnerHandlers;
  /** Who lives here changed. */
  readonly onChange: () => void;
}

/** All that the companion has to do with the agent: a mind for it, a body for it, a way to it. */
export interface AgentSide {
  readonly mind: Mind;
  readonly body: CompanionBody;
  readonly directory: Directory;
  readonly app: AgentAppPorts;
  /** A sentence to a body, by the owner's sealed call. */
  hearSealed(to: string, text: string, lease: string): Promise<GatewayAnswer>;
  start(): void;
  stop(): Promise<void>;
}

const skills: readonly SkillName[] = ["goto", "say", "patrol", "dock", "stop"];
/** Milliseconds that a sentence may take in this body. */
const hearMs = 60_000;
const withoutModel: MindView = {
  using: "rules",
  model: "",
  state: "off",
  sentence: "No model is wanted here (--model none): the rules decide.",
  address: "",
};

export function createAgentSide(ports: AgentSidePorts): AgentSide {
  const { bus, node, gateway, robotNode, host, time, makeId, logger } = ports;
  const rules = createRulesMind(makeId);
  const model =
    host === null
      ? null
      : createModelMind({ host, clock: time.clock, makeId, envelope: () => null });
  const mind = createMinds({ rules, model, skills: () => skills, time, logger });
  const rooms = (): Rooms => gateway.snapshot().map?.plan.rooms ?? [];
  /** Gateways to other robots, made when the agent lives in one. */
  const others = new Map<string, RobotGateway>();

  const body = createCompanionBody({
    ...ports,
    ...{ mind, rooms },
    show: (text) => logger.info("the agent says", { text: text.slice(0, 200) }),
    onChange() {
      ports.onChange();
      void directory.refresh();
    },
  });
  const { call } = body.life;
  body.life.serve(ports.calls);
  const directory = createDirectory({
    ...{ bus, call, timers: time.timers, logger, own: [robotNode, node] },
  });

  async function hearSealed(to: string, text: string, lease: string): Promise<GatewayAnswer> {
    const options = { timeoutMs: hearTimeoutMs };
    const heard = await call(to, "agent.hear", { text, lease }, options);
    return fromCallAnswer(heard);
  }
  async function gatewayTo(other: string): Promise<RobotGateway> {
    if (other === robotNode) return gateway;
    const known = others.get(other);
    if (known !== undefined) return known;
    const made = createRobotGateway({ ...ports, robotNode: other, who: "owner", hearSealed });
    others.set(other, made);
    await robotSeen(made, time.timers);
    return made;
  }
  /**
   * A typed stop: to the robot of this house whoever lives in it, and to the body in which the agent
   * lives. It waits for nobody's answer, and for no memory, model or limit.
   */
  async function stop(text: string): Promise<GatewayAnswer> {
    const where = directory.living();
    const robot = gateway.stop();
    // As a word too: the agent's log says what it heard and did.
    if (where.ok && where.node === robotNode) {
      gateway
        .hear(text)
        .catch((error: unknown) => logger.warn("unheard", { error: String(error) }));
    }
    if (where.ok && where.node !== robotNode) {
      const there =
        where.node === node
          ? body.hearing.hear(text, { who: "owner", from: "owner", timeoutMs: hearMs })
          : others.get(where.node)?.stop();
      there?.catch((error: unknown) => logger.warn("a stop failed", { error: String(error) }));
      const [first, second] = await Promise.all([robot, there]);
      return first.ok || second === undefined ? first : second;
    }
    return robot;
  }
  /** A sentence of the owner's, to the body in which the agent lives, whichever that is. */
  async function hear(text: string): Promise<GatewayAnswer> {
    if (isStopWord(text)) return stop(text).finally(() => void directory.refresh());
    const where = directory.living();
    // Nobody known: the robot itself says where its agent went.
    const to = where.ok ? where.node : robotNode;
    const answer =
      to === node
        ? await body.hearing.hear(text, { who: "owner", from: "owner", timeoutMs: hearMs })
        : await (await gatewayTo(to)).hear(text);
    void directory.refresh();
    return !where.ok && answer.code === "robot-away"
      ? refusedAnswer(where.code, where.sentence)
      : answer;
  }
  const chat = createChat({ directory, call, host, hear, rooms, time });
  const ends: (() => void)[] = [];
  return {
    mind,
    body,
    directory,
    hearSealed,
    app: {
      ...{ directory, call, chat, hear, timers: time.timers },
      mind: () => host?.view() ?? withoutModel,
      onMind: (listen) => host?.onChange(listen) ?? (() => {}),
    },
    start() {
      host?.start();
      body.start();
      directory.start();
      // What a task came to stands in the effect log now.
      ends.push(
        gateway.onChange((change) => {
          if (change.type === "event" && change.data.kind === "task") void directory.refresh();
        }),
      );
    },
    async stop() {
      for (const end of ends.splice(0)) end();
      directory.stop();
      host?.stop();
      for (const other of others.values()) other.close();
      await body.stop();
    },
  };
}
