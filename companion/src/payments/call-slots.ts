/**
 * Runs at most `limit` pieces of work at once; the others wait in order. Work that only waits for
 * somebody else gives its place to the next before it ends.
 */
export function createCallSlots(limit: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  function next(): void {
    if (running >= limit) return;
    const run = waiting.shift();
    if (run === undefined) return;
    running++;
    run();
  }
  return {
    run<T>(work: (giveUpPlace: () => void) => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        let placed = true;
        const leave = () => {
          if (placed) running--;
          placed = false;
          next();
        };
        waiting.push(() => {
          work(leave).then(resolve, reject).finally(leave);
        });
        next();
      });
    },
  };
}

/** At most one piece of work for each key; asked for meanwhile, it is done once more after it. */
export function createTurns(work: (key: string) => Promise<void>) {
  const busy = new Map<string, boolean>();
  const running = new Set<Promise<void>>();
  function keep(promise: Promise<void>): void {
    running.add(promise);
    void promise.finally(() => running.delete(promise));
  }
  function run(key: string): void {
    if (busy.has(key)) {
      busy.set(key, true);
      return;
    }
    busy.set(key, false);
    const done = () => {
      const again = busy.get(key) === true;
      busy.delete(key);
      if (again) run(key);
    };
    keep(work(key).finally(done));
  }
  return { run, keep, ended: async () => void (await Promise.allSettled([...running])) };
}
