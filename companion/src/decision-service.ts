import { boundKnown, type OwnerSeal } from "@timmy/memory/living/owner-seal";
import type { Mind, MindAnswer, MindCheck, MindContext } from "@timmy/shared/agent/mind";
import type { ErrorCode } from "@timmy/shared/errors";
import { errorTable } from "@timmy/shared/errors";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { maxDecideBytes } from "@timmy/shared/mqtt/limits";
import {
  type CommandPayload,
  commandPayloads,
  decideReplyPayload,
  eventPayloads,
} from "@timmy/shared/mqtt/payloads";
import { parseTopic, topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Clock } from "@timmy/shared/ports/time";
import { z } from "zod";
import { maxDecisions, rememberedQuestions } from "./limits.ts";

export interface DecisionPorts {
  readonly bus: Bus;
  /** The companion's own node. */
  readonly node: string;
  readonly mind: Mind;
  readonly clock: Clock;
  readonly encoder: Encoder;
  readonly logger: Logger;
  /** Opens what a body of the owner's says it knows; null where there is no key. */
  readonly seal: OwnerSeal | null;
}

export interface DecisionService {
  /** Questions that were answered, and messages that were refused. */
  counts(): { readonly answered: number; readonly bad: number };
  stop(): void;
}

type Question = CommandPayload<"decide">;

const said = z.object({
  text: z.string().max(400),
  from: z.enum(["owner", "agent", "peer", "world"]),
});
const contextSchema = z.object({
  blocks: z.array(said.extend({ name: z.string().max(60) })).max(8),
  memories: z.array(said.extend({ id: z.string().max(64) })).max(8),
});
const shortened = ({ check, passed, sentence }: MindCheck) => ({
  check: check.slice(0, 24),
  passed,
  sentence: sentence.slice(0, 160),
});

/** Only a node's own reply topic takes an answer: nobody makes us publish a command. */
function isReplyTopic(topic: string): boolean {
  const parts = parseTopic(topic);
  return parts !== null && parts.kind === "reply" && /^[A-Za-z0-9_-]{1,64}$/.test(parts.name);
}

/** Answers `cmd/decide` with the mind's plan; the same over the broker and in lockstep. */
export function createDecisionService(ports: DecisionPorts): DecisionService {
  const { bus, node, mind, clock, encoder, logger, seal } = ports;
  const topics = topicsOf(node);
  const stopping = new AbortController();
  const seen = new Set<string>();
  let answered = 0;
  let bad = 0;
  let thinking = 0;

  function refuse(message: BusMessage, code: ErrorCode, detail: string): void {
    bad++;
    logger.warn("question refused", { topic: message.topic, code, detail });
    const event = { code, detail: detail.slice(0, 200), topic: message.topic.slice(0, 128) };
    bus.publish(topics.event("error"), encoder.encode(eventPayloads.error, event), { qos: 1 });
  }
  function remember(id: string): void {
    if (seen.size >= rememberedQuestions) {
      const [oldest] = seen;
      if (oldest !== undefined) seen.delete(oldest);
    }
    seen.add(id);
  }
  function reply(question: Question, answer: MindAnswer): void {
    if (stopping.signal.aborted) return;
    answered++;
    const fields = answer.ok
      ? {
          ok: true,
          code: null,
          sentence: "",
          decided_by: answer.plan.decided_by,
          steps: answer.plan.steps,
        }
      : {
          ok: false,
          code: answer.reason,
          sentence: answer.sentence.slice(0, 400),
          decided_by: answer.decidedBy,
          steps: [],
        };
    const { model, checks } = answer;
    const how = {
      ...(model === undefined ? {} : { model: model.slice(0, 64) }),
      ...(checks === undefined ? {} : { checks: checks.slice(0, 16).map(shortened) }),
    };
    const payload = encoder.encode(decideReplyPayload, { id: question.id, ...fields, ...how });
    bus.publish(question.reply_to, payload, { qos: 1 });
  }
  /** What the asker knows about it; what does not open is not read, and the question stands alone. */
  function contextOf(question: Question): { readonly context?: MindContext } {
    const { known } = question;
    if (seal === null || known === undefined) return {};
    const text = seal.open(known, boundKnown(node, question));
    if (text === null) return {};
    const parsed = contextSchema.safeParse(JSON.parse(text));
    return parsed.success ? { context: parsed.data } : {};
  }
  function refused(reason: ErrorCode): MindAnswer {
    return { ok: false, reason, sentence: errorTable[reason].sentence, decidedBy: "rules" };
  }
  async function decide(question: Question): Promise<void> {
    if (thinking >= maxDecisions) return reply(question, refused("busy"));
    thinking++;
    try {
      const { text, rooms } = question;
      const asked = { text, rooms, ...contextOf(question) };
      reply(question, await mind.decide(asked, stopping.signal));
    } catch (error) {
      logger.error("the mind failed", { error: String(error) });
      reply(question, refused("internal"));
    } finally {
      thinking--;
    }
  }
  function receive(message: BusMessage): void {
    if (message.retained) return refuse(message, "retained-command", "retained");
    const decoded = decodePayload(commandPayloads.decide, message.payload, maxDecideBytes);
    if (!decoded.ok) return refuse(message, decoded.code, decoded.detail);
    const question = decoded.value;
    if (!isReplyTopic(question.reply_to)) return refuse(message, "bad-payload", "reply_to");
    if (seen.has(question.id)) return refuse(message, "duplicate-command", question.id);
    remember(question.id);
    if (clock.wallMs() > question.deadline_ms)
      return refuse(message, "expired-command", question.id);
    decide(question).catch((error: unknown) => {
      logger.error("a question was lost", { error: String(error) });
    });
  }
  const end = bus.subscribe(topics.command("decide"), receive);
  return {
    counts: () => ({ answered, bad }),
    stop() {
      end();
      stopping.abort();
    },
  };
}
