import type { Action, ActionResult, CallOptions, Percept } from "@timmy/shared/agent/tim-agent";
import type { WorldState } from "@timmy/shared/agent/world-state";
import type { ErrorCode } from "@timmy/shared/errors";
import { describe, expect, it } from "vitest";
import { drain } from "../testing/agent-fixture.ts";
import { createHearing } from "./hearing.ts";

type Options = CallOptions & { readonly from?: string };
const owner = { who: "owner", from: "owner", timeoutMs: 1000 } as const;
const did = (fields: Partial<ActionResult> = {}): ActionResult => ({
  ...{ outcome: "done", reason: null, sentence: "Done.", evidence: null, startMs: 0, endMs: 0 },
  ...fields,
});

/** An agent that thinks until the test lets it decide, and notes what reaches it. */
function setUp() {
  const heard: Percept[] = [];
  const acted: { readonly text: string; readonly signal: AbortSignal }[] = [];
  const thinking: { readonly text: string; signal: AbortSignal; decide(): void }[] = [];
  const settling: (() => void)[] = [];
  let result = did();
  let why: { readonly code: ErrorCode; readonly sentence: string } | null = null;
  let sure = true;
  const textOf = (state: WorldState) => state.heard?.text ?? "";
  const agent = {
    async perceive(percept: Percept): Promise<WorldState> {
      heard.push(percept);
      return { heard: percept } as unknown as WorldState;
    },
    decide(state: WorldState, { signal }: Options): Promise<Action> {
      const { promise, resolve } = Promise.withResolvers<Action>();
      const text = textOf(state);
      thinking.push({ text, signal, decide: () => resolve({ type: "text", text }) });
      return promise;
    },
    async act(action: Action, { signal }: Options): Promise<ActionResult> {
      acted.push({ text: action.type === "text" ? action.text : action.type, signal });
      return result;
    },
  };
  const life = {
    refusal: () => why,
    settled: () =>
      sure ? Promise.resolve() : new Promise<void>((resolve) => settling.push(resolve)),
  };
  const hearing = createHearing(agent, life, { onError: () => {} });
  return {
    ...{ hearing, heard, acted, thinking },
    answer: (next: ActionResult) => {
      result = next;
    },
    refuse: (next: typeof why) => {
      why = next;
    },
    doubt: () => {
      sure = false;
    },
    beSure() {
      sure = true;
      for (const tell of settling.splice(0)) tell();
    },
  };
}

describe("a sentence", () => {
  it("becomes what came of it, with who said it", async () => {
    const { hearing, heard, thinking } = setUp();
    const answer = hearing.hear("hello", { who: "Bo", from: "peer", timeoutMs: 1000 });
    await drain();
    thinking[0]?.decide();
    const measured = { taskId: null, speedMps: null };
    expect(await answer).toEqual({ ok: true, code: null, sentence: "Done.", ...measured });
    expect(heard).toEqual([{ type: "text", text: "hello", from: "peer", who: "Bo" }]);
  });
  it.each([
    [{ outcome: "refused", reason: "needs-owner" }, "needs-owner"],
    [{ outcome: "aborted", reason: "stopped" }, "stopped"],
    [{ outcome: "failed", reason: null }, "internal"],
  ] as const)("that came to %j is answered %s", async (fields, code) => {
    const { hearing, thinking, answer } = setUp();
    answer(did({ ...fields, sentence: "Not done." }));
    const told = hearing.hear("hello", owner);
    await drain();
    thinking[0]?.decide();
    expect(await told).toMatchObject({ ok: false, code, sentence: "Not done." });
  });
  it("takes the place of an older one that is still being thought about", async () => {
    const { hearing, thinking, acted } = setUp();
    const older = hearing.hear("go to the kitchen", owner);
    await drain();
    const newer = hearing.hear("go to the hall", owner);
    await drain();
    expect(thinking[0]?.signal.reason).toBe("superseded");
    expect(thinking[1]?.signal.aborted).toBe(false);
    // A mind may hear no signal; what it comes up with late is not done.
    for (const one of thinking) one.decide();
    expect(await older).toMatchObject({ ok: false, code: "superseded" });
    expect(await newer).toMatchObject({ ok: true });
    expect(acted.map(({ text }) => text)).toEqual(["go to the hall"]);
  });
  it("is said by nobody where nobody lives, and the reason is told", async () => {
    const { hearing, heard, refuse } = setUp();
    refuse({ code: "agent-departed", sentence: "Timmy moved to attic." });
    expect(await hearing.hear("hello", owner)).toEqual({
      ...{ ok: false, code: "agent-departed", sentence: "Timmy moved to attic." },
      ...{ taskId: null, speedMps: null },
    });
    expect(heard).toEqual([]);
  });
  it("waits until the body is sure of its epoch, and no longer than that", async () => {
    const { hearing, heard, doubt, beSure, refuse } = setUp();
    doubt();
    const answer = hearing.hear("hello", owner);
    await drain();
    expect(heard).toEqual([]);
    refuse({ code: "agent-unsure", sentence: "Not sure." });
    beSure();
    expect(await answer).toMatchObject({ ok: false, code: "agent-unsure" });
    expect(heard).toEqual([]);
  });
  it("that waits for the epoch gives way to a newer one too", async () => {
    const { hearing, heard, thinking, doubt, beSure } = setUp();
    doubt();
    const older = hearing.hear("remember that Bo is tall", owner);
    const newer = hearing.hear("remember that Bo is small", owner);
    await drain();
    beSure();
    await drain();
    for (const one of thinking) one.decide();
    expect(await older).toMatchObject({ ok: false, code: "superseded" });
    expect(await newer).toMatchObject({ ok: true });
    expect(heard).toMatchObject([{ text: "remember that Bo is small" }]);
  });
});

describe("a stop word", () => {
  it("acts before the body is sure, and where nobody lives", async () => {
    const { hearing, acted, thinking, doubt, refuse } = setUp();
    doubt();
    refuse({ code: "agent-departed", sentence: "Gone." });
    const answer = hearing.hear("Stop!", { who: "Bo", from: "peer", timeoutMs: 1000 });
    await drain();
    thinking[0]?.decide();
    expect(await answer).toMatchObject({ ok: true });
    expect(acted).toMatchObject([{ text: "Stop!" }]);
  });
  it("ends what was asked before, and nothing of it is done after", async () => {
    const { hearing, acted, thinking } = setUp();
    const older = hearing.hear("go to the kitchen", owner);
    await drain();
    const stop = hearing.hear("stop", owner);
    await drain();
    for (const one of thinking) one.decide();
    expect(await older).toMatchObject({ ok: false });
    expect(await stop).toMatchObject({ ok: true });
    expect(acted.map(({ text }) => text)).toEqual(["stop"]);
  });
  it("acts whatever is said right behind it", async () => {
    const { hearing, acted, thinking } = setUp();
    const stop = hearing.hear("stop", owner);
    const next = hearing.hear("go to the hall", owner);
    await drain();
    for (const one of thinking) one.decide();
    await Promise.all([stop, next]);
    expect(await stop).toMatchObject({ ok: true });
    expect(acted).toHaveLength(2);
    expect(acted.every(({ signal }) => !signal.aborted)).toBe(true);
  });
});

describe("a word of somebody who may less", () => {
  it.each([
    ["a stranger's", { who: "Bo", from: "peer" }],
    ["the owner's name in clear", { who: "owner", from: "owner", inClear: true }],
  ] as const)(
    "%s does not take the place of the owner's, and a stop ends both",
    async (_who, said) => {
      const { hearing, thinking } = setUp();
      const older = hearing.hear("go to the kitchen", owner);
      await drain();
      const newer = hearing.hear("hello", { ...said, timeoutMs: 1000 });
      await drain();
      expect(thinking.map(({ signal }) => signal.aborted)).toEqual([false, false]);
      const newest = hearing.hear("go to the hall", owner);
      await drain();
      expect(thinking.map(({ signal }) => signal.reason)).toEqual([
        "superseded",
        "superseded",
        undefined,
      ]);
      const last = hearing.hear("hello", { ...said, timeoutMs: 1000 });
      await drain();
      hearing.stop();
      for (const one of thinking) one.decide();
      expect(await older).toMatchObject({ code: "superseded" });
      expect(await newer).toMatchObject({ code: "superseded" });
      expect(await newest).toMatchObject({ code: "stopped" });
      expect(await last).toMatchObject({ code: "stopped" });
    },
  );
  it("stops the owner's all the same when it is a stop", async () => {
    const { hearing, acted, thinking } = setUp();
    const older = hearing.hear("go to the kitchen", owner);
    await drain();
    const stop = hearing.hear("stop", { who: "Bo", from: "peer", timeoutMs: 1000 });
    await drain();
    for (const one of thinking) one.decide();
    expect(await stop).toMatchObject({ ok: true });
    expect(await older).toMatchObject({ ok: false, code: "stopped" });
    expect(acted.map(({ text }) => text)).toEqual(["stop"]);
  });
});

describe("a stop from outside", () => {
  it("ends what is being thought about, and what is said after it is heard", async () => {
    const { hearing, acted, thinking } = setUp();
    const older = hearing.hear("go to the kitchen", owner);
    await drain();
    hearing.stop();
    expect(thinking[0]?.signal.reason).toBe("stopped");
    thinking[0]?.decide();
    // Nothing here has a stop that must be reset.
    const sentence = "Stopped before it was done.";
    expect(await older).toMatchObject({ ok: false, code: "stopped", sentence });
    const newer = hearing.hear("go to the hall", owner);
    await drain();
    thinking[1]?.decide();
    expect(await newer).toMatchObject({ ok: true });
    // What was proposed, and is done already, ends with the stop too.
    expect(acted.map(({ text }) => text)).toEqual(["stop", "go to the hall"]);
  });
  it("because the agent left is answered with where it is", async () => {
    const { hearing, thinking, refuse } = setUp();
    const answer = hearing.hear("go to the kitchen", owner);
    await drain();
    refuse({ code: "agent-departed", sentence: "Timmy moved to attic." });
    hearing.stop();
    thinking[0]?.decide();
    expect(await answer).toMatchObject({ code: "agent-departed" });
  });
});
