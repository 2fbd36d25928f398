import type { ErrorCode } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import type { Encoder } from "@timmy/shared/mqtt/codec";
import { leaseMs, maxHearBytes, maxPayloadBytes } from "@timmy/shared/mqtt/limits";
import { type CommandPayload, commandPayloads } from "@timmy/shared/mqtt/payloads";
import { type CommandName, topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { createLeaseKeeper } from "./lease-keeper.ts";
import { hearTimeoutMs, replyTimeoutMs, stopTimeoutMs } from "./limits.ts";
import { createReplyDesk, type GatewayAnswer, refusedAnswer as refused } from "./reply-desk.ts";
import { createRobotView, type RobotChange, type RobotSnapshot } from "./robot-view.ts";

export interface GatewayPorts {
  readonly bus: Bus;
  readonly robotNode: string;
  /** Who speaks through here: the `who` of every command. */
  readonly who: string;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly encoder: Encoder;
  readonly logger: Logger;
  /** The owner's sealed way for sentences; they go in clear without one. */
  readonly hearSealed?: (node: string, text: string, lease: string) => Promise<GatewayAnswer>;
}

export type { GatewayAnswer } from "./reply-desk.ts";

export interface RobotGateway {
  snapshot(): RobotSnapshot;
  onChange(listen: (change: RobotChange) => void): () => void;
  hear(text: string): Promise<GatewayAnswer>;
  /** What somebody posted and was awarded: it may drive, but is no word about the memory and no yes. */
  hearTask(text: string): Promise<GatewayAnswer>;
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

/** The companion's end of one robot: what it says, and what it is told. */
export function createRobotGateway(ports: GatewayPorts): RobotGateway {
  const { bus, robotNode, who, time, makeId, encoder, logger } = ports;
  const topics = topicsOf(robotNode);
  const view = createRobotView(robotNode);
  const leases = createLeaseKeeper({ bus, robotNode, time, encoder });
  const listeners = new Set<(change: RobotChange) => void>();
  const desk = createReplyDesk(time.timers);

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
  const root = topics.status.slice(0, -"/status".length);
  const kinds = ["status", "info", "map", "state/+", "telemetry/+", "event/+"];
  const ends = kinds.map((kind) => bus.subscribe(`${root}/${kind}`, receive));
  ends.push(bus.subscribe(topics.allReplies, desk.receive));
  // Without the broker nothing is known of the robot any more; its retained status comes back with
  // the connection. Leases stay: the robot waits some seconds for them to go on.
  ends.push(
    bus.onConnection((connected) => {
      if (!connected) for (const listen of listeners) listen(view.away());
    }),
  );

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
      who,
    };
    const command = { ...encoder.envelope(), ...head, ...fields };
    const checked = commandPayloads[name].safeParse(command);
    return checked.success ? JSON.stringify(command) : null;
  }
  function send(name: CommandName, id: string, payload: string, timeoutMs: number) {
    const answer = desk.wait(id, timeoutMs, () =>
      refused(view.status() === "online" ? "reply-timeout" : "robot-away"),
    );
    bus.publish(topics.command(name), payload, { qos: 1 });
    return answer;
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
    return desk.full() ? refused("rate-limited") : send(name, id, payload, limits.timeoutMs);
  }
  /** A command whose motion lives only as long as we do. */
  const orderLeased = (
    name: "hear" | "goto",
    fields: Fields<"hear"> | Fields<"goto">,
    limits: { timeoutMs: number; bytes?: number; tooLarge?: ErrorCode },
  ) => leased((lease) => order(name, { ...fields, lease } as Fields<typeof name>, limits));
  async function leased(send: (lease: string) => Promise<GatewayAnswer>): Promise<GatewayAnswer> {
    const lease = makeId();
    leases.hold(lease);
    const answer = await send(lease);
    if (answer.ok && answer.taskId !== null) leases.bind(lease, answer.taskId);
    else leases.release(lease);
    return answer;
  }
  const hearInClear = (text: string): Promise<GatewayAnswer> =>
    orderLeased(
      "hear",
      { text },
      { timeoutMs: hearTimeoutMs, bytes: maxHearBytes, tooLarge: "instruction-too-long" },
    );
  async function halt(name: "stop" | "estop"): Promise<GatewayAnswer> {
    if (!bus.connected()) return refused("broker-away", "The stop was not sent.");
    const id = makeId();
    const payload = encoder.encode(commandPayloads.stop, { id, who });
    // A stop is sent however many answers are still awaited.
    if (!desk.full()) return send(name, id, payload, stopTimeoutMs);
    bus.publish(topics.command(name), payload, { qos: 1 });
    return refused("rate-limited", "The stop was sent, its answer is not awaited.");
  }
  return {
    snapshot: view.snapshot,
    onChange(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    hearTask: hearInClear,
    async hear(text) {
      const { hearSealed } = ports;
      // A stop word takes the shortest way, whoever else hears it.
      if (hearSealed !== undefined && !isStopWord(text)) {
        return obstacle() ?? leased((lease) => hearSealed(robotNode, text, lease));
      }
      return hearInClear(text);
    },
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
    counts: () => ({ bad: view.bad(), pending: desk.pending(), leases: leases.held() }),
    close() {
      for (const end of ends.splice(0)) end();
      desk.close();
      leases.releaseAll();
      listeners.clear();
    },
  };
}
