/** Time as two separate things: `monotonicMs` for durations and deadlines, `wallMs` for people. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01T00:00Z; may jump. */
  wallMs(): number;
}

export interface Timer {
  readonly name: string;
  cancel(): void;
}

/** Timers carry a name, so that a stalled program can say what it was waiting for. */
export interface Timers {
  after(name: string, delayMs: number, run: () => void): Timer;
  every(name: string, periodMs: number, run: () => void): Timer;
}

export interface Time {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** The machine's own clock and timers. Only a `main.ts` or the front door builds one. */
export function createSystemTime(): Time {
  return {
    clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
    timers: {
      after(name, delayMs, run) {
        const handle = setTimeout(run, delayMs);
        return { name, cancel: () => clearTimeout(handle) };
      },
      every(name, periodMs, run) {
        const handle = setInterval(run, periodMs);
        return { name, cancel: () => clearInterval(handle) };
      },
    },
  };
}

interface Scheduled {
  readonly name: string;
  readonly periodMs: number | null;
  readonly run: () => void;
  dueMs: number;
  order: number;
  live: boolean;
}

/** A clock that moves only when told; the one under lockstep and under tests. */
export interface VirtualTime extends Time {
  /** Moves to `toMs` (monotonic) and runs what is due, oldest first; answers how many ran. */
  advanceTo(toMs: number): number;
  /** Names of the timers that wait, in the order in which they will run. */
  pending(): string[];
}

export function createVirtualTime(options: { startWallMs?: number } = {}): VirtualTime {
  const startWallMs = options.startWallMs ?? Date.UTC(2026, 0, 1);
  let nowMs = 0;
  let orders = 0;
  let queue: Scheduled[] = [];

  const before = (a: Scheduled, b: Scheduled) => a.dueMs - b.dueMs || a.order - b.order;
  function schedule(
    name: string,
    delayMs: number,
    periodMs: number | null,
    run: () => void,
  ): Timer {
    const entry: Scheduled = {
      name,
      periodMs,
      run,
      dueMs: nowMs + Math.max(0, delayMs),
      order: orders++,
      live: true,
    };
    queue.push(entry);
    return {
      name,
      cancel() {
        entry.live = false;
        queue = queue.filter((other) => other !== entry);
      },
    };
  }
  function nextDue(limitMs: number): Scheduled | null {
    let best: Scheduled | null = null;
    for (const entry of queue) {
      if (entry.dueMs <= limitMs && (best === null || before(entry, best) < 0)) best = entry;
    }
    return best;
  }
  return {
    clock: { monotonicMs: () => nowMs, wallMs: () => startWallMs + nowMs },
    timers: {
      after: (name, delayMs, run) => schedule(name, delayMs, null, run),
      every: (name, periodMs, run) => schedule(name, periodMs, Math.max(1, periodMs), run),
    },
    advanceTo(toMs) {
      let ran = 0;
      for (let entry = nextDue(toMs); entry !== null; entry = nextDue(toMs)) {
        nowMs = Math.max(nowMs, entry.dueMs);
        if (entry.periodMs === null) {
          queue = queue.filter((other) => other !== entry);
        } else {
          entry.dueMs += entry.periodMs;
          entry.order = orders++;
        }
        entry.run();
        ran++;
      }
      nowMs = Math.max(nowMs, toMs);
      return ran;
    },
    pending: () => [...queue].sort(before).map((entry) => entry.name),
  };
}
