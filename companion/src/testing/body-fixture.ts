import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createMemorySpool } from "@timmy/memory/living/spool";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import type { Mind } from "@timmy/shared/agent/mind";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import type { Bus } from "@timmy/shared/ports/bus";
import type { Embedder } from "@timmy/shared/ports/embedder";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createMemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { createCompanionBody } from "../agent/companion-body.ts";
import { openMeanings } from "../agent/meanings.ts";
import { createCompanion } from "../companion.ts";
import { drain } from "./agent-fixture.ts";

export const rooms = [
  { id: "kitchen", name: "kitchen", aliases: [] },
  { id: "hall", name: "hall", aliases: [] },
];
export const ownerKey = Uint8Array.from({ length: 32 }, (_, i) => i);

export interface BodyOptions {
  /** It waits for somebody to move in. */
  readonly vacant?: boolean;
  readonly mind?: Mind;
  /** Finds memories by meaning too. */
  readonly embedder?: Embedder;
  readonly secrets?: readonly Uint8Array[];
  /** Topics that it publishes nothing to. */
  readonly mute?: (topic: string) => boolean;
}
export type OpenedBody = ReturnType<ReturnType<typeof openBodies>["open"]>;

/** Companions as bodies, with real stores on a real disk, on one broker in memory and on virtual time. */
export function openBodies() {
  const folder = mkdtempSync(join(tmpdir(), "timmy-companions-"));
  const time = createVirtualTime();
  const broker = createMemoryBroker();
  const random = createRandom(5);
  const ends: (() => Promise<void>)[] = [];
  let files = 0;

  async function run(ms: number): Promise<void> {
    for (const endMs = time.clock.monotonicMs() + ms; time.clock.monotonicMs() < endMs; ) {
      time.advanceTo(time.clock.monotonicMs() + 50);
      await drain();
    }
  }
  function open(node: string, options: BodyOptions = {}) {
    const ports = createSeededPorts(time.clock, random.stream(`${node} ${files}`));
    const path = join(folder, `${files++}.sqlite`);
    const logger = createMemoryLogger();
    const { embedder } = options;
    const meanings =
      embedder === undefined
        ? null
        : openMeanings(`${path}.vectors`, { embedder, timers: time.timers, logger });
    const store = openAgentStore(
      path,
      { ...ports, ...(meanings === null ? {} : { nearest: meanings.nearest }) },
      { node, vacant: options.vacant === true },
    );
    meanings?.follow(store);
    const client = broker.connect();
    const mute = options.mute ?? (() => false);
    const bus: Bus = {
      ...client,
      publish: (topic, ...rest) => (mute(topic) ? undefined : client.publish(topic, ...rest)),
    };
    const encoder = createEncoder(time.clock);
    const shown: string[] = [];
    const { makeId, randomBytes } = ports;
    const body = createCompanionBody({
      ...{ store, bus, node, time, makeId, randomBytes, encoder, logger, ownerKey },
      version: "0",
      mind: options.mind ?? createRulesMind(makeId),
      rooms: () => rooms,
      show: (text) => void shown.push(text),
      makeSpool: createMemorySpool,
      keepAt: (id) => join(folder, `kept-${id.slice(0, 8)}.sqlite`),
      secrets: options.secrets ?? [],
      ...(meanings === null ? {} : { prepareSearch: meanings.prepareSearch }),
      onChange: () => introduced.introduceAgain(),
    });
    const mind = createRulesMind(makeId);
    const { clock } = time;
    const introduced = createCompanion(
      { bus, node, mind, clock, encoder, logger, seal: null },
      { version: "0", mindName: "rules", agent: () => store.agent(), ui: "" },
    );
    introduced.start();
    body.start();
    let stopped: Promise<void> | null = null;
    const stop = () => {
      introduced.stop();
      meanings?.stop();
      stopped ??= body.stop();
      return stopped;
    };
    ends.push(stop);
    return { ...body, node, store, bus: client, logger, shown, path, stop };
  }
  return {
    ...{ time, broker, folder, run, open },
    /** Lets time pass until the promise is settled. */
    async settle<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      await drain();
      for (let ms = 0; !settled && ms < limitMs; ms += 50) await run(50);
      return promise;
    },
    async stop(): Promise<void> {
      for (const end of ends) await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
