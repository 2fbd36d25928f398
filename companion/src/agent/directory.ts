import type { CallBody, CallRefusal } from "@timmy/shared/agent/owner-calls";
import type { AgentView, BodyView, WhereView } from "@timmy/shared/agent/views";
import { decodePayload } from "@timmy/shared/mqtt/codec";
import { infoPayload } from "@timmy/shared/mqtt/payloads";
import { parseTopic, topicRoot } from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Timer, Timers } from "@timmy/shared/ports/time";
import { agentLookMs, maxBodies, maxNodes, movingLookMs } from "../limits.ts";

export interface DirectoryPorts {
  readonly bus: Bus;
  readonly call: CallBody;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Nodes of this house: the agent that they hold, or held, is the one that is meant. */
  readonly own: readonly string[];
}

/** Who lives where, as the broker tells it, and the agent as its own body tells it. */
export interface Directory {
  view(): WhereView;
  /** The node in which the agent lives now, or why none is known. */
  living(): { readonly ok: true; readonly node: string } | CallRefusal;
  onChange(listen: (view: WhereView) => void): () => void;
  /** Asks the living body anew; for what was changed through here. */
  refresh(): Promise<void>;
  start(): void;
  stop(): void;
}

const statuses = ["online", "offline", "lost"] as const;
const decoder = new TextDecoder();
const nobody = (sentence: string): CallRefusal => ({ ok: false, code: "no-agent", sentence });

export function createDirectory(ports: DirectoryPorts): Directory {
  const { bus, call, timers, logger } = ports;
  const bodies = new Map<string, BodyView>();
  /** Also of nodes that have not said yet what they are. */
  const statusOf = new Map<string, BodyView["status"]>();
  const listeners = new Set<(view: WhereView) => void>();
  const ends: (() => void)[] = [];
  let agent: AgentView | null = null;
  let why = "Looking for the body in which the agent lives.";
  let shown = "";
  let asking: Promise<void> | null = null;
  /** Something changed while the body was being asked. */
  let again = false;
  let timer: Timer | null = null;
  let running = false;

  const sorted = () => [...bodies.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
  const view = (): WhereView => ({ agent, sentence: why, bodies: sorted() });
  function tell(): void {
    const now = view();
    const text = JSON.stringify(now);
    if (text === shown) return;
    shown = text;
    for (const listen of listeners) listen(now);
  }
  /** The body that holds a living agent: this house's own first, online before silent, the highest epoch. */
  function findLiving(): BodyView | null {
    const alive = sorted().filter(({ life }) => life === "living" || life === "leaving");
    const ids = new Set(ports.own.map((node) => bodies.get(node)?.agent ?? ""));
    const rank = ({ agent: id, status }: BodyView) =>
      2 * Number(id !== "" && ids.has(id)) + Number(status === "online");
    alive.sort((a, b) => rank(b) - rank(a) || b.epoch - a.epoch);
    return alive[0] ?? null;
  }
  function living(): ReturnType<Directory["living"]> {
    if (!bus.connected()) return { ok: false, code: "broker-away", sentence: "No broker answers." };
    const found = findLiving();
    if (found?.status === "online") return { ok: true, node: found.node };
    if (found !== null) return nobody(`It lives in "${found.node}", which is ${found.status}.`);
    const onItsWay = sorted().find(({ life }) => life === "arriving");
    if (onItsWay !== undefined) return nobody(`It is on its way to "${onItsWay.node}".`);
    return nobody(
      "No body on this broker holds a living agent. Start one, or import a state file.",
    );
  }
  /** Who can be asked although nobody lives: the body it comes to, or the one it left last. */
  function findTrace(): string | null {
    const online = sorted().filter(({ status }) => status === "online");
    const left = online.filter(({ life }) => life === "departed").sort((a, b) => b.epoch - a.epoch);
    return (online.find(({ life }) => life === "arriving") ?? left[0])?.node ?? null;
  }
  async function ask(): Promise<void> {
    const where = living();
    const node = where.ok ? where.node : bus.connected() ? findTrace() : null;
    const answer = node === null ? null : await call(node, "agent.view", {});
    agent = answer?.ok === true ? answer.value : null;
    why = where.ok ? (answer?.ok === false ? answer.sentence : "") : where.sentence;
    tell();
  }
  function refresh(): Promise<void> {
    asking ??= ask()
      .catch((error: unknown) => logger.warn("the agent cannot be asked", { error: String(error) }))
      .finally(() => {
        asking = null;
        if (again && running) void refresh();
        else later();
        again = false;
      });
    return asking;
  }
  /** Often while it moves, else now and then: what changes otherwise is told by its body's info. */
  function later(): void {
    timer?.cancel();
    if (!running) return;
    const ms = agent !== null && agent.moving !== null ? movingLookMs : agentLookMs;
    timer = timers.after("look at the agent", ms, () => void refresh());
  }
  function put(node: string, fields: Partial<BodyView>): void {
    const none = {
      tier: "",
      life: "vacant",
      agent: "",
      name: "",
      epoch: 0,
      departed_to: "",
    } as const;
    const known = bodies.get(node) ?? { node, kind: "robot", status: "offline", ...none };
    if (!bodies.has(node) && bodies.size >= maxBodies) return;
    const next: BodyView = { ...known, ...fields };
    if (JSON.stringify(known) === JSON.stringify(next) && bodies.has(node)) return;
    bodies.set(node, next);
    again = asking !== null;
    void refresh();
  }
  return {
    view,
    living,
    refresh,
    onChange(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    start() {
      running = true;
      ends.push(
        bus.subscribe(`${topicRoot}/+/status`, ({ topic, payload }) => {
          const node = parseTopic(topic)?.node;
          const text = decoder.decode(payload.subarray(0, 16));
          const status = statuses.find((known) => known === text);
          if (node === undefined || status === undefined) return;
          if (!statusOf.has(node) && statusOf.size >= maxNodes) return;
          statusOf.set(node, status);
          if (bodies.has(node)) put(node, { status });
        }),
        bus.subscribe(`${topicRoot}/+/info`, ({ topic, payload }) => {
          const node = parseTopic(topic)?.node;
          const decoded = decodePayload(infoPayload, payload);
          if (node === undefined || !decoded.ok || decoded.value.life === undefined) return;
          const { kind, tier, life, agent: id = "", epoch, departed_to = "" } = decoded.value;
          const name = id === "" ? "" : decoded.value.name;
          const status = statusOf.get(node) ?? "online";
          put(node, { kind, tier, life, agent: id, name, epoch, departed_to, status });
        }),
        bus.onConnection(() => void refresh()),
      );
      void refresh();
    },
    stop() {
      running = false;
      timer?.cancel();
      for (const end of ends.splice(0)) end();
      listeners.clear();
    },
  };
}
