import { createHash } from "node:crypto";
import { copyFileSync } from "node:fs";
import { createDesktopTimAgent } from "@timmy/companion/agent/desktop-tim-agent";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createLife, type Life } from "@timmy/memory/living/life";
import { createMemorySpool } from "@timmy/memory/living/spool";
import { keepCopy } from "@timmy/memory/store-sections";
import type { ActionResult } from "@timmy/shared/agent/tim-agent";
import { createIds } from "@timmy/shared/ids";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import type { Random } from "@timmy/shared/ports/random";
import type { Time, VirtualTime } from "@timmy/shared/ports/time";
import type { SeededBroker, SeededClient } from "./seeded-broker.ts";

/** A disk with an agent's store on it; a process opens it, and another may find a copy. */
export interface Disk {
  readonly path: string;
  readonly vacant: boolean;
}
export interface ActedIn {
  readonly atMs: number;
  readonly epoch: number;
  readonly node: string;
  readonly life: string;
}

/** One process of a body: an agent with its life, on one disk. */
export interface RaceBody {
  readonly node: string;
  readonly disk: Disk;
  readonly life: Life;
  readonly client: SeededClient;
  readonly store: ReturnType<typeof openAgentStore>;
  setFrozen(frozen: boolean): void;
  /** Says something as the owner wants; what comes of it is told to `onAct`. */
  act(): Promise<ActionResult>;
  kill(): void;
}

export interface RaceWorld {
  readonly time: VirtualTime;
  readonly broker: SeededBroker;
  readonly random: Random;
  readonly ownerKey: Uint8Array;
  /** Processes so far: each has chance of its own. */
  readonly born: { count: number };
  readonly onAct: (acted: ActedIn) => void;
  /** The planted fault: nobody asks whether he may act. */
  readonly lawless: boolean;
}

/** The world's time as one machine sees it: its clock runs at a pace of its own, its process may stand still. */
function createMachineTime(time: VirtualTime, pace: number) {
  let frozen = false;
  let dead = false;
  const asleep: (() => void)[] = [];
  const awake = (run: () => void) => () => {
    if (dead) return;
    if (frozen) asleep.push(run);
    else run();
  };
  const machine: Time = {
    clock: {
      monotonicMs: () => time.clock.monotonicMs() * pace,
      wallMs: () => time.clock.wallMs(),
    },
    timers: {
      after: (name, ms, run) => time.timers.after(name, ms / pace, awake(run)),
      every: (name, ms, run) => time.timers.every(name, ms / pace, awake(run)),
    },
  };
  return {
    time: machine,
    setFrozen(next: boolean) {
      frozen = next;
      if (!frozen) for (const run of asleep.splice(0)) run();
    },
    kill() {
      dead = true;
    },
  };
}

export function startBody(world: RaceWorld, node: string, disk: Disk): RaceBody {
  const random = world.random.stream(`process ${node} ${world.born.count++}`);
  const machine = createMachineTime(world.time, 1 + (random.uniform() - 0.5) * 0.06);
  const { time } = machine;
  const bytes = random.stream("bytes");
  const randomBytes = (count: number) =>
    Uint8Array.from({ length: count }, () => Math.floor(bytes.uniform() * 256));
  const makeId = createIds(time.clock, random.stream("ids"));
  const ports = { clock: time.clock, makeId, randomBytes };
  const store = openAgentStore(disk.path, ports, { node, vacant: disk.vacant });
  const client = world.broker.connect(node);
  const logger = createMemoryLogger(50);
  const lifeName = makeId();
  let dead = false;
  const speak = async () => {
    const { epoch } = store.agent();
    world.onAct({ atMs: world.time.clock.monotonicMs(), epoch, node, life: lifeName });
  };
  const agent = createDesktopTimAgent({
    ...{ store, time, makeId, logger, node, randomBytes, version: "0" },
    mind: createRulesMind(makeId),
    rooms: () => [],
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    screen: async () => {},
    speaker: speak,
    authority: () => (world.lawless ? null : life.refusal()),
  });
  const life = createLife({
    ...{ store, bus: client, node, time, makeId, logger, randomBytes },
    encoder: createEncoder(time.clock),
    ownerKey: world.ownerKey,
    makeSpool: createMemorySpool,
    keepAt: null,
    kind: "desktop",
    capabilities: agent.capabilities,
    exporter: "race",
    agent: () => agent,
    propose: (action, by, signal) => agent.propose(action, by, { signal, timeoutMs: 1000 }),
    confirm: (digest, yes, who, signal) =>
      agent.confirm(digest, yes, who, { signal, timeoutMs: 1000 }),
    onSilenced() {},
    onChange() {},
  });
  life.start();
  const { signal } = new AbortController();
  return {
    node,
    disk,
    life,
    client,
    store,
    setFrozen(frozen) {
      if (dead) return;
      machine.setFrozen(frozen);
      client.setFrozen(frozen);
    },
    act: () =>
      agent.act({ type: "speak", text: "here" }, { signal, timeoutMs: 1000, from: "owner" }),
    kill() {
      if (dead) return;
      dead = true;
      machine.kill();
      client.kill();
      store.stop();
    },
  };
}

/** The disk as it is now, for another body or for later. */
export function copyDisk(body: RaceBody, path: string): Disk {
  keepCopy(body.store, path);
  copyFileSync(`${body.disk.path}.key`, `${path}.key`);
  return { path, vacant: false };
}
