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
  let refusal: BodyRefusal | null = null;
  const asked: string[] = [];
  const call = (async (to: string) => {
    asked.push(to);
    onCall(to);
    return { ok: true, value: {} };
  }) as unknown as CallBody;
  const mover = createMover({
    ...{ store, node: "desk", call, time: createVirtualTime(), makeId: ports.makeId },
    ...{ logger: createMemoryLogger(), exporter: "test", capabilities: [], busy: () => false },
    ...{ authority: () => refusal, settled: async () => {}, onChange() {} },
  });
  const refuse = (next: BodyRefusal) => {
    refusal = next;
  };
  return { mover, store, asked, refuse };
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
