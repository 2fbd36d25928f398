import type { CallOutcome } from "@timmy/shared/agent/owner-calls";
import type { AgentView } from "@timmy/shared/agent/views";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { brokenLooks, moveLookMs, unsettledLooks } from "../limits.ts";
import { agentViewOf, createFakeCalls, drain } from "../testing/agent-fixture.ts";
import { watchedMove } from "./watched-move.ts";

type Moved = CallOutcome<"agent.move">;
type Viewed = CallOutcome<"agent.view">;
const moving = { to: "attic", phase: "sending", bytes: 1, of: 9 } as const;
const seen = (fields: Partial<AgentView>): Viewed => ({ ok: true, value: agentViewOf(fields) });
const moved: Moved = {
  ok: true,
  value: { to: "attic", epoch: 2, generation: 1, bytes: 9, hash: "h", missing: [] },
};
const silent: Viewed = { ok: false, code: "reply-timeout", sentence: "It was asked." };

/** A move of which the left body says what the test wants. */
function setUp(view: Viewed | Promise<Viewed>) {
  const time = createVirtualTime();
  const answer = Promise.withResolvers<Moved>();
  let shown: typeof view = view;
  const { call, named } = createFakeCalls({
    "agent.view": () => shown,
    "agent.move": () => answer.promise,
  });
  const views: AgentView[] = [];
  let result: Moved | null = null;
  const { timers } = time;
  const onView = (one: AgentView) => void views.push(one);
  const move = watchedMove({ call, timers, onView }, "desk", "attic").then((done) => {
    result = done;
    return done;
  });
  return {
    ...{ time, views, named, move, answer: answer.resolve },
    refuse: answer.reject,
    result: () => result,
    show: (next: typeof view) => {
      shown = next;
    },
    async look(times: number): Promise<void> {
      for (let i = 0; i < times; i++) {
        time.advanceTo(time.clock.monotonicMs() + moveLookMs);
        await drain();
      }
    },
  };
}

describe("a move that is watched", () => {
  it("ends with what its body answers, and is looked at no more", async () => {
    const { look, answer, move, time, views, named } = setUp(seen({ moving, life: "leaving" }));
    await look(3);
    expect(views).toHaveLength(3);
    expect(named("agent.move")).toMatchObject([{ node: "desk", ask: { to: "attic" } }]);
    answer(moved);
    expect(await move).toEqual(moved);
    expect(time.pending()).toEqual([]);
  });
  it("ends with its refusal", async () => {
    const { answer, move } = setUp(seen({}));
    const refusal = { ok: false, code: "state-occupied", sentence: "Bo lives there." } as const;
    answer(refusal);
    expect(await move).toEqual(refusal);
  });
  it("goes on as long as it moves", async () => {
    const { look, result } = setUp(seen({ moving, life: "leaving" }));
    await look(3 * unsettledLooks);
    expect(result()).toBeNull();
  });
  it("broke off when its body was started anew and knows of no move", async () => {
    const { look, move, show, result, time } = setUp(seen({ moving, life: "leaving" }));
    await look(2);
    show(seen({ life: "living" }));
    await look(brokenLooks - 1);
    expect(result()).toBeNull();
    await look(1);
    const broken = await move;
    expect(broken).toMatchObject({ ok: false, code: "move-broken" });
    expect(broken.ok ? "" : broken.sentence).toContain('"desk" was started anew');
    expect(time.pending()).toEqual([]);
  });
  it("is not broken off by a look between two phases", async () => {
    const { look, show, result } = setUp(seen({ life: "living" }));
    for (let i = 0; i < 5; i++) {
      show(seen({ life: "living" }));
      await look(brokenLooks - 1);
      show(seen({ moving, life: "leaving" }));
      await look(1);
    }
    expect(result()).toBeNull();
  });
  it("is unsettled when the agent left and the other body says nothing for long", async () => {
    const { look, move, show, result } = setUp(seen({ moving, life: "leaving" }));
    await look(2);
    show(seen({ life: "departed", departed_to: "attic" }));
    await look(unsettledLooks - 1);
    expect(result()).toBeNull();
    await look(1);
    const unsettled = await move;
    expect(unsettled).toMatchObject({ ok: false, code: "move-unsettled" });
    expect(unsettled.ok ? "" : unsettled.sentence).toContain('"attic"');
  });
  it("is not given up while its body is only silent", async () => {
    const { look, result, show, answer, move } = setUp(silent);
    await look(2 * unsettledLooks);
    expect(result()).toBeNull();
    show(seen({ moving, life: "leaving" }));
    answer(moved);
    expect(await move).toEqual(moved);
  });
  it("asks a body that takes long to answer no second time meanwhile", async () => {
    const { look, named } = setUp(new Promise<Viewed>(() => {}));
    await look(10);
    expect(named("agent.view")).toHaveLength(1);
  });
  it("leaves nothing behind when the asking itself breaks", async () => {
    const { refuse, move, time } = setUp(seen({}));
    refuse(new Error("broken"));
    await expect(move).rejects.toThrow("broken");
    expect(time.pending()).toEqual([]);
  });
});
