import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { leaseMs, maxPayloadBytes } from "@timmy/shared/mqtt/limits";
import {
  type CommandPayload,
  commandPayloads,
  type ReplyPayload,
  replyPayload,
} from "@timmy/shared/mqtt/payloads";
import { type CommandName, topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { createLeaseKeeper } from "./lease-keeper.ts";
import {
  hearTimeoutMs,
  maxHearBytes,
  maxPendingCommands,
  replyTimeoutMs,
  stopTimeoutMs,
} from "./limits.ts";
import { createRobotView, type RobotChange, type RobotSnapshot } from "./robot-view.ts";

export interface GatewayPorts {
  readonly bus: Bus;
  readonly robotNode: string;
  /** Our own node: the `who` of every command. */
  readonly companionNode: string;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly encoder: Encoder;
  readonly logger: Logger;
}

/** The robot's answer, or why there is none; `code` is null only when `ok`. */
export type GatewayAnswer = {
  readonly sentence: string;
  readonly taskId: string | null;
  readonly speedMps: number | null;
} & ({ readonly ok: true; readonly code: null } | { readonly ok: false; readonly code: ErrorCode });

export interface RobotGateway {
  snapshot(): RobotSnapshot;
  onChange(listen: (change: RobotChange) => void): () => void;
  hear(text: string): Promise<GatewayAnswer>;
  goto(place: string): Promise<GatewayAnswer>;
  say(text: string): Promise<GatewayAnswer>;
  /** Answers with the measured speed; a stop is sent even to a robot that seems away. */
  stop(): Promise<GatewayAnswer>;
  estop(): Promise<GatewayAnswer>;
  reset(generation: number): Promise<GatewayAnswer>;
  /** m/s and rad/s for the next 300 ms; answers at once, there is no reply to wait for. */
  drive(linearMps: number, angularRadps: number): GatewayAnswer;
  counts(): { readonly bad: number; readonly pending: number; readonly leases: number };
  /** Ends the subscriptions, the waiting commands and the leases. */
  close(): void;
}

type Fields<N extends CommandName> = Omit<
  CommandPayload<N>,
  "v" | "seq" | "ts" | "id" | "epoch" | "deadline_ms" | "who"
>;

function refused(code: ErrorCode, detail = ""): GatewayAnswer {
  const { sentence, remedy } = errorTable[code];
  const words = [sentence, detail, remedy].filter((part) => part !== "").join(" ");
  return { ok: false, code, sentence: words, taskId: null, speedMps: null };
}

function toAnswer(reply: ReplyPayload): GatewayAnswer {
  const { sentence, task_id: taskId, speed_mps: speedMps } = reply;
  if (reply.ok) return { ok: true, code: null, sentence, taskId, speedMps };
  const code = Object.hasOwn(errorTable, reply.code ?? "") ? (reply.code as ErrorCode) : "internal";
  return { ok: false, code, sentence, taskId, speedMps };
}

/** The companion's end of one robot: what it says, and what it is told. */
export function createRobotGateway(ports: GatewayPorts): RobotGateway {
  const { bus, robotNode, companionNode, time, makeId, encoder, logger } = ports;
  const topics = topicsOf(robotNode);
  const view = createRobotView(robotNode);
  const leases = createLeaseKeeper({ bus, robotNode, timers: time.timers, encoder });
  const listeners = new Set<(change: RobotChange) => void>();
  const pending = new Map<string, (answer: GatewayAnswer) => void>();

  function receive(message: BusMessage): void {
    const change = view.receive(message);
    if (change === null)
      return logger.warn("a message of the robot was dropped", { topic: message.topic });
    if (change.type === "status" && change.data.status !== "online") leases.releaseAll();
    if (change.type === "event" && change.data.kind === "task" && !message.retained) {
      const { phase, task_id } = change.data.payload;
      if (phase === "ended") leases.taskEnded(task_id);
    }
    for (const listen of listeners) listen(change);
  }
  function receiveReply(message: BusMessage): void {
    const decoded = decodePayload(replyPayload, message.payload);
    // Answers to others, also those of a mind, come by here; they are not ours to judge.
    if (!decoded.ok || message.retained) return;
    pending.get(decoded.value.id)?.(toAnswer(decoded.value));
  }
  const root = topics.status.slice(0, -"/status".length);
  const kinds = ["status", "info", "map", "state/+", "telemetry/+", "event/+"];
  const ends = kinds.map((kind) => bus.subscribe(`${root}/${kind}`, receive));
  ends.push(bus.subscribe(topics.allReplies, receiveReply));

  /** Why a command cannot be sent at all; null when it can. */
  function obstacle(): GatewayAnswer | null {
    if (!bus.connected()) return refused("broker-away");
    if (view.status() !== "online") return refused("robot-away");
    return view.epoch() === null ? refused("robot-away", "It has not said who it is yet.") : null;
  }
  function encode<N extends CommandName>(
    name: N,
    id: string,
    timeoutMs: number,
    fields: Fields<N>,
  ) {
    const head = {
      id,
      epoch: view.epoch() ?? 0,
      deadline_ms: Math.round(time.clock.wallMs() + timeoutMs),
      who: companionNode,
    };
    const command = { ...encoder.envelope(), ...head, ...fields };
    const checked = commandPayloads[name].safeParse(command);
    return checked.success ? JSON.stringify(command) : null;
  }
  function send(name: CommandName, id: string, payload: string, timeoutMs: number) {
    if (pending.size >= maxPendingCommands) return Promise.resolve(refused("rate-limited"));
    const { promise, resolve } = Promise.withResolvers<GatewayAnswer>();
    const timer = time.timers.after(`reply to ${name}`, timeoutMs, () => {
      resolve(refused(view.status() === "online" ? "reply-timeout" : "robot-away"));
    });
    pending.set(id, resolve);
    bus.publish(topics.command(name), payload, { qos: 1 });
    return promise.finally(() => {
      timer.cancel();
      pending.delete(id);
    });
  }
  async function order<N extends CommandName>(
    name: N,
    fields: Fields<N>,
    limits: { timeoutMs: number; bytes?: number; tooLarge?: ErrorCode },
  ): Promise<GatewayAnswer> {
    const blocked = obstacle();
    if (blocked !== null) return blocked;
    const id = makeId();
    const payload = encode(name, id, limits.timeoutMs, fields);
    if (payload === null) return refused(limits.tooLarge ?? "bad-payload");
    if (Buffer.byteLength(payload) > (limits.bytes ?? maxPayloadBytes)) {
      return refused(limits.tooLarge ?? "too-large");
    }
    return send(name, id, payload, limits.timeoutMs);
  }
  /** A command whose motion lives only as long as we do. */
  async function orderLeased(
    name: "hear" | "goto",
    fields: Fields<"hear"> | Fields<"goto">,
    limits: { timeoutMs: number; bytes?: number; tooLarge?: ErrorCode },
  ): Promise<GatewayAnswer> {
    const lease = makeId();
    leases.hold(lease);
    const answer = await order(name, { ...fields, lease } as Fields<typeof name>, limits);
    if (answer.ok && answer.taskId !== null) leases.bind(lease, answer.taskId);
    else leases.release(lease);
    return answer;
  }
  async function halt(name: "stop" | "estop"): Promise<GatewayAnswer> {
    if (!bus.connected()) return refused("broker-away", "The stop was not sent.");
    const id = makeId();
    const payload = encoder.encode(commandPayloads.stop, { id, who: companionNode });
    // A stop is sent however many answers are still awaited.
    if (pending.size < maxPendingCommands) return send(name, id, payload, stopTimeoutMs);
    bus.publish(topics.command(name), payload, { qos: 1 });
    return refused("rate-limited", "The stop was sent, its answer is not awaited.");
  }
  return {
    snapshot: view.snapshot,
    onChange(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    hear: (text) =>
      orderLeased(
        "hear",
        { text },
        { timeoutMs: hearTimeoutMs, bytes: maxHearBytes, tooLarge: "instruction-too-long" },
      ),
    goto: (place) => orderLeased("goto", { place }, { timeoutMs: replyTimeoutMs }),
    say: (text) => order("say", { text }, { timeoutMs: replyTimeoutMs }),
    stop: () => halt("stop"),
    estop: () => halt("estop"),
    reset: (generation) => order("reset", { generation }, { timeoutMs: replyTimeoutMs }),
    drive(linearMps, angularRadps) {
      const blocked = obstacle();
      if (blocked !== null) return blocked;
      const fields = { linear_mps: linearMps, angular_radps: angularRadps };
      const payload = encode("drive", makeId(), leaseMs, fields);
      if (payload === null) return refused("bad-payload");
      bus.publish(topics.command("drive"), payload, { qos: 0 });
      return { ok: true, code: null, sentence: "", taskId: null, speedMps: null };
    },
    counts: () => ({ bad: view.bad(), pending: pending.size, leases: leases.held() }),
    close() {
      for (const end of ends.splice(0)) end();
      for (const resolve of [...pending.values()]) resolve(refused("robot-away"));
      leases.releaseAll();
      listeners.clear();
    },
  };
}
