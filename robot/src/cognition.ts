import { boundKnown, type OwnerSeal } from "@timmy/memory/living/owner-seal";
import type { Mind, MindAnswer, MindContext, MindQuestion } from "@timmy/shared/agent/mind";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { maxKnownChars } from "@timmy/shared/mqtt/limits";
import { commandPayloads, decideReplyPayload } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { decideTimeoutMs, thinkTimeoutMs } from "./limits.ts";

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
  /** Closes what the agent knows for the owner's other bodies; without one nothing of it is told. */
  readonly seal: OwnerSeal | null;
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
  const { bus, node, companion, time, makeId, encoder, logger, rules, seal } = ports;
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
      const { id, ok, steps, code, sentence, decided_by, model, checks } = decoded.value;
      const resolve = replies.get(id);
      if (resolve === undefined) return;
      const how = {
        ...(model === undefined ? {} : { model }),
        ...(checks === undefined ? {} : { checks }),
      };
      if (ok && steps.length > 0) resolve({ ok: true, plan: { id, decided_by, steps }, ...how });
      else resolve({ ok: false, reason: toCode(code), sentence, decidedBy: decided_by, ...how });
    }),
  ];
  /** What fits into a question of what is known; the best memories come first, and are dropped last. */
  function sealKnown(
    closing: OwnerSeal,
    context: MindContext | undefined,
    asked: Parameters<typeof boundKnown>[1],
  ): string | undefined {
    const { blocks, memories } = context ?? { blocks: [], memories: [] };
    for (let count = memories.length; count >= 0; count--) {
      const some = { blocks, memories: memories.slice(0, count) };
      const sealed = closing.close(JSON.stringify(some), boundKnown(companion, asked));
      if (sealed.length <= maxKnownChars) return sealed;
    }
    return undefined;
  }
  function ask(question: MindQuestion, timeoutMs: number): Promise<MindAnswer | null> {
    const id = makeId();
    const deadline_ms = Math.round(time.clock.wallMs()) + timeoutMs;
    const reply_to = topicsOf(node).reply(id);
    const asked = { id, deadline_ms, reply_to, text: question.text };
    const known = seal === null ? undefined : sealKnown(seal, question.context, asked);
    const { promise, resolve } = Promise.withResolvers<MindAnswer | null>();
    replies.set(id, resolve);
    const timer = time.timers.after("decide reply", timeoutMs, () => resolve(null));
    const payload = encoder.encode(commandPayloads.decide, {
      ...asked,
      epoch: 0,
      who: node,
      ...(known === undefined ? {} : { known }),
      rooms: question.rooms.map(({ id: room, name, aliases, goal, outline, away_m }) => ({
        id: room,
        name,
        aliases: [...aliases],
        ...(goal === undefined ? {} : { goal: [...goal] }),
        ...(outline === undefined ? {} : { outline: outline.map(([x, y]) => [x, y] as const) }),
        ...(away_m === undefined ? {} : { away_m }),
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
      const byRules = await rules.decide(question, signal);
      const lost = !byRules.ok && byRules.reason === "not-understood";
      const timeoutMs = lost ? thinkTimeoutMs : decideTimeoutMs;
      // A text that the wire would refuse is refused here, by the rules, with a sentence.
      const answer =
        online && bus.connected() && question.text.length <= 2000
          ? await ask(question, timeoutMs)
          : null;
      if (answer !== null) {
        current = "companion";
        return answer;
      }
      if (current === "companion") logger.warn("companion is silent, deciding by rules");
      current = "rules";
      return byRules;
    },
    stop() {
      for (const end of ends) end();
    },
  };
}
