import type { BodyRefusal } from "@timmy/shared/agent/agent-body";
import type { CallBody } from "@timmy/shared/agent/owner-calls";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { expect, it } from "vitest";
import { setRecord } from "../store-sections.ts";
import { openTestStore } from "../testing/state-agent.ts";
import { createMover } from "./mover.ts";

/** A mover whose calls are all answered well; `onCall` is what happens meanwhile. */
function setUp(onCall: (to: string) => void) {
  const { store, ports } = openTestStore(1);
  const time = createVirtualTime();
  let held = true;
  let refusal: BodyRefusal | null = null;
  const asked: string[] = [];
  const call = (async (to: string) => {
    asked.push(to);
    onCall(to);
    return { ok: true, value: { epoch: 2, missing: [] } };
  }) as unknown as CallBody;
  const mover = createMover({
    ...{ store, node: "desk", call, time, makeId: ports.makeId },
    ...{ logger: createMemoryLogger(), exporter: "test", capabilities: [], busy: () => false },
    ...{ authority: () => refusal, settled: async () => {}, onChange() {} },
    holds: () => held,
  });
  const refuse = (next: BodyRefusal) => {
    refusal = next;
  };
  const hold = (next: boolean) => {
    held = next;
  };
  async function run(ms: number): Promise<void> {
    for (const endMs = time.clock.monotonicMs() + ms; time.clock.monotonicMs() < endMs; ) {
      time.advanceTo(time.clock.monotonicMs() + 100);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { mover, store, asked, refuse, hold, run };
}

it("makes no further copy go when it stops being sure that it lives", async () => {
  const { mover, asked, refuse } = setUp((to) => {
    if (to === "attic") refuse({ code: "agent-unsure", sentence: "Not sure." });
  });
  expect(await mover.stay(["attic", "cellar"])).toMatchObject({ code: "agent-unsure" });
  expect(asked).toEqual(["attic"]);
});
it("makes no further copy go when another life begins here meanwhile", async () => {
  const { mover, asked, store } = setUp(() => setRecord(store, { epoch: 2 }));
  expect(await mover.stay(["attic", "cellar"])).toMatchObject({ code: "agent-departed" });
  expect(asked).toEqual(["attic"]);
});
it("departs only while it holds its epoch, whatever was taken over meanwhile", async () => {
  const { mover, asked, store, hold, run } = setUp(() => hold(false));
  const moved = mover.move("attic");
  await run(5000);
  expect(asked.length).toBeGreaterThan(2);
  expect(store.agent().status).toBe("leaving");
  hold(true);
  await run(12_000);
  expect(store.agent()).toMatchObject({ status: "departed", departedTo: "attic" });
  expect(await moved).toMatchObject({ code: "move-unsettled" });
});
it("does not depart when it was told meanwhile that it lives elsewhere", async () => {
  const { mover, store, hold, run } = setUp(() => hold(false));
  const moved = mover.move("attic");
  await run(5000);
  setRecord(store, { status: "departed", departedTo: "stray" });
  await run(2000);
  expect(await moved).toMatchObject({ code: "agent-departed" });
  expect(store.agent()).toMatchObject({ departedTo: "stray" });
});
