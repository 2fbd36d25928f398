import { TimmyError } from "@timmy/shared/errors";
import type { Random } from "@timmy/shared/ports/random";
import type { Timer, Timers } from "@timmy/shared/ports/time";
import { createTurns } from "./call-slots.ts";
import { firstRetryMs, lastRetryMs } from "./limits.ts";
import { createPaymentCalls } from "./payment-calls.ts";
import { isFinal, type PaymentInput } from "./payment-machine.ts";
import type { PaymentRow } from "./payment-rows.ts";
import { createStepWriter, type StepPorts, type Written } from "./step-writer.ts";

export interface DriverPorts extends StepPorts {
  readonly random?: Random | undefined;
  readonly onChange: (row: PaymentRow) => void;
}
export interface PaymentDriver {
  /** Begins or goes on with a payment, unless a call for it is under way. */
  go(id: string): void;
  /** Asks once more for a payment that was given up; only a success changes anything. */
  recheck(row: PaymentRow): void;
  stop(): Promise<void>;
}

/** Each payment asks again later and later, up to a limit. */
function createRetries(timers: Timers, random: Random | undefined, go: (id: string) => void) {
  const known = new Map<string, { readonly timer: Timer; readonly count: number }>();
  const cancel = (id: string) => known.get(id)?.timer.cancel();
  return {
    cancel,
    later(id: string): void {
      cancel(id);
      const count = known.get(id)?.count ?? 0;
      const usualMs = Math.min(lastRetryMs, firstRetryMs * 2 ** count);
      const waitMs = usualMs * (0.5 + (random?.uniform() ?? 1) / 2);
      const timer = timers.after("payment-retry", waitMs, () => go(id));
      known.set(id, { timer, count: Math.min(count + 1, 20) });
    },
    forget(id: string): void {
      cancel(id);
      known.delete(id);
    },
    clear(): void {
      for (const id of known.keys()) cancel(id);
      known.clear();
    },
  };
}

/** Carries out what the machine says, one input of a payment after the other. */
export function createPaymentDriver(ports: DriverPorts): PaymentDriver {
  const { books, logger, watch } = ports;
  const stopping = new AbortController();
  const stopped = stopping.signal;
  const write = createStepWriter(ports);
  const turns = createTurns(drive);
  const retries = createRetries(ports.time.timers, ports.random, go);
  const call = createPaymentCalls({
    ...{ ...ports, stopping: stopped },
    tell: (id, input) => void apply(id, input),
  });

  async function apply(id: string, input: PaymentInput): Promise<Written | null> {
    try {
      const written = await books.commit(() => write(id, input));
      if (isFinal(written.row.state) || input.on === "inflight") retries.forget(id);
      if (written.changed) ports.onChange(written.row);
      return written;
    } catch (cause) {
      const code = cause instanceof TimmyError ? cause.code : "internal";
      logger.error("a step of a payment could not be written", { payment: id, code });
      return null;
    }
  }
  /** One input after another, each call between two transactions, until the payment rests. */
  async function drive(id: string): Promise<void> {
    let input: PaymentInput = { on: "go", node: watch.state() };
    while (!stopped.aborted) {
      const written = await apply(id, input);
      if (stopped.aborted) return;
      if (written === null || written.next === "retry") return retries.later(id);
      if (written.next === null) return;
      input = await call(written.row, written.next);
    }
  }
  function go(id: string): void {
    if (stopped.aborted) return;
    retries.cancel(id);
    turns.run(id);
  }
  async function recheck(row: PaymentRow): Promise<void> {
    const input = await call(row, "track");
    if (input.on === "outcome") await apply(row.id, { on: "late", outcome: input.outcome });
  }
  return {
    go,
    recheck: (row) => turns.keep(recheck(row)),
    async stop() {
      stopping.abort();
      retries.clear();
      await turns.ended();
    },
  };
}
