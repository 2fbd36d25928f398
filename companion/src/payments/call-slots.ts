/** Runs at most `limit` pieces of work at once; the others wait in order. */
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
    run<T>(work: () => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        waiting.push(() => {
          work()
            .then(resolve, reject)
            .finally(() => {
              running--;
              next();
            });
        });
        next();
      });
    },
  };
}
