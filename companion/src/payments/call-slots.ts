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
