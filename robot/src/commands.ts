import type { Life } from "@timmy/memory/living/life";
import { rankInClear } from "@timmy/shared/agent/private-words";
import type { SenderRank } from "@timmy/shared/agent/sender-rank";
import type { ErrorCode } from "@timmy/shared/errors";
import { errorTable } from "@timmy/shared/errors";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import type { CommandGate } from "@timmy/shared/mqtt/command-gate";
import { leaseMs, maxHearBytes, maxPayloadBytes } from "@timmy/shared/mqtt/limits";
import { type CommandPayload, commandPayloads, replyPayload } from "@timmy/shared/mqtt/payloads";
import {
  type CommandName,
  commandNames,
  parseTopic,
  topicRoot,
  topicsOf,
} from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { roundTo } from "@timmy/shared/units";
import type { Body } from "./body.ts";
import { sealedTimeoutMs } from "./limits.ts";
import type { Reporter } from "./reporter.ts";
import type { Tasks, Told } from "./tasks.ts";

/** An answer before it gets its envelope. */
export interface Answer {
  readonly ok: boolean;
  readonly code: ErrorCode | null;
  readonly sentence: string;
  readonly taskId?: string | null;
  readonly speedMps?: number | null;
}

const refusal = (code: ErrorCode, sentence?: string): Answer => ({
  ok: false,
  code,
  sentence: sentence ?? `${errorTable[code].sentence} ${errorTable[code].remedy}`,
});

export interface CommandPorts {
  readonly bus: Bus;
  readonly node: string;
  readonly time: Time;
  readonly encoder: Encoder;
  readonly logger: Logger;
  readonly gate: CommandGate;
  readonly body: Body;
  readonly tasks: Tasks;
  readonly reporter: Reporter;
  /** Whether the agent lives and acts in this body. */
  readonly life: Pick<Life, "refusal" | "settled">;
  /** How far a sender of words is trusted. */
  readonly rankOf: SenderRank;
  /** The owner's words come sealed too: then a name in clear opens no memory and gives no consent. */
  readonly sealed: boolean;
}

const told = (c: { who: string; lease?: string | undefined; deadline_ms: number }): Told => ({
  who: c.who,
  lease: c.lease ?? null,
  deadlineMs: c.deadline_ms,
  // A structured command is the hand of whoever runs this broker, and that is the owner.
  from: "owner",
});

/** What a body does also when its agent lives elsewhere. */
const alwaysDone: ReadonlySet<CommandName> = new Set(["stop", "estop", "reset", "lease"]);

type Handlers = { [N in CommandName]: (command: CommandPayload<N>) => Promise<Answer | null> };

/** An answer is never published where it would be a command or a state of somebody's. */
function mayAnswerOn(topic: string): boolean {
  if (/[+#\0]/.test(topic) || topic.length > 256) return false;
  return !topic.startsWith(`${topicRoot}/`) || parseTopic(topic)?.kind === "reply";
}

function isCommand(name: string): name is CommandName {
  return (commandNames as readonly string[]).includes(name);
}

/** Takes commands from the bus: decodes, lets the gate judge, carries out, answers. */
export function createCommands(ports: CommandPorts) {
  const { bus, node, time, encoder, logger, gate, body, tasks, reporter, rankOf, life } = ports;
  const topics = topicsOf(node);
  let bad = 0;
  /** Stops so far, whoever or whatever stopped it: what was asked before one does not happen after it. */
  let stopped = 0;

  function refuse(message: BusMessage, code: ErrorCode, detail: string): void {
    bad++;
    logger.warn("command refused", { topic: message.topic, code, detail });
    reporter.event("error", {
      code,
      detail: detail.slice(0, 200),
      topic: message.topic.slice(0, 128),
    });
  }
  function reply(message: BusMessage, id: string, answer: Answer): void {
    const payload = encoder.encode(replyPayload, {
      id,
      ok: answer.ok,
      code: answer.code,
      sentence: answer.sentence.slice(0, 400),
      task_id: answer.taskId ?? null,
      speed_mps: answer.speedMps ?? null,
    });
    bus.publish(topics.reply(id), payload, { qos: 1 });
    const { responseTopic } = message;
    if (responseTopic !== undefined && mayAnswerOn(responseTopic)) {
      bus.publish(responseTopic, payload, { qos: 1 });
    }
  }
  async function halt(kind: "stop" | "estop", who: string): Promise<Answer> {
    stopped++;
    tasks.abort("stopped");
    const report = await body.halt(kind, `${kind} by ${who}`.slice(0, 60));
    const speedMps = roundTo(report.speedMps, 3);
    if (report.state === "unconfirmed") {
      return {
        ...refusal("unconfirmed", `Unconfirmed: last ${speedMps.toFixed(2)} m/s.`),
        speedMps,
      };
    }
    return {
      ok: true,
      code: null,
      sentence: `Stopped, ${speedMps.toFixed(2)} m/s measured.`,
      speedMps,
    };
  }
  const handlers: Handlers = {
    hear: (c) => {
      const rank = rankOf(c.who, c.from);
      const from = ports.sealed ? rankInClear(c.text, rank) : rank;
      return tasks.hear(c.text, { ...told(c), from, inClear: ports.sealed });
    },
    plan: (c) => tasks.plan(c.steps, told(c)),
    goto: (c) => tasks.plan([{ skill: "goto", place: c.place }], told(c)),
    say: (c) => tasks.plan([{ skill: "say", text: c.text }], told(c)),
    async drive(c) {
      tasks.abort("superseded");
      const untilMs = time.clock.monotonicMs() + leaseMs;
      const velocity = { linearMps: c.linear_mps, angularRadps: c.angular_radps };
      const outcome = await body.driveByHand(velocity, untilMs);
      return outcome.ok ? null : refusal(outcome.reason);
    },
    stop: (c) => halt("stop", c.who),
    estop: (c) => halt("estop", c.who),
    async reset(c) {
      const outcome = await body.reset(c.generation);
      if (!outcome.ok)
        return refusal(outcome.reason, `${errorTable[outcome.reason].sentence} ${outcome.detail}`);
      logger.info("reset", { generation: c.generation, who: c.who });
      reporter.event("stop", {
        state: "none",
        reason: `reset by ${c.who}`.slice(0, 120),
        generation: c.generation,
        speed_mps: null,
      });
      return { ok: true, code: null, sentence: "Reset: disarmed, ready for the next instruction." };
    },
    async lease(c) {
      tasks.renew(c.lease);
      return null;
    },
    // The owner's channel takes these, and answers them.
    call: async () => null,
    decide: async () => refusal("unknown-topic", "A robot does not decide for others."),
  };
  /**
   * Why a command is not carried out, after the body has made sure of its epoch: a moment in which
   * somebody may have said stop, or its time may have passed. A set-point by hand never waits.
   */
  async function refusalAfterWait(
    name: CommandName,
    head: { readonly sentMs: number },
    fields: { readonly epoch?: number; readonly deadline_ms?: number },
  ): Promise<Answer | null> {
    const before = stopped;
    if (name !== "drive") await life.settled();
    const absence = life.refusal();
    if (absence !== null) return refusal(absence.code, absence.sentence);
    if (stopped !== before) return refusal("stopped");
    const { epoch, deadline_ms: deadlineMs } = fields;
    const again = gate.check(
      {
        ...head,
        ...(epoch === undefined ? {} : { epoch }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      },
      time.clock.wallMs(),
    );
    return again.ok ? null : refusal(again.code);
  }
  async function carryOut<N extends CommandName>(name: N, message: BusMessage): Promise<void> {
    // A stop acts whatever stands in it: nothing is gained by refusing one for its form.
    const limit = name === "hear" ? maxHearBytes : maxPayloadBytes;
    const decoded = decodePayload(commandPayloads[name], message.payload, limit);
    if (!decoded.ok) {
      if ((name === "stop" || name === "estop") && !message.retained) {
        const answer = await halt(name, "a malformed command");
        logger.warn("stopped by a malformed command", { ok: answer.ok });
      }
      return refuse(message, decoded.code, decoded.detail);
    }
    const command = decoded.value as CommandPayload<N>;
    const fields: { id?: string; epoch?: number; deadline_ms?: number; ts: number } = command;
    const wallMs = time.clock.wallMs();
    const head = { name, id: fields.id ?? "", retained: message.retained, sentMs: fields.ts };
    const admission =
      name === "lease"
        ? { ok: !message.retained, code: "retained-command" as const }
        : gate.admit(
            {
              ...head,
              ...(fields.epoch === undefined ? {} : { epoch: fields.epoch }),
              ...(fields.deadline_ms === undefined ? {} : { deadlineMs: fields.deadline_ms }),
            },
            wallMs,
          );
    if (!admission.ok) {
      refuse(message, admission.code, errorTable[admission.code].sentence);
      return head.retained ? undefined : reply(message, head.id, refusal(admission.code));
    }
    // A body that the agent left still stops; whatever else it is told, it says where he went.
    const stops = name === "hear" && isStopWord((command as CommandPayload<"hear">).text);
    if (stops) stopped++;
    if (!alwaysDone.has(name) && !stops) {
      const why = await refusalAfterWait(name, head, fields);
      if (why !== null) return reply(message, head.id, why);
    }
    const answer = await handlers[name](command);
    reporter.flush();
    if (answer !== null) reply(message, head.id, answer);
  }
  /** A sentence of the owner's that came sealed. */
  async function hearSealed(text: string, lease: string | null): Promise<Answer> {
    const sentMs = time.clock.wallMs();
    const why = isStopWord(text) ? null : await refusalAfterWait("hear", { sentMs }, {});
    if (why !== null) return why;
    const deadlineMs = time.clock.wallMs() + sealedTimeoutMs;
    return tasks.hear(text, { who: "owner", from: "owner", lease, deadlineMs });
  }
  const ends: (() => void)[] = [];
  return {
    hearSealed,
    badCommands: () => bad,
    start(): void {
      ends.push(
        body.link.onStop(() => {
          stopped++;
        }),
        bus.subscribe(topics.allCommands, (message) => {
          const name = parseTopic(message.topic)?.name ?? "";
          if (name === "call") return;
          if (!isCommand(name)) return refuse(message, "unknown-topic", name.slice(0, 40));
          carryOut(name, message).catch((error: unknown) => {
            logger.error("command failed", { name, error: String(error) });
            refuse(message, "internal", name);
          });
        }),
      );
    },
    stop(): void {
      for (const end of ends.splice(0)) end();
    },
  };
}
