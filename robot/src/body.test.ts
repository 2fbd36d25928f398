import type { CoreLink, CoreState } from "@timmy/firmware-bridge/core-link";
import { loadBoard } from "@timmy/hardware/board";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createBody, ownLease } from "./body.ts";
import { beliefAt } from "./localisation.ts";
import type { Motion } from "./navigator.ts";
import { coreState } from "./testing/core-state.ts";
import { twoRooms } from "./testing/two-rooms.ts";

/** A link whose core says what the test wants it to say. */
function fakeLink() {
  let state: CoreState = coreState({ mode: "disarmed" });
  const sent: number[] = [];
  const link: CoreLink = {
    start: () => {},
    stop: async () => {},
    arm: async () => ({ ok: true }),
    disarm: () => {},
    setPoint: (linearMps) => sent.push(linearMps),
    halt: async (_kind, reason) => ({ state: "stopped", reason, speedMps: 0, generation: 2 }),
    reset: async () => ({ ok: true }),
    latest: () => ({ state, ageMs: 0 }),
    linkUp: () => true,
    onState: () => () => {},
    onStop: () => () => {},
    onLink: () => () => {},
    errors: () => 0,
  };
  return { link, sent, say: (over: Partial<CoreState>) => (state = coreState(over)) };
}

const ahead: Motion = {
  step: () => ({ status: "running", velocity: { linearMps: 0.3, angularRadps: 0 } }),
  path: () => [],
};

async function driving() {
  const { link, sent, say } = fakeLink();
  const time = createVirtualTime();
  const body = createBody({
    link,
    tags: { onSightings: () => () => {}, stop: () => {} },
    time,
    logger: createMemoryLogger(),
    plan: twoRooms(),
    board: loadBoard(),
    start: beliefAt({ xM: 1, yM: 1, headingRad: 0 }, 0.05, 0.05),
  });
  body.start();
  const abort = new AbortController();
  const order = { motion: ahead, timeoutMs: 60_000, lease: ownLease, signal: abort.signal };
  let ended: string | null | undefined;
  void body.drive(order).then((reason) => {
    ended = reason;
  });
  const run = async (ms: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    time.advanceTo(time.clock.monotonicMs() + ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  await run(0);
  return { body, sent, say, abort, run, ended: () => ended };
}

describe("a motion", () => {
  it("waits while the core's state is older than its answer that it is armed", async () => {
    const { sent, say, run, ended } = await driving();
    await run(60);
    expect(ended()).toBeUndefined();
    expect(sent.every((speed) => speed === 0)).toBe(true);
    say({ mode: "armed" });
    await run(40);
    expect(sent.at(-1)).toBe(0.3);
  });
  it.each([
    ["disarmed by somebody else", { mode: "disarmed" }, "stopped"],
    ["stopped", { mode: "stopping", stopReasons: ["estop"] }, "stopped"],
    ["stalled", { mode: "stopped", stopReasons: ["stall"] }, "no-motion"],
  ] as const)("ends when the core is %s", async (_what, over, reason) => {
    const { say, run, sent, ended } = await driving();
    say({ mode: "armed" });
    await run(40);
    say({ ...over, stopReasons: [...("stopReasons" in over ? over.stopReasons : [])] });
    await run(40);
    expect(ended()).toBe(reason);
    expect(sent.at(-1)).toBe(0);
  });
  it("ends for the reason that whoever gave it up says, and when the broker goes away", async () => {
    const first = await driving();
    first.say({ mode: "armed" });
    first.abort.abort("stopped");
    await first.run(40);
    expect(first.ended()).toBe("stopped");
    const second = await driving();
    second.say({ mode: "armed" });
    second.body.setBusUp(false);
    await second.run(40);
    expect(second.ended()).toBe("lease-lost");
  });
});
