import { TimmyError } from "@timmy/shared/errors";

export interface SingleFlight {
  /** Waits for its turn; answers how to end it. Rejects when too many wait, or with the signal. */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** One question at a time: a local model that answers two answers both late. */
export function createSingleFlight(maxWaiting: number): SingleFlight {
  const waiting: (() => void)[] = [];
  let busy = false;
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) busy = false;
    else next();
  }
  function once(): () => void {
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  }
  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (!busy) {
        busy = true;
        return once();
      }
      if (waiting.length >= maxWaiting) throw new TimmyError("model-busy");
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => {
        const place = waiting.indexOf(resolve);
        if (place !== -1) waiting.splice(place, 1);
        reject(signal.reason);
      };
      waiting.push(resolve);
      signal.addEventListener("abort", giveUp, { once: true });
      await promise.finally(() => signal.removeEventListener("abort", giveUp));
      return once();
    },
  };
}
