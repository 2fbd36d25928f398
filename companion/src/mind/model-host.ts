import type { MindView } from "@timmy/shared/agent/views";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time, Timer } from "@timmy/shared/ports/time";
import { answered, asked, closedBreaker, mayAsk } from "./breaker.ts";
import { type Deadlines, withDeadlines, within } from "./deadlines.ts";
import * as limits from "./limits.ts";
import { blamesModel, toModelFault } from "./model-fault.ts";
import type { ModelPiece, ModelRequest, ModelServer } from "./model-server.ts";
import { examineServer } from "./server-check.ts";
import { createSingleFlight } from "./single-flight.ts";

export interface ModelHostPorts {
  readonly server: ModelServer;
  readonly time: Time;
  readonly logger: Logger;
}

/** One model that is looked after: found, loaded, asked one question at a time, let rest. */
export interface ModelHost {
  readonly model: string;
  start(): void;
  stop(): void;
  view(): MindView;
  /** Told of each change of the view; answers how to end it. */
  onChange(listen: (view: MindView) => void): () => void;
  /** Whether a question asked now would reach the model. */
  ready(): boolean;
  /** Looks at the server now, instead of at the next turn. */
  look(): Promise<void>;
  /** Rejects with a TimmyError on every fault, and with the signal's reason when that ends it. */
  ask(request: ModelRequest, deadlines: Deadlines, signal: AbortSignal): AsyncIterable<ModelPiece>;
}

const breakerOptions = { failures: limits.breakerFailures, restMs: limits.breakerRestMs };
type State = MindView["state"];
const stateOf: Partial<Record<ErrorCode, State>> = {
  "model-missing": "missing-model",
  "model-refused": "refused",
};

export function createModelHost({ server, time, logger }: ModelHostPorts): ModelHost {
  const { model, address } = server;
  const { clock, timers } = time;
  const flight = createSingleFlight(limits.maxWaiting);
  const listeners = new Set<(view: MindView) => void>();
  let state: State = "off";
  let sentence = "";
  let breaker = closedBreaker;
  let life: AbortController | null = null;
  let timer: Timer | null = null;
  let looking: Promise<void> | null = null;
  let shown = "";

  const resting = () => breaker.openUntilMs !== null;
  function view(): MindView {
    const rests = state === "ready" && resting();
    const why = rests ? new TimmyError("model-resting").message : sentence;
    const using = state === "ready" && !rests ? model : "rules";
    return { using, model, state, sentence: why, address };
  }
  function tell(): void {
    const now = view();
    if (JSON.stringify(now) === shown) return;
    shown = JSON.stringify(now);
    logger.info("the mind's state changed", { state: now.state, using: now.using });
    for (const listen of listeners) listen(now);
  }
  function become(next: State, why = ""): void {
    state = next;
    sentence = why;
    tell();
  }
  async function bring(signal: AbortSignal): Promise<void> {
    try {
      await examineServer(server, timers, signal);
      if (state === "ready") return;
      become("loading", new TimmyError("model-loading").message);
      await within((inner) => server.load(inner), limits.loadMs, timers, signal);
      breaker = closedBreaker;
      become("ready");
    } catch (error) {
      if (signal.aborted) return;
      const fault = toModelFault(error, model);
      become(stateOf[fault.code] ?? "away", fault.message);
    }
  }
  async function look(): Promise<void> {
    if (life === null) return;
    const { signal } = life;
    timer?.cancel();
    looking ??= bring(signal).finally(() => {
      looking = null;
      if (signal.aborted) return;
      timer?.cancel();
      const restMs = state === "ready" ? limits.lookReadyMs : limits.lookAwayMs;
      timer = timers.after("look at the model", restMs, () => void look());
    });
    await looking;
  }
  function settle(outcome: "good" | "bad" | "unknown"): void {
    breaker = answered(breaker, outcome, clock.monotonicMs(), breakerOptions);
    tell();
  }
  function noteFault(fault: TimmyError): void {
    settle(blamesModel(fault) ? "bad" : "unknown");
    // A server that went away or lost its model is looked for at once, not at the next turn.
    if (fault.code !== "model-away" && fault.code !== "model-missing") return;
    become(stateOf[fault.code] ?? "away", fault.message);
    timer?.cancel();
    timer = timers.after("look at the model", limits.lookAwayMs, () => void look());
  }
  return {
    model,
    view,
    look,
    ready: () => state === "ready" && mayAsk(breaker, clock.monotonicMs()),
    onChange(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    start() {
      if (life !== null) return;
      life = new AbortController();
      void look();
    },
    stop() {
      life?.abort();
      life = null;
      timer?.cancel();
      become("off");
    },
    async *ask(request, deadlines, signal) {
      if (state !== "ready")
        throw new TimmyError(state === "loading" ? "model-loading" : "model-away");
      const leave = await flight.enter(signal);
      let outcome: "good" | "unknown" | null = "unknown";
      try {
        if (!mayAsk(breaker, clock.monotonicMs())) throw new TimmyError("model-resting");
        breaker = asked(breaker);
        yield* withDeadlines((inner) => server.chat(request, inner), deadlines, timers, signal);
        outcome = "good";
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        outcome = null;
        const fault = toModelFault(error, model);
        noteFault(fault);
        throw fault;
      } finally {
        leave();
        if (outcome !== null) settle(outcome);
      }
    },
  };
}
