import { createHash } from "node:crypto";
import { createDesktopTimAgent, desktopFromState } from "@timmy/companion/agent/desktop-tim-agent";
import { createOllamaTimAgent, ollamaFromState } from "@timmy/companion/agent/ollama-tim-agent";
import { loadBoard } from "@timmy/hardware/board";
import { createWasmCore } from "@timmy/hardware/wasm-core";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import type { StateOrigin } from "@timmy/memory/state/state-doors";
import { robotFromState } from "@timmy/robot/robot-tim-agent";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { Mind } from "@timmy/shared/agent/mind";
import type { ActOptions, TimAgent } from "@timmy/shared/agent/tim-agent";
import { createIds } from "@timmy/shared/ids";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import type { StateRefusal } from "@timmy/shared/state/refusal";
import { loadWorld } from "@timmy/sim/world";
import { createLockstepHouse } from "../../cli/lockstep.ts";

/** A body with an agent in it, on virtual time. */
export interface Inhabited {
  readonly agent: TimAgent;
  readonly store: AgentStore;
  /** Lets time pass until the promise is settled. */
  settle<T>(promise: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}
export type Restored =
  | { readonly ok: true; readonly body: Inhabited; readonly missing: readonly string[] }
  | StateRefusal;

/** One of the four bodies, empty. */
export interface Substrate {
  readonly name: string;
  readonly node: string;
  open(options?: { readonly seed?: number; readonly mind?: Mind }): Promise<Inhabited>;
  /** The agent of a state file in a new body of this kind, with a blank store of its own. */
  fromState(from: StateOrigin, seed: number): Promise<Restored>;
}

/** Nothing happens under virtual time but what promises do. */
const drain = () => new Promise((resolve) => setImmediate(resolve));
const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const world = loadWorld("house_001");
const settleMs = 60_000;

export const calm = (more: Partial<ActOptions> = {}): ActOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 20_000,
  from: "owner",
  ...more,
});

function portsOf(seed: number) {
  const random = createRandom(seed);
  return createSeededPorts({ wallMs: () => Date.UTC(2026, 0, 1) }, random);
}

function wordsPorts(kind: "desktop" | "chat", seed: number, mind?: Mind) {
  const time = createVirtualTime();
  const random = createRandom(seed);
  const makeId = createIds(time.clock, random.stream("ids"));
  const store = openAgentStore(":memory:", createSeededPorts(time.clock, random), { node: kind });
  const say = async () => {};
  const { randomBytes } = portsOf(seed + 1000);
  const ports = {
    ...{ store, time, makeId, sha256, randomBytes, node: kind, logger: createMemoryLogger() },
    mind: mind ?? createRulesMind(makeId),
    rooms: () => world.plan.rooms,
    ...{ version: "0", screen: say, speaker: say, chat: say },
  };
  async function settle<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (let ms = 0; !settled && ms < settleMs; ms += 20) {
      await drain();
      time.advanceTo(time.clock.monotonicMs() + 20);
    }
    return promise;
  }
  const finish = (agent: TimAgent): Inhabited => ({
    agent,
    store,
    settle,
    async stop() {
      await settle(agent.shutdown());
      store.stop();
    },
  });
  return { ports, finish };
}

const words = (kind: "desktop" | "chat", name: string): Substrate => ({
  name,
  node: kind,
  async open({ seed = 1, mind } = {}) {
    const { ports, finish } = wordsPorts(kind, seed, mind);
    return finish(kind === "desktop" ? createDesktopTimAgent(ports) : createOllamaTimAgent(ports));
  },
  async fromState(from, seed) {
    const { ports, finish } = wordsPorts(kind, seed);
    const arrive = kind === "desktop" ? desktopFromState : ollamaFromState;
    const arrived = await arrive(from, ports);
    if (!arrived.ok) return arrived;
    const { agent, imported } = arrived;
    return { ok: true, body: finish(agent), missing: imported.missing };
  },
});

const house = (name: string, tier: "hard" | "simulated"): Substrate => {
  async function build(seed: number, store: AgentStore | null, mind?: Mind): Promise<Inhabited> {
    const core = { ...createWasmCore(loadBoard()), tier };
    const made = await createLockstepHouse({
      ...{ world, seed, core, logger: createMemoryLogger() },
      ...(store === null ? {} : { store }),
      ...(mind === undefined ? {} : { mind }),
    });
    await made.settle(made.robot.life.settled(), 10_000);
    const { agent } = made.robot;
    const settle = <T>(promise: Promise<T>) => made.settle(promise, settleMs);
    return { agent, store: made.store, settle, stop: made.stop };
  }
  return {
    name,
    node: "timmy",
    open: ({ seed = 1, mind } = {}) => build(seed, null, mind),
    async fromState(from, seed) {
      const ports = portsOf(seed);
      const store = openAgentStore(":memory:", ports, { node: "timmy" });
      const arrived = await robotFromState(from, { ...ports, store, node: "timmy" }, () => store);
      if (!arrived.ok) return arrived;
      return {
        ok: true,
        body: await build(seed, arrived.agent),
        missing: arrived.imported.missing,
      };
    },
  };
};

/** Four bodies with the same rest. The robot's hardware is the simulator's, which says it is not. */
export const substrates: readonly Substrate[] = [
  house("RobotTimAgent", "hard"),
  house("SimTimAgent", "simulated"),
  words("desktop", "DesktopTimAgent"),
  words("chat", "OllamaTimAgent"),
];
