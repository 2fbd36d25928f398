import type { SecretScanner } from "@timmy/shared/agent/gate-secrets";
import type { CallRefusal } from "@timmy/shared/agent/owner-calls";
import type { Said } from "@timmy/shared/agent/provenance";
import { errorTable } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import {
  callWindowMs,
  graceMs,
  maxCallsInWindow,
  maxCallsUnderWay,
  maxRead,
  maxReadChars,
  maxSentenceChars,
} from "./limits.ts";
import {
  type AgentTool,
  bounded,
  knownCode,
  type Reading,
  refuse,
  type ToolAnswer,
} from "./tool.ts";

/** What went wrong, as a client reads it. */
export interface ToolProblem {
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
}
export type DeskAnswer<O> =
  | { readonly ok: true; readonly value: O }
  | { readonly ok: false; readonly problem: ToolProblem };

/** The remedy stands once, by itself, also where the sentence ends with it. */
function problemOf({ code, sentence }: CallRefusal): ToolProblem {
  const known = knownCode(code);
  const { remedy } = errorTable[known];
  return { code: known, sentence: bounded(sentence.replace(remedy, "").trim()), remedy };
}

function createReading(): Reading {
  const read: Said<string>[] = [];
  return {
    told(text) {
      // A client counts as a peer itself; only what is trusted less than that changes anything.
      if (text.from !== "world") return;
      if (read.length === maxRead) read.shift();
      read.push({ value: bounded(text.value, maxReadChars), from: text.from });
    },
    all: () => [...read],
  };
}

/** Every text in an answer. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

export interface DeskPorts {
  readonly time: Time;
  readonly logger: Logger;
  /** Secrets of this machine: an answer that holds one is not given. */
  readonly secrets: Pick<SecretScanner, "find">;
}

/** Runs the calls of one client: so many at once, so many a minute, each within its time. */
export function createToolDesk({ time, logger, secrets }: DeskPorts) {
  const reading = createReading();
  let underWay = 0;
  let window = { sinceMs: time.clock.monotonicMs(), calls: 0 };

  function tooMany(): boolean {
    const nowMs = time.clock.monotonicMs();
    if (nowMs - window.sinceMs >= callWindowMs) window = { sinceMs: nowMs, calls: 0 };
    window.calls++;
    return window.calls > maxCallsInWindow || underWay >= maxCallsUnderWay;
  }
  /** The input in its checked form; a stop is read first, and is counted against no limit. */
  function admit<I, O>(tool: AgentTool<I, O>, input: unknown): ToolAnswer<I> {
    const urgent = tool.urgent?.(input) ?? null;
    if (urgent !== null) return { ok: true, value: urgent };
    if (tooMany()) return refuse("rate-limited");
    const parsed = tool.input.safeParse(input);
    if (parsed.success) return { ok: true, value: parsed.data };
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return refuse("tool-input", bounded(wrong.join("; "), maxSentenceChars / 2));
  }
  /** The tool's answer, or why there is none by its deadline; it is never waited for beyond it. */
  async function within<I, O>(
    tool: AgentTool<I, O>,
    input: I,
    client: { readonly who: string; readonly signal: AbortSignal },
  ): Promise<ToolAnswer<O>> {
    const late = new AbortController();
    const { promise, resolve } = Promise.withResolvers<ToolAnswer<O>>();
    const timer = time.timers.after(`tool ${tool.name}`, tool.timeoutMs + graceMs, () => {
      late.abort();
      resolve(refuse("reply-timeout"));
    });
    const signal = AbortSignal.any([client.signal, late.signal]);
    const { who } = client;
    try {
      const answer = tool.run(input, { who, signal, timeoutMs: tool.timeoutMs, reading });
      const told = await Promise.race([answer, promise]);
      const leaks = told.ok && textsIn(told.value).some((text) => secrets.find(text));
      return leaks ? refuse("secret-inside") : told;
    } catch (error) {
      // Only the name: the message may hold what the client or a stranger wrote.
      logger.error("a tool failed", { tool: tool.name, error: (error as Error).name });
      return refuse("internal");
    } finally {
      timer.cancel();
    }
  }
  return {
    async run<I, O>(
      tool: AgentTool<I, O>,
      input: unknown,
      client: { readonly who: string; readonly signal: AbortSignal },
    ): Promise<DeskAnswer<O>> {
      const admitted = admit(tool, input);
      underWay++;
      const startMs = time.clock.monotonicMs();
      const answer = admitted.ok ? await within(tool, admitted.value, client) : admitted;
      underWay--;
      const ms = Math.round(time.clock.monotonicMs() - startMs);
      logger.info("a tool was called", { tool: tool.name, code: answer.ok ? "" : answer.code, ms });
      return answer.ok ? answer : { ok: false, problem: problemOf(answer) };
    },
  };
}
export type ToolDesk = ReturnType<typeof createToolDesk>;
