import { parentPort, workerData } from "node:worker_threads";

/** Sleeps to the next millisecond again and again, and tells how late each waking was, in us. */
function main(): void {
  const { seconds }: { seconds: number } = workerData;
  const word = new Int32Array(new SharedArrayBuffer(4));
  const late: number[] = [];
  let dueMs = performance.now();
  for (let k = 0; k < seconds * 1000; k++) {
    dueMs += 1;
    const restMs = dueMs - performance.now();
    if (restMs > 0) Atomics.wait(word, 0, 0, restMs);
    const lateMs = performance.now() - dueMs;
    late.push(Math.max(0, Math.round(lateMs * 1000)));
    // A waking after the next one was due is one late tick, not many.
    if (lateMs > 1) dueMs += Math.floor(lateMs);
  }
  parentPort?.postMessage(late);
}

main();
