import { TimmyError } from "@timmy/shared/errors";
import type { Timers } from "@timmy/shared/ports/time";

/** Milliseconds: to the first piece, between two pieces, and of the whole. */
export interface Deadlines {
  readonly firstMs: number;
  readonly gapMs: number;
  readonly wholeMs: number;
}

/**
 * The pieces of a stream under deadlines of its own. It ends when one passes or the signal does, also
 * when the source never looks at the signal that it was given: nobody waits for it then.
 */
export async function* withDeadlines<T>(
  source: (signal: AbortSignal) => AsyncIterable<T>,
  deadlines: Deadlines,
  timers: Timers,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const ending = new AbortController();
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => {});
  const end = (reason: unknown) => {
    over.reject(reason);
    ending.abort(reason);
  };
  const late = (what: string, ms: number) => () =>
    end(new TimmyError("model-silent", `${what} (${ms} ms).`));
  const giveUp = () => end(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  const { firstMs, gapMs, wholeMs } = deadlines;
  const whole = timers.after("model whole", wholeMs, late("The whole took too long", wholeMs));
  let next = timers.after("model first", firstMs, late("No first word came", firstMs));
  const pieces = source(ending.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = pieces.next();
      step.catch(() => {});
      const { done, value } = await Promise.race([step, over.promise]);
      if (done === true) return;
      next.cancel();
      yield value;
      next = timers.after("model gap", gapMs, late("The next word did not come", gapMs));
    }
  } finally {
    signal.removeEventListener("abort", giveUp);
    whole.cancel();
    next.cancel();
    ending.abort();
  }
}

/** A single answer under a deadline, in the same way. */
export async function within<T>(
  work: (signal: AbortSignal) => Promise<T>,
  ms: number,
  timers: Timers,
  signal: AbortSignal,
): Promise<T> {
  async function* once(inner: AbortSignal) {
    yield await work(inner);
  }
  const deadlines = { firstMs: ms, gapMs: ms, wholeMs: ms };
  for await (const value of withDeadlines(once, deadlines, timers, signal)) return value;
  throw new TimmyError("internal", "A deadline ended without an answer.");
}
