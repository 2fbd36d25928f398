import type { OpenAgentStore } from "@timmy/memory/agent-store";
import type { OwnerHandlers } from "@timmy/memory/living/owner-channel";
import type { Spool } from "@timmy/memory/living/spool";
import type { PrepareSearch } from "@timmy/shared/agent/agent-loop";
import type { Mind } from "@timmy/shared/agent/mind";
import type { CallBody, OwnerCall } from "@timmy/shared/agent/owner-calls";
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
  /** Stops the robot of this house and every body that the agent may be acting in. */
  halt(name: "stop" | "estop"): Promise<GatewayAnswer>;
  start(): void;
  stop(): Promise<void>;
}

const skills: readonly SkillName[] = ["goto", "say", "patrol", "dock", "stop"];
/** What may set a body in motion. */
const acting: ReadonlySet<OwnerCall> = new Set(["agent.hear", "agent.propose", "agent.confirm"]);
/** A sentence of the owner's, and the milliseconds that it may take in this body. */
const byOwner = { who: "owner", from: "owner", timeoutMs: 60_000 } as const;
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
  /** Bodies that were asked to act: a stop goes to them, whatever the broker says of them now. */
  const asked = new Set<string>();

  const body = createCompanionBody({
    ...ports,
    ...{ mind, rooms },
    show: (text) => logger.info("the agent says", { text: text.slice(0, 200) }),
    onChange() {
      ports.onChange();
      void directory.refresh();
    },
  });
  const call: CallBody = (to, name, ask, options) => {
    if (acting.has(name)) asked.add(to);
    return body.life.call(to, name, ask, options);
  };
  body.life.serve(ports.calls);
  const directory = createDirectory({
    ...{ bus, call, timers: time.timers, logger, own: [robotNode, node] },
  });

  async function hearSealed(to: string, text: string, lease: string): Promise<GatewayAnswer> {
    const options = { timeoutMs: hearTimeoutMs };
    const heard = await call(to, "agent.hear", { text, lease }, options);
    return fromCallAnswer(heard);
  }
  function gatewayOf(other: string): RobotGateway {
    const known = other === robotNode ? gateway : others.get(other);
    if (known !== undefined) return known;
    const made = createRobotGateway({ ...ports, robotNode: other, who: "owner", hearSealed });
    others.set(other, made);
    return made;
  }
  async function gatewayTo(other: string): Promise<RobotGateway> {
    const isNew = other !== robotNode && !others.has(other);
    const found = gatewayOf(other);
    if (isNew) await robotSeen(found, time.timers);
    return found;
  }
  /** Other robots that the agent may be acting in: those asked to, and all that are said to hold it. */
  function actingIn(): Set<string> {
    const { agent, bodies } = directory.view();
    const own = bodies.filter((one) => one.node === robotNode || one.node === node);
    const ids = new Set([agent?.id ?? "", ...own.map((one) => one.agent)]);
    ids.delete("");
    const holders = bodies.filter(
      ({ life, agent: id }) => (life === "living" || life === "leaving") && ids.has(id),
    );
    const nodes = new Set([...asked, ...holders.map((one) => one.node)]);
    const where = directory.living();
    if (where.ok) nodes.add(where.node);
    nodes.delete(robotNode);
    nodes.delete(node);
    return nodes;
  }
  /**
   * It waits for nobody's answer before it is sent to all, and for no memory, model or limit. What is
   * told stands for the bodies that count: one that did not stop, else the one in which the agent lives.
   */
  async function haltRobots(name: "stop" | "estop"): Promise<GatewayAnswer> {
    const where = directory.living();
    const living = where.ok ? where.node : "";
    const robot = gateway[name]();
    const theirs = [...actingIn()].map((other) => ({ other, answer: gatewayOf(other)[name]() }));
    let told: GatewayAnswer | null = null;
    for (const { other, answer } of theirs) {
      // Nobody waits for the silence of a body that is off, or is only said to hold it.
      const isOn = directory
        .view()
        .bodies.some((one) => one.node === other && one.status === "online");
      if (other !== living && !(isOn && asked.has(other))) continue;
      const given = await answer;
      if (!given.ok) return { ...given, sentence: `${other}: ${given.sentence}` };
      if (other === living) told = given;
    }
    const own = await robot;
    // A robot that is away says nothing of an agent that is elsewhere; one that did not stop does.
    return told !== null && (own.ok || own.code === "robot-away") ? told : own;
  }
  function halt(name: "stop" | "estop"): Promise<GatewayAnswer> {
    body.hearing.stop();
    return haltRobots(name);
  }
  /** A typed stop: it stops, and then it is a word too: the agent's log says what it heard and did. */
  async function stop(text: string): Promise<GatewayAnswer> {
    const halted = haltRobots("stop");
    const where = directory.living();
    const isHere = where.ok && where.node === node;
    const heard = isHere
      ? body.hearing.hear(text, byOwner)
      : where.ok && where.node === robotNode
        ? gateway.hear(text)
        : null;
    if (!isHere) body.hearing.stop();
    heard?.catch((error: unknown) => logger.warn("unheard", { error: String(error) }));
    const answer = await halted;
    return isHere && answer.code === "robot-away" && heard !== null ? heard : answer;
  }
  /** A sentence of the owner's, to the body in which the agent lives, whichever that is. */
  async function hear(text: string): Promise<GatewayAnswer> {
    if (isStopWord(text)) return stop(text).finally(() => void directory.refresh());
    const where = directory.living();
    // Nobody known: the robot itself says where its agent went.
    const to = where.ok ? where.node : robotNode;
    const answer =
      to === node ? await body.hearing.hear(text, byOwner) : await (await gatewayTo(to)).hear(text);
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
    halt,
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
