import type { Time } from "@timmy/shared/ports/time";

/** The machine's time, so many times faster: retries of seconds come after milliseconds. */
export function createFastTime(factor: number, epochMs: number): Time {
  const wallMs = () => epochMs + (Date.now() - epochMs) * factor;
  return {
    clock: { monotonicMs: () => performance.now() * factor, wallMs },
    timers: {
      after(name, delayMs, run) {
        const handle = setTimeout(run, delayMs / factor);
        return { name, cancel: () => clearTimeout(handle) };
      },
      every(name, periodMs, run) {
        const handle = setInterval(run, Math.max(1, periodMs / factor));
        return { name, cancel: () => clearInterval(handle) };
      },
    },
  };
}
