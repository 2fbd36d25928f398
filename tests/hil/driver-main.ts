import { createWorkerLink } from "@timmy/firmware-bridge/worker-link";
import { createMemoryLogger } from "@timmy/shared/ports/logger";

const everyMs = 20;
const ttlMs = 150;
const tries = 5;

/** The robot process as far as the core can tell: arms and drives, for tests that freeze it. */
async function main(): Promise<void> {
  const [path = "", speed = "0.3", way = "socket"] = process.argv.slice(2);
  const place = way === "serial" ? { serialPath: path } : { socketPath: path };
  const link = createWorkerLink({ ...place, logger: createMemoryLogger() });
  link.start();
  const ready = () =>
    new Promise<void>((resolve) => {
      const end = link.onState(({ mode, rangeFrontValid }) => {
        if (mode !== "disarmed" || !rangeFrontValid) return;
        end();
        resolve();
      });
    });
  // On a stalled machine an answer may come too late; a robot asks again.
  for (let left = tries; ; left--) {
    await ready();
    const outcome = await link.arm();
    if (outcome.ok) break;
    if (left === 0) throw new Error(outcome.detail);
  }
  setInterval(() => link.setPoint(Number(speed), 0, ttlMs), everyMs);
}

await main();
