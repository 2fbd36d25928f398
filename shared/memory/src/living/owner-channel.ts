import {
  type CallAsked,
  type CallBody,
  type CallOutcome,
  type CallRefusal,
  type OwnerCall,
  ownerCalls,
} from "@timmy/shared/agent/owner-calls";
import { type ErrorCode, errorTable, TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { decodePayload, type Encoder } from "@timmy/shared/mqtt/codec";
import { maxCallBytes } from "@timmy/shared/mqtt/limits";
import { callReplyPayload, commandPayloads, replyPayload } from "@timmy/shared/mqtt/payloads";
import { parseTopic, topicsOf } from "@timmy/shared/mqtt/topics";
import type { Bus, BusMessage } from "@timmy/shared/ports/bus";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { z } from "zod";
import {
  answerPieceChars,
  callAdmitMs,
  callAnswerMs,
  maxAnswerPieces,
  maxCalls,
  rememberedCalls,
  unprovenMs,
} from "./limits.ts";
import type { OwnerSeal } from "./owner-seal.ts";

export type OwnerHandlers = {
  readonly [C in OwnerCall]?: (
    ask: CallAsked<C>,
    context: { readonly caller: string; readonly signal: AbortSignal },
  ) => CallOutcome<C> | Promise<CallOutcome<C>>;
};

export interface OwnerChannelPorts {
  readonly bus: Bus;
  /** Who calls, and under whose topics answers come back. */
  readonly node: string;
  /** Null on a body without the owner's key: it is not called, and calls nobody but itself. */
  readonly seal: OwnerSeal | null;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly encoder: Encoder;
  readonly logger: Logger;
}

export interface OwnerChannel {
  readonly call: CallBody;
  /** What this body answers. */
  serve(handlers: OwnerHandlers): void;
  start(): void;
  stop(): void;
}

export const refusedCall = (code: ErrorCode, detail = ""): CallRefusal => ({
  ok: false,
  code,
  sentence: new TimmyError(code, detail).message,
});

const askSchema = z.object({ call: z.string().max(40), ask: z.unknown() });
const answerSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.string(), sentence: z.string() }),
]);
const isCall = (name: string): name is OwnerCall => Object.hasOwn(ownerCalls, name);
const toCode = (code: string): ErrorCode =>
  Object.hasOwn(errorTable, code) ? (code as ErrorCode) : "internal";

/** What a seal is bound to: nobody makes an answer of a call, or brings either to another body. */
const boundCall = (to: string, from: string, id: string, deadlineMs: number) =>
  `call ${to} ${from} ${id} ${deadlineMs}`;
const boundAnswer = (to: string, from: string, id: string, part: number, parts: number) =>
  `answer ${to} ${from} ${id} ${part} ${parts}`;

interface Waiting {
  readonly to: string;
  readonly pieces: string[];
  readonly resolve: (answer: unknown) => void;
  readonly refuse: (refusal: CallRefusal) => void;
}

/**
 * Calls between the bodies of one owner, over any broker: whoever has not the owner's key neither
 * reads nor makes them, and none is carried out twice or late.
 */
export function createOwnerChannel(ports: OwnerChannelPorts): OwnerChannel {
  const { bus, node, seal, time, makeId, encoder, logger } = ports;
  const topics = topicsOf(node);
  const waiting = new Map<string, Waiting>();
  /** By id, until when it is remembered. */
  const seen = new Map<string, number>();
  const stopping = new AbortController();
  const ends: (() => void)[] = [];
  let handlers: OwnerHandlers = {};
  const startedMs = Math.round(time.clock.wallMs());
  let answering = 0;
  const wallMs = () => Math.round(time.clock.wallMs());

  async function handle(
    name: string,
    ask: unknown,
    caller: string,
  ): Promise<CallOutcome<OwnerCall>> {
    const run = isCall(name) ? handlers[name] : undefined;
    if (!isCall(name) || run === undefined) return refusedCall("unknown-topic", name.slice(0, 40));
    const parsed = ownerCalls[name].ask.safeParse(ask);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refusedCall("bad-payload", `${issue?.path.join(".")}: ${issue?.message}.`);
    }
    try {
      const { signal } = stopping;
      return await (run as (ask: unknown, context: object) => Promise<CallOutcome<OwnerCall>>)(
        parsed.data,
        { caller, signal },
      );
    } catch (error) {
      if (error instanceof TimmyError)
        return { ok: false, code: error.code, sentence: error.message };
      logger.error("a call failed", { call: name, error: String(error) });
      return refusedCall("internal");
    }
  }
  function reply(to: string, id: string, answer: CallOutcome<OwnerCall>): void {
    if (seal === null) return;
    const text = JSON.stringify(answer);
    const parts = Math.max(1, Math.ceil(text.length / answerPieceChars));
    if (parts > maxAnswerPieces) return reply(to, id, refusedCall("too-large", "Ask for less."));
    for (let part = 0; part < parts; part++) {
      const piece = text.slice(part * answerPieceChars, (part + 1) * answerPieceChars);
      const sealed = seal.close(JSON.stringify(piece), boundAnswer(to, node, id, part, parts));
      const payload = encoder.encode(callReplyPayload, { id, part, parts, sealed });
      bus.publish(topicsOf(to).reply(id), payload, { qos: 1 });
    }
  }
  /** A refusal that needs no key: who has none is told why nothing is done. */
  function turnAway(to: string, id: string, code: ErrorCode): void {
    const { sentence, remedy } = errorTable[code];
    const words = `${sentence} ${remedy}`;
    const fields = { id, ok: false, code, sentence: words, task_id: null, speed_mps: null };
    bus.publish(topicsOf(to).reply(id), encoder.encode(replyPayload, fields), { qos: 1 });
  }
  /** Whether a call is new and in time; ids are kept as long as their call could be said again. */
  function admit(id: string, deadlineMs: number): ErrorCode | null {
    const now = wallMs();
    for (const [old, untilMs] of seen) if (untilMs < now) seen.delete(old);
    // What was said before this process began may have been carried out by the one before.
    const late = now > deadlineMs || deadlineMs - callAdmitMs < startedMs;
    if (late || deadlineMs > now + 2 * callAdmitMs) return "expired-command";
    if (seen.has(id)) return "duplicate-command";
    if (seen.size >= rememberedCalls || answering >= maxCalls) return "rate-limited";
    seen.set(id, deadlineMs);
    return null;
  }
  async function receive(message: BusMessage): Promise<void> {
    if (message.retained || seal === null) return;
    const decoded = decodePayload(commandPayloads.call, message.payload, maxCallBytes);
    if (!decoded.ok) return logger.warn("a call was refused", { code: decoded.code });
    const { id, who, deadline_ms, sealed } = decoded.value;
    if (parseTopic(topicsOf(who).reply(id))?.kind !== "reply") return;
    const opened = seal.open(sealed, boundCall(node, who, id, deadline_ms));
    if (opened === null) {
      logger.warn("a call was refused", { code: "owner-unproven", who });
      return turnAway(who, id, "owner-unproven");
    }
    const refused = admit(id, deadline_ms);
    if (refused === "duplicate-command") return;
    if (refused !== null) return reply(who, id, refusedCall(refused));
    const { call, ask } = askSchema.parse(JSON.parse(opened));
    answering++;
    const answer = await handle(call, ask, who).finally(() => {
      answering--;
    });
    if (!stopping.signal.aborted) reply(who, id, answer);
  }
  function hear(message: BusMessage): void {
    const id = parseTopic(message.topic)?.name ?? "";
    const one = waiting.get(id);
    if (one === undefined || seal === null || message.retained) return;
    const decoded = decodePayload(callReplyPayload, message.payload, maxCallBytes);
    if (!decoded.ok) {
      // Everybody can say this much: a sealed answer that comes all the same counts instead.
      const away = decodePayload(replyPayload, message.payload);
      if (away.ok && away.value.code === "owner-unproven") {
        const refuse = () => one.refuse(refusedCall("owner-unproven"));
        time.timers.after("a sealed answer", unprovenMs, refuse);
      }
      return;
    }
    const { part, parts, sealed } = decoded.value;
    if (part !== one.pieces.length || parts > maxAnswerPieces) return;
    const piece = seal.open(sealed, boundAnswer(node, one.to, id, part, parts));
    if (piece === null) return logger.warn("an answer was refused", { code: "owner-unproven" });
    one.pieces.push(JSON.parse(piece) as string);
    if (one.pieces.length === parts) one.resolve(JSON.parse(one.pieces.join("")));
  }
  /** The sealed way there and back. */
  function send(
    to: string,
    call: OwnerCall,
    ask: unknown,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<unknown> {
    if (seal === null) return Promise.resolve(refusedCall("owner-unproven"));
    if (!bus.connected()) return Promise.resolve(refusedCall("broker-away"));
    if (waiting.size >= maxCalls) return Promise.resolve(refusedCall("rate-limited"));
    const id = makeId();
    const deadline_ms = wallMs() + callAdmitMs;
    const sealed = seal.close(JSON.stringify({ call, ask }), boundCall(to, node, id, deadline_ms));
    const head = { id, epoch: 0, deadline_ms, who: node };
    const payload = encoder.encode(commandPayloads.call, { ...head, sealed });
    if (payload.length > maxCallBytes) return Promise.resolve(refusedCall("too-large"));
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const { timeoutMs = callAnswerMs, signal } = options;
    const timer = time.timers.after(`answer to ${call}`, timeoutMs, () =>
      resolve(refusedCall("reply-timeout", `"${to}" was asked.`)),
    );
    const giveUp = () => resolve(refusedCall("superseded"));
    signal?.addEventListener("abort", giveUp, { once: true });
    waiting.set(id, { to, pieces: [], resolve, refuse: resolve });
    bus.publish(topicsOf(to).command("call"), payload, { qos: 1 });
    return promise.finally(() => {
      timer.cancel();
      signal?.removeEventListener("abort", giveUp);
      waiting.delete(id);
    });
  }
  return {
    async call(to, call, ask, options = {}) {
      // A body asks itself without a broker; it is asked in the same form.
      const given =
        to === node && handlers[call] !== undefined
          ? await handle(call, ask, node)
          : await send(to, call, ask, options);
      const answer = answerSchema.safeParse(given);
      if (!answer.success) return refusedCall("bad-payload", "The answer has no known form.");
      if (!answer.data.ok) return { ...answer.data, code: toCode(answer.data.code) };
      const value = ownerCalls[call].answer.safeParse(answer.data.value);
      if (value.success) return { ok: true, value: value.data } as CallOutcome<typeof call>;
      const [issue] = value.error.issues;
      return refusedCall("bad-payload", `${issue?.path.join(".")}: ${issue?.message}.`);
    },
    serve(given) {
      handlers = { ...handlers, ...given };
    },
    start() {
      ends.push(
        bus.subscribe(topics.command("call"), (message) => {
          receive(message).catch((error: unknown) => {
            logger.warn("a call was refused", { error: String(error) });
          });
        }),
        bus.subscribe(topics.allReplies, hear),
      );
    },
    stop() {
      stopping.abort();
      for (const end of ends.splice(0)) end();
      for (const one of [...waiting.values()]) one.refuse(refusedCall("broker-away"));
    },
  };
}
