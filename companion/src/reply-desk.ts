import type { CallAnswer, CallOutcome } from "@timmy/shared/agent/owner-calls";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import { decodePayload } from "@timmy/shared/mqtt/codec";
import { type ReplyPayload, replyPayload } from "@timmy/shared/mqtt/payloads";
import type { BusMessage } from "@timmy/shared/ports/bus";
import type { Timers } from "@timmy/shared/ports/time";
import { maxPendingCommands } from "./limits.ts";

/** The robot's answer, or why there is none; `code` is null only when `ok`. */
export type GatewayAnswer = {
  readonly sentence: string;
  readonly taskId: string | null;
  readonly speedMps: number | null;
} & ({ readonly ok: true; readonly code: null } | { readonly ok: false; readonly code: ErrorCode });

export function refusedAnswer(code: ErrorCode, detail = ""): GatewayAnswer {
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

/** The same answer as the owner's calls carry it, and back. */
export const toCallAnswer = (answer: GatewayAnswer): CallAnswer<"agent.hear"> => ({
  ok: answer.ok,
  code: answer.code,
  sentence: answer.sentence.slice(0, 400),
  task_id: answer.taskId,
  speed_mps: answer.speedMps,
});
export function fromCallAnswer(heard: CallOutcome<"agent.hear">): GatewayAnswer {
  if (!heard.ok) return { ...heard, taskId: null, speedMps: null };
  const { ok, code, sentence, task_id: taskId, speed_mps: speedMps } = heard.value;
  if (ok) return { ok, code: null, sentence, taskId, speedMps };
  const known = Object.hasOwn(errorTable, code ?? "") ? (code as ErrorCode) : "internal";
  return { ok, code: known, sentence, taskId, speedMps };
}

/** Commands that wait for their answers: at most so many, each for at most so long. */
export function createReplyDesk(timers: Timers) {
  const pending = new Map<string, (answer: GatewayAnswer) => void>();
  return {
    pending: () => pending.size,
    full: () => pending.size >= maxPendingCommands,
    /** Takes a message of a reply topic in; answers to others pass by here, and are ignored. */
    receive(message: BusMessage): void {
      const decoded = decodePayload(replyPayload, message.payload);
      if (!decoded.ok || message.retained) return;
      pending.get(decoded.value.id)?.(toAnswer(decoded.value));
    },
    /** The answer to a command, or what `late` says when there is none in time. */
    wait(id: string, timeoutMs: number, late: () => GatewayAnswer): Promise<GatewayAnswer> {
      const { promise, resolve } = Promise.withResolvers<GatewayAnswer>();
      const timer = timers.after(`reply to ${id}`, timeoutMs, () => resolve(late()));
      pending.set(id, resolve);
      return promise.finally(() => {
        timer.cancel();
        pending.delete(id);
      });
    },
    close(): void {
      for (const resolve of [...pending.values()]) resolve(refusedAnswer("robot-away"));
    },
  };
}
