import type { Mind } from "@timmy/shared/agent/mind";
import { createRulesMind } from "@timmy/shared/mind/rules-mind";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import { maxDecideBytes } from "@timmy/shared/mqtt/limits";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createMemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createCompanion, lastWill } from "./companion.ts";
import { createDecisionService } from "./decision-service.ts";

const rooms = [{ id: "kitchen", name: "kitchen", aliases: [] }];

function setUp(mind?: Mind) {
  const time = createVirtualTime();
  const broker = createMemoryBroker();
  const bus = broker.connect(lastWill("companion"));
  const robot = broker.connect();
  const encoder = createEncoder(time.clock);
  const logger = createMemoryLogger();
  let ids = 0;
  const rules = createRulesMind(() => `plan-${ids++}`);
  const ports = {
    bus,
    node: "companion",
    mind: mind ?? rules,
    clock: time.clock,
    encoder,
    logger,
    seal: null,
  };
  const heard: { topic: string; body: Record<string, unknown> }[] = [];
  robot.subscribe("timmy/v1/#", ({ topic, payload }) => {
    const text = new TextDecoder().decode(payload);
    if (topic.includes("/cmd/")) return;
    heard.push({ topic, body: text.startsWith("{") ? JSON.parse(text) : { text } });
  });
  const ask = (fields: Record<string, unknown>, options = {}) =>
    robot.publish(
      topicsOf("companion").command("decide"),
      JSON.stringify({
        ...encoder.envelope(),
        id: "q1",
        epoch: 0,
        deadline_ms: time.clock.wallMs() + 1000,
        who: "timmy",
        text: "go to the kitchen",
        reply_to: topicsOf("timmy").reply("q1"),
        rooms,
        ...fields,
      }),
      options,
    );
  // Turns of the microtask queue, which is all that a memory bus and a rules mind need.
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return { time, bus, robot, ports, heard, ask, settle, logger };
}

describe("the decision service", () => {
  it("answers a question with the plan of the mind on the asker's reply topic", async () => {
    const { ports, ask, heard, settle } = setUp();
    const service = createDecisionService(ports);
    ask({});
    await settle();
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({
      topic: "timmy/v1/timmy/reply/q1",
      body: {
        id: "q1",
        ok: true,
        code: null,
        decided_by: "rules",
        steps: [{ skill: "goto", place: "kitchen" }],
      },
    });
    expect(service.counts()).toEqual({ answered: 1, bad: 0 });
  });

  it("answers what it does not understand with a code and a sentence", async () => {
    const { ports, ask, heard, settle } = setUp();
    createDecisionService(ports);
    ask({ text: "go to the garage" });
    await settle();
    expect(heard[0]?.body).toMatchObject({ ok: false, code: "unknown-room", steps: [] });
  });

  it.each([
    ["malformed fields", { text: 7 }, "bad-payload"],
    ["an expired deadline", { deadline_ms: 1 }, "expired-command"],
    ["a reply topic that is a command", { reply_to: "timmy/v1/timmy/cmd/estop" }, "bad-payload"],
    ["a reply topic outside of ours", { reply_to: "homeassistant/reply/q" }, "bad-payload"],
    ["a wildcard reply topic", { reply_to: "timmy/v1/+/reply/q" }, "bad-payload"],
    ["a text over the limit", { text: "x".repeat(2001) }, "bad-payload"],
    ["too many bytes", { extra: "x".repeat(maxDecideBytes) }, "too-large"],
  ])("counts %s and says so as an event", async (_, fields, code) => {
    const { ports, ask, heard, settle } = setUp();
    const service = createDecisionService(ports);
    ask(fields);
    await settle();
    expect(heard).toEqual([
      { topic: "timmy/v1/companion/event/error", body: expect.objectContaining({ code }) },
    ]);
    expect(service.counts()).toEqual({ answered: 0, bad: 1 });
  });

  it("survives bytes that are no JSON", async () => {
    const { ports, robot, settle, heard } = setUp();
    const service = createDecisionService(ports);
    for (const bytes of [new Uint8Array([0xff, 0xfe]), "", "[]", "null", "{"]) {
      robot.publish(topicsOf("companion").command("decide"), bytes);
    }
    await settle();
    expect(service.counts().bad).toBe(5);
    expect(heard.every(({ body }) => body["code"] === "bad-json")).toBe(true);
  });

  it("drops a retained question and answers a repeated one only once", async () => {
    const { ports, ask, heard, settle, bus, robot } = setUp();
    robot.publish(topicsOf("companion").command("decide"), "{}", { retain: true });
    const service = createDecisionService(ports);
    await settle();
    expect(heard[0]?.body).toMatchObject({ code: "retained-command" });
    ask({});
    ask({});
    await settle();
    expect(heard.filter(({ topic }) => topic.includes("/reply/"))).toHaveLength(1);
    expect(service.counts()).toEqual({ answered: 1, bad: 2 });
    await bus.stop();
  });

  it("says internal when the mind throws, and busy when too many questions wait", async () => {
    const broken = setUp({ decide: () => Promise.reject(new Error("no")) });
    createDecisionService(broken.ports);
    broken.ask({});
    await broken.settle();
    expect(broken.heard[0]?.body).toMatchObject({ ok: false, code: "internal" });

    const slow = setUp({ decide: () => new Promise(() => {}) });
    createDecisionService(slow.ports);
    for (let i = 0; i < 17; i++) slow.ask({ id: `q${i}` });
    await slow.settle();
    expect(slow.heard.map(({ body }) => body["code"])).toEqual(["busy"]);
  });
});

describe("the companion", () => {
  const options = { version: "0.1.0", mindName: "rules", agent: null, ui: "" };
  const statuses = (heard: { topic: string; body: Record<string, unknown> }[]) =>
    heard.filter(({ topic }) => topic.endsWith("/status")).map(({ body }) => body["text"]);

  it("says online with its fact sheet, and offline when it leaves", async () => {
    const { ports, heard, settle } = setUp();
    const companion = createCompanion(ports, options);
    companion.start();
    companion.start();
    await settle();
    expect(heard.map(({ topic }) => topic)).toEqual([
      "timmy/v1/companion/info",
      "timmy/v1/companion/status",
    ]);
    expect(heard[0]?.body).toMatchObject({ kind: "companion", model: "rules", commands: "decide" });
    companion.stop();
    companion.stop();
    await settle();
    expect(statuses(heard)).toEqual(["online", "offline"]);
  });

  it("is said to be lost when it is cut off", async () => {
    const { ports, heard, settle, bus } = setUp();
    createCompanion(ports, options).start();
    bus.drop();
    await settle();
    expect(statuses(heard)).toEqual(["online", "lost"]);
  });

  it("announces itself again when an old will comes late", async () => {
    const { ports, heard, settle, robot } = setUp();
    createCompanion(ports, options).start();
    await settle();
    robot.publish("timmy/v1/companion/status", "lost", { retain: true });
    await settle();
    expect(statuses(heard)).toEqual(["online", "lost", "online"]);
  });
});
