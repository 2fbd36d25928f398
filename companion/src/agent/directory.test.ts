import type { CallOutcome } from "@timmy/shared/agent/owner-calls";
import type { WhereView } from "@timmy/shared/agent/views";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createMemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { agentLookMs, maxBodies, maxNodes, movingLookMs } from "../limits.ts";
import { agentViewOf, createFakeCalls, createIntroducer, drain } from "../testing/agent-fixture.ts";
import { createDirectory } from "./directory.ts";

type Viewed = CallOutcome<"agent.view">;
const silent = { ok: false, code: "reply-timeout", sentence: "It was asked." } as const;

function setUp(
  answer: (node: string) => Viewed | Promise<Viewed> = (node) => ({
    ok: true,
    value: agentViewOf({ node }),
  }),
  own: readonly string[] = [],
) {
  const time = createVirtualTime();
  const broker = createMemoryBroker();
  const bus = broker.connect();
  const others = broker.connect();
  const say = createIntroducer(others, createEncoder(time.clock));
  let answering = answer;
  const calls = createFakeCalls({ "agent.view": (_ask, node) => answering(node) });
  const { timers } = time;
  const { call } = calls;
  const directory = createDirectory({ bus, call, timers, own, logger: createMemoryLogger() });
  const told: WhereView[] = [];
  directory.onChange((view) => told.push(view));
  return {
    ...{ time, bus, others, say, directory, told, asked: calls.asked },
    answerWith: (next: typeof answer) => {
      answering = next;
    },
    async start() {
      directory.start();
      await drain();
    },
  };
}

describe("who lives where", () => {
  it.each([
    ["the status first", ["status", "info"]],
    ["the info first", ["info", "status"]],
  ] as const)(
    "is found in what the broker kept, %s, and the body is asked",
    async (_how, order) => {
      const { say, start, directory, asked } = setUp();
      for (const what of order) {
        if (what === "info") say.info("attic", { life: "living", tier: "hard", epoch: 3 });
        else say.status("attic", "online");
      }
      await start();
      expect(directory.living()).toEqual({ ok: true, node: "attic" });
      expect(directory.view()).toMatchObject({
        agent: { node: "attic" },
        sentence: "",
        bodies: [
          {
            node: "attic",
            kind: "robot",
            status: "online",
            tier: "hard",
            life: "living",
            epoch: 3,
          },
        ],
      });
      expect(asked.every(({ node }) => node === "attic")).toBe(true);
    },
  );
  it("is found in what comes later, in any order", async () => {
    const { say, start, directory } = setUp();
    await start();
    say.status("desk", "lost");
    await drain();
    say.info("desk", { life: "living" });
    await drain();
    expect(directory.living()).toMatchObject({ ok: false, code: "no-agent" });
    say.status("desk", "online");
    await drain();
    expect(directory.living()).toEqual({ ok: true, node: "desk" });
    expect(directory.view().agent).toMatchObject({ node: "desk" });
  });
  it.each(["offline", "lost"] as const)("is said of a body that is %s", async (status) => {
    const { say, start, directory, asked } = setUp();
    say.info("desk", { life: "living" });
    say.status("desk", status);
    await start();
    const sentence = `It lives in "desk", which is ${status}.`;
    expect(directory.living()).toEqual({ ok: false, code: "no-agent", sentence });
    expect(directory.view()).toMatchObject({ agent: null, sentence });
    expect(asked.filter(({ node }) => node === "desk").length).toBeLessThanOrEqual(1);
  });
  it("is on its way while it arrives", async () => {
    const { say, start, directory } = setUp();
    say.info("desk", { life: "departed", departed_to: "attic" });
    say.info("attic", { life: "arriving" });
    await start();
    expect(directory.living()).toMatchObject({ sentence: 'It is on its way to "attic".' });
    expect(directory.view().bodies).toMatchObject([
      { node: "attic", life: "arriving" },
      { node: "desk", life: "departed", departed_to: "attic" },
    ]);
  });
  it("is nobody in vacant and left bodies, and what to do is said", async () => {
    const { say, start, directory } = setUp();
    say.info("attic", { life: "vacant", agent: "", name: "attic" });
    say.info("desk", { life: "departed", departed_to: "moon" });
    await start();
    const where = directory.living();
    expect(where).toMatchObject({ ok: false, code: "no-agent" });
    expect(where.ok ? "" : where.sentence).toContain("Start one, or import a state file.");
    // A vacant body's own name is nobody's.
    expect(directory.view().bodies[0]).toMatchObject({ node: "attic", agent: "", name: "" });
  });
  it("is where it still is while it is leaving", async () => {
    const { say, start, directory } = setUp();
    say.info("desk", { life: "leaving", departed_to: "attic" });
    await start();
    expect(directory.living()).toEqual({ ok: true, node: "desk" });
  });
  it("is of two living bodies the one online, and then the one of the highest epoch", async () => {
    const { say, start, directory } = setUp();
    say.info("attic", { life: "living", epoch: 4 });
    say.info("desk", { life: "living", epoch: 5 });
    say.info("robot", { life: "living", epoch: 9 });
    say.status("robot", "lost");
    await start();
    expect(directory.living()).toEqual({ ok: true, node: "desk" });
    say.status("robot", "online");
    await drain();
    expect(directory.living()).toEqual({ ok: true, node: "robot" });
  });
  it("is of this house's agent, whoever else says that he lives", async () => {
    const { say, start, directory } = setUp(undefined, ["desk"]);
    const [mine, other] = ["a".repeat(64), "b".repeat(64)];
    say.info("evil", { life: "living", agent: other, epoch: 99 });
    say.info("desk", { life: "departed", agent: mine, departed_to: "attic" });
    say.info("attic", { life: "living", agent: mine, epoch: 2 });
    await start();
    expect(directory.living()).toEqual({ ok: true, node: "attic" });
    say.status("attic", "lost");
    await drain();
    // Silence of the own one makes a stranger no more the one that is meant.
    expect(directory.living()).toMatchObject({ sentence: 'It lives in "attic", which is lost.' });
  });
  it("is of anybody while this house has no agent of its own", async () => {
    const { say, start, directory } = setUp(undefined, ["desk"]);
    say.info("desk", { life: "vacant", agent: "" });
    say.info("attic", { life: "living", agent: "b".repeat(64) });
    await start();
    expect(directory.living()).toEqual({ ok: true, node: "attic" });
  });
  it("is not known while the broker is away", async () => {
    const { say, start, directory, bus } = setUp();
    say.info("desk", { life: "living" });
    await start();
    bus.drop();
    await drain();
    expect(directory.living()).toMatchObject({ ok: false, code: "broker-away" });
    expect(directory.view()).toMatchObject({ agent: null, sentence: "No broker answers." });
  });
  it("is not changed by what is no info and no status", async () => {
    const { say, others, start, directory } = setUp();
    say.info("desk", { life: "living" });
    await start();
    const before = directory.view();
    for (const payload of ["", "{", "null", '{"life":"living"}', "x".repeat(5000)]) {
      others.publish(topicsOf("desk").info, payload);
      others.publish(topicsOf("desk").status, payload);
    }
    others.publish("timmy/v1/Evil Node/info", "{}");
    // A node that says nothing of a life is no body.
    say.info("lamp", { life: undefined });
    await drain();
    expect(directory.view()).toEqual(before);
  });
});

describe("the body that is asked", () => {
  it.each([
    ["to which it comes", { life: "arriving" }, "attic"],
    ["that it left last, while none lives", { life: "vacant", agent: "" }, "desk"],
  ] as const)("is the one %s", async (_which, attic, node) => {
    const { say, start, directory, asked } = setUp();
    say.info("cellar", { life: "departed", epoch: 1, departed_to: "desk" });
    say.info("desk", { life: "departed", epoch: 2, departed_to: "attic" });
    say.info("attic", attic);
    await start();
    expect(asked.at(-1)).toMatchObject({ node });
    expect(directory.view()).toMatchObject({ agent: { node } });
    expect(directory.living().ok).toBe(false);
  });
  it("may stay silent: then that is said, and it is asked again", async () => {
    const { say, start, directory, answerWith, time } = setUp(() => silent);
    say.info("desk", { life: "living" });
    await start();
    expect(directory.view()).toMatchObject({ agent: null, sentence: silent.sentence });
    expect(directory.living()).toEqual({ ok: true, node: "desk" });
    answerWith(() => ({ ok: true, value: agentViewOf() }));
    time.advanceTo(agentLookMs);
    await drain();
    expect(directory.view()).toMatchObject({ agent: { node: "desk" }, sentence: "" });
  });
  it("is asked often while the agent moves, and now and then else", async () => {
    const moving = { to: "attic", phase: "sending", bytes: 1, of: 2 } as const;
    const { say, start, answerWith, asked, time } = setUp(() => ({
      ok: true,
      value: agentViewOf({ moving }),
    }));
    say.info("desk", { life: "leaving" });
    await start();
    const before = asked.length;
    answerWith(() => ({ ok: true, value: agentViewOf() }));
    time.advanceTo(movingLookMs);
    await drain();
    expect(asked.length).toBe(before + 1);
    time.advanceTo(2 * movingLookMs);
    await drain();
    expect(asked.length).toBe(before + 1);
  });
  it("is asked once at a time, and once more when something changed meanwhile", async () => {
    const waiting: ((viewed: Viewed) => void)[] = [];
    const { say, start, directory, asked, answerWith } = setUp(
      () => new Promise((resolve) => waiting.push(resolve)),
    );
    say.info("desk", { life: "living" });
    await start();
    expect(asked).toHaveLength(1);
    say.info("attic", { life: "living", epoch: 2 });
    void directory.refresh();
    await drain();
    expect(asked).toHaveLength(1);
    answerWith((node) => ({ ok: true, value: agentViewOf({ node }) }));
    waiting[0]?.({ ok: true, value: agentViewOf() });
    await drain();
    expect(asked.map(({ node }) => node)).toEqual(["desk", "attic"]);
    expect(directory.view().agent).toMatchObject({ node: "attic" });
  });
  it("may throw: it is asked again at the next turn", async () => {
    const { say, start, directory, answerWith, time } = setUp(() => {
      throw new Error("broken");
    });
    say.info("desk", { life: "living" });
    await start();
    answerWith(() => ({ ok: true, value: agentViewOf() }));
    time.advanceTo(agentLookMs);
    await drain();
    expect(directory.view().agent).toMatchObject({ node: "desk" });
  });
  it("is left alone after the end, and nobody is told any more", async () => {
    const { say, start, directory, told, asked, time } = setUp();
    say.info("desk", { life: "living" });
    await start();
    directory.stop();
    const before = [told.length, asked.length];
    say.info("attic", { life: "living", epoch: 9 });
    time.advanceTo(10 * agentLookMs);
    await drain();
    expect([told.length, asked.length]).toEqual(before);
    expect(time.pending()).toEqual([]);
  });
});

describe("a change", () => {
  it("is told once, however often it is said", async () => {
    const { say, start, told, time } = setUp();
    say.info("desk", { life: "living" });
    await start();
    const before = told.length;
    expect(told.at(-1)).toMatchObject({ agent: { node: "desk" } });
    for (let i = 1; i <= 5; i++) {
      say.info("desk", { life: "living" });
      say.status("desk", "online");
      time.advanceTo(i * agentLookMs);
      await drain();
    }
    expect(told).toHaveLength(before);
    say.info("attic", { life: "vacant", agent: "" });
    await drain();
    expect(told).toHaveLength(before + 1);
  });
  it("is not told to who does not listen any more", async () => {
    const { say, start, directory } = setUp();
    const heard: WhereView[] = [];
    const end = directory.onChange((view) => heard.push(view));
    await start();
    const before = heard.length;
    end();
    say.info("desk", { life: "living" });
    await drain();
    expect(heard).toHaveLength(before);
  });
});

describe("however many nodes there are", () => {
  it(`at most ${maxBodies} bodies are told apart, and those that are known go on`, async () => {
    const { say, start, directory } = setUp();
    say.info("desk", { life: "living" });
    await start();
    for (let i = 0; i < 2 * maxBodies; i++) say.info(`n${i}`, { life: "vacant", agent: "" });
    await drain();
    expect(directory.view().bodies).toHaveLength(maxBodies);
    say.info("desk", { life: "departed", departed_to: "n1" });
    say.info("n1", { life: "living", epoch: 2 });
    await drain();
    expect(directory.living()).toEqual({ ok: true, node: "n1" });
  });
  it(`the status of ${maxNodes} is kept, and a known one's still changes`, async () => {
    const { say, start, directory } = setUp();
    say.info("desk", { life: "living" });
    say.status("desk", "online");
    await start();
    for (let i = 0; i < 2 * maxNodes; i++) say.status(`n${i}`, "online");
    await drain();
    say.status("desk", "lost");
    await drain();
    expect(directory.living()).toMatchObject({ ok: false, code: "no-agent" });
  });
});
