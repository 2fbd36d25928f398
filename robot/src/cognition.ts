import type { Mind, MindAnswer, MindQuestion } from "@timmy/shared/agent/mind";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { commandPayloads, decideReplyPayload } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { decideTimeoutMs } from "./limits.ts";

export interface CognitionPorts {
  readonly bus: Bus;
  readonly node: string;
  /** The companion that offers cognition. */
  readonly companion: string;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly encoder: Encoder;
  readonly logger: Logger;
  /** Answers when the companion does not. */
  readonly rules: Mind;
}

export interface Cognition extends Mind {
  /** Who decided last: the companion's mind, or our own rules. */
  current(): "companion" | "rules";
  stop(): void;
}

function toCode(text: string | null): ErrorCode {
  return text !== null && text in errorTable ? (text as ErrorCode) : "not-understood";
}

/** Asks the companion's mind over the bus, and falls back to the rules when it stays silent. */
export function createCognition(ports: CognitionPorts): Cognition {
  const { bus, node, companion, time, makeId, encoder, logger, rules } = ports;
  const replies = new Map<string, (answer: MindAnswer) => void>();
  let online = false;
  let current: "companion" | "rules" = "rules";
  const decoder = new TextDecoder();
  const ends = [
    bus.subscribe(topicsOf(companion).status, (message) => {
      online = decoder.decode(message.payload) === "online";
    }),
    bus.subscribe(topicsOf(node).allReplies, (message) => {
      const decoded = decodePayload(decideReplyPayload, message.payload);
      if (!decoded.ok) return;
      const { id, ok, steps, code, sentence, decided_by } = decoded.value;
      const resolve = replies.get(id);
      if (resolve === undefined) return;
      if (ok && steps.length > 0) resolve({ ok: true, plan: { id, decided_by, steps } });
      else resolve({ ok: false, reason: toCode(code), sentence, decidedBy: decided_by });
    }),
  ];
  function ask(question: MindQuestion): Promise<MindAnswer | null> {
    const id = makeId();
    const { promise, resolve } = Promise.withResolvers<MindAnswer | null>();
    replies.set(id, resolve);
    const timer = time.timers.after("decide reply", decideTimeoutMs, () => resolve(null));
    const payload = encoder.encode(commandPayloads.decide, {
      id,
      epoch: 0,
      deadline_ms: Math.round(time.clock.wallMs()) + decideTimeoutMs,
      who: node,
      text: question.text,
      reply_to: topicsOf(node).reply(id),
      rooms: question.rooms.map(({ id: room, name, aliases }) => ({
        id: room,
        name,
        aliases: [...aliases],
      })),
    });
    bus.publish(topicsOf(companion).command("decide"), payload, { qos: 1 });
    return promise.finally(() => {
      timer.cancel();
      replies.delete(id);
    });
  }
  return {
    current: () => current,
    async decide(question, signal) {
      // A text that the wire would refuse is refused here, by the rules, with a sentence.
      const answer =
        online && bus.connected() && question.text.length <= 2000 ? await ask(question) : null;
      if (answer !== null) {
        current = "companion";
        return answer;
      }
      if (current === "companion") logger.warn("companion is silent, deciding by rules");
      current = "rules";
      return rules.decide(question, signal);
    },
    stop() {
      for (const end of ends) end();
    },
  };
}
