import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { type RaceBody, startBody } from "../trials/race-body.ts";
import { createSeededBroker } from "../trials/seeded-broker.ts";

const drain = () => new Promise((resolve) => setImmediate(resolve));

/** Bodies on one broker, in one process and on virtual time, with real stores on a real disk. */
export function openBodies(seed = 1) {
  const folder = mkdtempSync(join(tmpdir(), "timmy-bodies-"));
  const time = createVirtualTime();
  const random = createRandom(seed);
  const broker = createSeededBroker(time, random.stream("network"));
  const ownerKey = Uint8Array.from({ length: 32 }, (_, i) => i);
  const said: string[] = [];
  const world = {
    ...{ time, broker, random, ownerKey, born: { count: 0 }, lawless: false },
    onAct: ({ node }: { readonly node: string }) => void said.push(node),
  };
  const bodies: RaceBody[] = [];
  async function run(ms: number): Promise<void> {
    for (const endMs = time.clock.monotonicMs() + ms; time.clock.monotonicMs() < endMs; ) {
      if (time.advanceTo(time.clock.monotonicMs() + 10) > 0) await drain();
      await drain();
    }
  }
  const pathOf = (name: string) => join(folder, name);
  return {
    run,
    said,
    pathOf,
    broker,
    /** On the disk of that name, and on another one when it is told. */
    start(node: string, { vacant = false, path = pathOf(`${node}.sqlite`) } = {}): RaceBody {
      const body = startBody(world, node, { path, vacant });
      bodies.push(body);
      return body;
    },
    /** Lets time pass until the promise is settled. */
    async settle<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      for (let ms = 0; !settled && ms < limitMs; ms += 50) await run(50);
      return promise;
    },
    stop(): void {
      for (const body of bodies) body.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Bodies = ReturnType<typeof openBodies>;
