import { createHash } from "node:crypto";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createLife } from "@timmy/memory/living/life";
import { createMemorySpool } from "@timmy/memory/living/spool";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import type { AgentBody, BodyAction } from "@timmy/shared/agent/agent-body";
import { createTimAgent } from "@timmy/shared/agent/agent-loop";
import { describeStep } from "@timmy/shared/agent/plan";
import type { ActionResult } from "@timmy/shared/agent/tim-agent";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createMemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { drain } from "./agent-fixture.ts";
import { rooms } from "./body-fixture.ts";

const skills = ["goto", "say", "patrol", "dock", "stop", "speak", "sleep"];
const nothing = { ageMs: Number.POSITIVE_INFINITY, valid: false };
const wordsOf = (action: BodyAction): string =>
  action.type === "plan" ? action.plan.steps.map(describeStep).join(", ") : action.type;

/** A fake: a body with wheels that arrives at once, and notes what it did. */
function createWheels(did: string[], nowMs: () => number): AgentBody {
  const capabilities = skills.map((name) => ({ name, available: true, note: "" }));
  return {
    ...{ kind: "sim", capabilities, notice() {}, check: () => null, evidence: () => null },
    sense: () => ({
      ...{ atMs: nowMs(), poseSigmaM: 0, room: null, mode: "disarmed", stopReason: null },
      pose: { value: { xM: 0, yM: 0, headingRad: 0 }, ...nothing },
      rangeFrontM: { value: 0, ...nothing },
      speedMps: { value: 0, ...nothing },
      batteryV: { value: 0, ...nothing },
    }),
    async perform(action): Promise<ActionResult> {
      did.push(wordsOf(action));
      const times = { startMs: nowMs(), endMs: nowMs() };
      return { outcome: "done", reason: null, sentence: "Done.", evidence: null, ...times };
    },
    async tell() {},
    async stop() {},
  };
}

/** A living agent in a body with wheels, with its real store and gate, asked as its owner asks it. */
export async function openRoller(node = "roller") {
  const time = createVirtualTime();
  const random = createRandom(3);
  const ports = createSeededPorts(time.clock, random);
  const { makeId, randomBytes } = ports;
  const store = openAgentStore(":memory:", ports, { node });
  const logger = createMemoryLogger();
  const did: string[] = [];
  const { monotonicMs } = time.clock;
  const agent = createTimAgent({
    ...{ store, time, makeId, logger, rooms: () => rooms },
    mind: createRulesMind(makeId),
    body: createWheels(did, monotonicMs),
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    authority: () => life.refusal(),
  });
  const life = createLife({
    ...{ store, bus: createMemoryBroker().connect(), node, time, makeId, logger, randomBytes },
    ...{ encoder: createEncoder(time.clock), ownerKey: null, makeSpool: createMemorySpool },
    ...{ keepAt: null, kind: "sim", capabilities: agent.capabilities, exporter: "test" },
    agent: () => agent,
    propose: (action, by, signal) => agent.propose(action, by, { signal, timeoutMs: 1000 }),
    confirm: (digest, yes, who, signal) =>
      agent.confirm(digest, yes, who, { signal, timeoutMs: 1000 }),
    onSilenced() {},
    onChange() {},
  });
  life.start();
  for (let ms = 0; ms < 4000; ms += 50) {
    time.advanceTo(ms);
    await drain();
  }
  return {
    ...{ node, time, store, agent, did, call: life.call },
    stop() {
      life.stop();
      store.stop();
    },
  };
}
