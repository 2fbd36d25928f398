import { createEncoder } from "@timmy/shared/mqtt/codec";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createMemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createVirtualTime, type Time } from "@timmy/shared/ports/time";
import { expect, it } from "vitest";
import { openTestStore } from "../testing/state-agent.ts";
import { createEpochFence } from "./epoch-fence.ts";

/** A fence on a machine that can suspend: its monotonic clock and its timers stand still then. */
async function openFence() {
  const virtual = createVirtualTime();
  let asleepMs = 0;
  const { timers, clock } = virtual;
  const wallMs = () => clock.wallMs() + asleepMs;
  const time: Time = { timers, clock: { monotonicMs: clock.monotonicMs, wallMs } };
  const fence = createEpochFence({
    ...{ bus: createMemoryBroker().connect(), node: "sim", store: openTestStore(1).store, time },
    ...{ encoder: createEncoder(time.clock), logger: createMemoryLogger(), life: "one" },
    ...{ onSilenced() {}, onArrived() {}, onChange() {} },
  });
  async function run(ms: number): Promise<void> {
    for (const endMs = clock.monotonicMs() + ms; clock.monotonicMs() < endMs; ) {
      virtual.advanceTo(clock.monotonicMs() + 50);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  fence.start();
  await run(4000);
  expect(fence.refusal()).toBeNull();
  const suspend = (ms: number) => {
    asleepMs += ms;
  };
  return { fence, run, suspend };
}

it("is not sure of the epoch in the first moment after the machine slept, and asks anew", async () => {
  const { fence, run, suspend } = await openFence();
  suspend(60_000);
  expect(fence.refusal()).toMatchObject({ code: "agent-unsure" });
  let settled = false;
  void fence.settled(60_000).then(() => {
    settled = true;
  });
  await run(2000);
  expect(fence.refusal()).toMatchObject({ code: "agent-unsure" });
  expect(settled).toBe(false);
  await run(2000);
  expect(fence.refusal()).toBeNull();
  expect(settled).toBe(true);
});
