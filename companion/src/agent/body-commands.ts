import type { Life } from "@timmy/memory/living/life";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { rankInClear } from "@timmy/shared/agent/private-words";
import { createSenderRank } from "@timmy/shared/agent/sender-rank";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { createCommandGate } from "@timmy/shared/mqtt/command-gate";
import { maxHearBytes } from "@timmy/shared/mqtt/limits";
import { commandPayloads, replyPayload } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Clock } from "@timmy/shared/ports/time";
import { type GatewayAnswer, refusedAnswer } from "../reply-desk.ts";
import type { Hearing } from "./hearing.ts";

export interface BodyCommandPorts {
  readonly bus: Bus;
  readonly node: string;
  readonly store: AgentStore;
  readonly life: Pick<Life, "refusal">;
  readonly hearing: Hearing;
  readonly clock: Clock;
  readonly encoder: Encoder;
  readonly logger: Logger;
  /** Names whose words are the owner's. */
  readonly owners: readonly string[];
}

/** What is said to this body over the broker: the same commands as a robot's, as far as words go. */
export function startBodyCommands(ports: BodyCommandPorts): () => void {
  const { bus, node, store, hearing, clock, encoder, logger } = ports;
  const topics = topicsOf(node);
  const gate = createCommandGate(() => store.agent().epoch);
  const rankOf = createSenderRank(ports.owners);

  function reply(id: string, { ok, code, sentence }: GatewayAnswer): void {
    const fields = { id, ok, code, sentence: sentence.slice(0, 400) };
    const payload = encoder.encode(replyPayload, { ...fields, task_id: null, speed_mps: null });
    bus.publish(topics.reply(id), payload, { qos: 1 });
  }
  async function hear(message: BusMessage): Promise<void> {
    const decoded = decodePayload(commandPayloads.hear, message.payload, maxHearBytes);
    if (!decoded.ok) return logger.warn("command refused", { code: decoded.code });
    const { id, epoch, deadline_ms, ts, who, text, from } = decoded.value;
    const head = { name: "hear", id, retained: message.retained, sentMs: ts };
    const wallMs = clock.wallMs();
    const admission = gate.admit({ ...head, epoch, deadlineMs: deadline_ms }, wallMs);
    if (!admission.ok) {
      logger.warn("command refused", { code: admission.code });
      return message.retained ? undefined : reply(id, refusedAnswer(admission.code));
    }
    const rank = rankInClear(text, rankOf(who, from));
    const timeoutMs = Math.max(0, deadline_ms - wallMs);
    const told = { who, from: rank, inClear: true, timeoutMs };
    try {
      reply(id, await hearing.hear(text, told));
    } catch (error) {
      reply(id, refusedAnswer("internal"));
      throw error;
    }
  }
  /** It stands still by nature: what is being said ends. */
  function stop(message: BusMessage): void {
    if (message.retained) return;
    hearing.stop();
    const decoded = decodePayload(commandPayloads.stop, message.payload);
    if (!decoded.ok) return;
    const sentence = "Stopped: this body has no wheels.";
    reply(decoded.value.id, { ok: true, code: null, sentence, taskId: null, speedMps: null });
  }
  const ends = [
    bus.subscribe(topics.command("hear"), (message) => {
      hear(message).catch((error: unknown) => {
        logger.error("a command failed", { error: String(error) });
      });
    }),
    ...(["stop", "estop"] as const).map((name) => bus.subscribe(topics.command(name), stop)),
  ];
  return () => {
    for (const end of ends) end();
  };
}
