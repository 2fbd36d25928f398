import type { Timers } from "@timmy/shared/ports/time";

/** Answers after a time, or as soon as the signal aborts. */
export function pause(timers: Timers, name: string, ms: number, signal: AbortSignal | undefined) {
  return new Promise<void>((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = () => {
      timer.cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = timers.after(name, ms, end);
    signal?.addEventListener("abort", end, { once: true });
  });
}
