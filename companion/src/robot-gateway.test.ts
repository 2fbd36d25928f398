import { createEncoder } from "@timmy/shared/mqtt/codec";
import { infoPayload, replyPayload } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createMemoryBroker } from "@timmy/shared/ports/memory-bus";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { describe, expect, it } from "vitest";
import { createRobotGateway, type GatewayAnswer } from "./robot-gateway.ts";

const topics = topicsOf("timmy");
type Body = Record<string, unknown>;

function setUp(options: { online?: boolean } = {}) {
  const time = createVirtualTime();
  const broker = createMemoryBroker();
  const bus = broker.connect();
  const robot = broker.connect();
  const encoder = createEncoder(time.clock);
  const logger = createMemoryLogger();
  let ids = 0;
  const gateway = createRobotGateway({
    bus,
    robotNode: "timmy",
    who: "owner",
    time,
    makeId: () => `id-${ids++}`,
    encoder,
    logger,
  });
  const commands: { name: string; body: Body }[] = [];
  robot.subscribe(topics.allCommands, ({ topic, payload }) => {
    commands.push({
      name: topic.split("/").at(-1) ?? "",
      body: JSON.parse(new TextDecoder().decode(payload)),
    });
  });
  const info = {
    name: "Timmy",
    kind: "robot" as const,
    model: "mk1",
    version: "1",
    epoch: 7,
    tier: "simulated",
    skills: "",
    commands: "",
    schemas: "",
    ui: "",
    rooms: ["kitchen"],
    room_names: ["kitchen"],
    max_speed_mps: 0.4,
    radius_m: 0.12,
  };
  if (options.online !== false) {
    robot.publish(topics.status, "online", { retain: true });
    robot.publish(topics.info, encoder.encode(infoPayload, info), { retain: true });
  }
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const reply = (fields: Body) =>
    robot.publish(
      topics.reply(String(fields["id"])),
      encoder.encode(replyPayload, {
        id: "",
        ok: true,
        code: null,
        sentence: "",
        task_id: null,
        speed_mps: null,
        ...fields,
      }),
    );
  const task = (phase: string, taskId: string) =>
    robot.publish(
      topics.event("task"),
      JSON.stringify({
        ...encoder.envelope(),
        task_id: taskId,
        phase,
        instruction: "",
        who: "",
        decided_by: "rules",
        steps: [],
        step: 0,
        outcome: null,
        reason: null,
        sentence: "",
        x_m: null,
        y_m: null,
        speed_mps: null,
        room: null,
        duration_s: 0,
      }),
    );
  const named = (name: string) => commands.filter((command) => command.name === name);
  return { time, bus, robot, gateway, commands, named, reply, task, settle, encoder, logger };
}

describe("the robot gateway: commands", () => {
  it("sends an instruction with the robot's epoch, a deadline and a lease, and awaits the answer", async () => {
    const s = setUp();
    await s.settle();
    const answer = s.gateway.hear("go to the kitchen");
    await s.settle();
    const body = s.named("hear")[0]?.body ?? {};
    expect(body).toMatchObject({ text: "go to the kitchen", epoch: 7, who: "owner" });
    expect(body["lease"]).toMatch(/^id-/);
    expect(Number(body["deadline_ms"])).toBeGreaterThan(s.time.clock.wallMs());
    s.reply({ id: body["id"], sentence: "I will go.", task_id: "t1" });
    expect(await answer).toEqual({
      ok: true,
      code: null,
      sentence: "I will go.",
      taskId: "t1",
      speedMps: null,
    });
  });

  it("passes a refusal of the robot on with its code and measured speed", async () => {
    const s = setUp();
    await s.settle();
    const answer = s.gateway.estop();
    await s.settle();
    const id = s.named("estop")[0]?.body["id"];
    s.reply({ id, ok: false, code: "unconfirmed", sentence: "Unconfirmed.", speed_mps: 0.12 });
    expect(await answer).toMatchObject({ ok: false, code: "unconfirmed", speedMps: 0.12 });
  });

  it("calls a code that the table does not know internal", async () => {
    const s = setUp();
    await s.settle();
    const answer = s.gateway.say("hello");
    await s.settle();
    s.reply({ id: s.named("say")[0]?.body["id"], ok: false, code: "toString" });
    expect(await answer).toMatchObject({ ok: false, code: "internal" });
  });

  it("says reply-timeout when the robot stays silent, and lets the lease go", async () => {
    const s = setUp();
    await s.settle();
    const answer = s.gateway.goto("kitchen");
    await s.settle();
    s.time.advanceTo(10_000);
    expect(await answer).toMatchObject({ ok: false, code: "reply-timeout" });
    expect(s.gateway.counts()).toEqual({ bad: 0, pending: 0, leases: 0 });
    expect(s.time.pending()).toEqual([]);
  });

  it("says robot-away without sending anything but a stop", async () => {
    const s = setUp({ online: false });
    await s.settle();
    const asked = [
      s.gateway.hear("x"),
      s.gateway.goto("kitchen"),
      s.gateway.say("x"),
      s.gateway.reset(1),
    ];
    for (const answer of await Promise.all(asked)) {
      expect(answer).toMatchObject({ ok: false, code: "robot-away" });
    }
    expect(s.gateway.drive(0.1, 0)).toMatchObject({ ok: false, code: "robot-away" });
    const stop = s.gateway.stop();
    await s.settle();
    expect(s.commands.map(({ name }) => name)).toEqual(["stop"]);
    s.time.advanceTo(20_000);
    expect(await stop).toMatchObject({ ok: false, code: "robot-away" });
    expect(s.gateway.counts().leases).toBe(0);
  });

  it("says broker-away when the bus is down, also to a stop, which is not kept for later", async () => {
    const s = setUp();
    await s.settle();
    s.bus.drop();
    expect(await s.gateway.stop()).toMatchObject({ ok: false, code: "broker-away" });
    expect(await s.gateway.hear("go")).toMatchObject({ ok: false, code: "broker-away" });
  });

  it("refuses what no robot would read, before it is sent", async () => {
    const s = setUp();
    await s.settle();
    expect(await s.gateway.hear("x".repeat(12_001))).toMatchObject({
      code: "instruction-too-long",
    });
    expect(await s.gateway.hear("\u20ac".repeat(6000))).toMatchObject({
      code: "instruction-too-long",
    });
    expect(await s.gateway.say("x".repeat(201))).toMatchObject({ code: "bad-payload" });
    expect(await s.gateway.goto("../etc")).toMatchObject({ code: "bad-payload" });
    expect(s.gateway.drive(Number.NaN, 0)).toMatchObject({ code: "bad-payload" });
    await s.settle();
    expect(s.commands).toEqual([]);
  });

  it("still sends a stop when too many answers are awaited", async () => {
    const s = setUp();
    await s.settle();
    const waiting: Promise<GatewayAnswer>[] = [];
    for (let i = 0; i < 32; i++) waiting.push(s.gateway.say("x"));
    expect(await s.gateway.say("x")).toMatchObject({ code: "rate-limited" });
    expect(await s.gateway.stop()).toMatchObject({ code: "rate-limited" });
    await s.settle();
    expect(s.named("stop")).toHaveLength(1);
    s.gateway.close();
    await Promise.all(waiting);
  });

  it("drives without waiting for an answer, for 300 ms at a time", async () => {
    const s = setUp();
    await s.settle();
    expect(s.gateway.drive(0.2, -0.5)).toMatchObject({ ok: true });
    await s.settle();
    expect(s.named("drive")[0]?.body).toMatchObject({
      linear_mps: 0.2,
      angular_radps: -0.5,
      epoch: 7,
      deadline_ms: s.time.clock.wallMs() + 300,
    });
  });
});

describe("the robot gateway: leases", () => {
  async function going() {
    const s = setUp();
    await s.settle();
    const answer = s.gateway.goto("kitchen");
    await s.settle();
    const { id, lease } = s.named("goto")[0]?.body ?? {};
    return { ...s, answer, id, lease };
  }

  it("renews every 100 ms from the command until the task has ended", async () => {
    const s = await going();
    s.time.advanceTo(250);
    s.reply({ id: s.id, task_id: "t1" });
    await s.answer;
    s.time.advanceTo(1000);
    await s.settle();
    expect(s.named("lease")).toHaveLength(10);
    expect(s.named("lease").every(({ body }) => body["lease"] === s.lease)).toBe(true);
    s.task("step-ended", "t1");
    s.task("ended", "other");
    await s.settle();
    expect(s.gateway.counts().leases).toBe(1);
    s.task("ended", "t1");
    await s.settle();
    s.time.advanceTo(3000);
    await s.settle();
    expect(s.named("lease")).toHaveLength(10);
  });

  it("ends also when the task ended before the answer came", async () => {
    const s = await going();
    s.task("ended", "t1");
    s.reply({ id: s.id, task_id: "t1" });
    await s.answer;
    expect(s.gateway.counts().leases).toBe(0);
  });

  it("ends when the command is refused", async () => {
    const s = await going();
    s.reply({ id: s.id, ok: false, code: "no-path" });
    await s.answer;
    expect(s.gateway.counts().leases).toBe(0);
  });

  it.each(["lost", "offline"])("ends when the robot is %s", async (status) => {
    const s = await going();
    s.reply({ id: s.id, task_id: "t1" });
    await s.answer;
    s.robot.publish(topics.status, status, { retain: true });
    await s.settle();
    expect(s.gateway.counts().leases).toBe(0);
    expect(s.time.pending()).toEqual([]);
  });

  it("outlives a broker that is away for a moment, but not twenty minutes without an end", async () => {
    const s = await going();
    s.reply({ id: s.id, task_id: "t1" });
    await s.answer;
    s.bus.drop();
    expect(s.gateway.counts().leases).toBe(1);
    s.time.advanceTo(1_199_000);
    expect(s.gateway.counts().leases).toBe(1);
    s.time.advanceTo(1_201_000);
    expect(s.gateway.counts().leases).toBe(0);
    expect(s.time.pending()).toEqual([]);
  });

  it("ends when the gateway closes, which stops the robot", async () => {
    const s = await going();
    s.gateway.close();
    expect((await s.answer).ok).toBe(false);
    expect(s.time.pending()).toEqual([]);
  });
});

describe("the robot gateway: what the robot says", () => {
  it("keeps the newest of everything and tells who listens", async () => {
    const s = setUp();
    const seen: string[] = [];
    s.gateway.onChange((change) => seen.push(change.type));
    const power = { ...s.encoder.envelope(), battery_v: 7.2, battery_pct: 60, low: false };
    s.robot.publish(topics.state("power"), JSON.stringify(power));
    s.robot.publish(topics.state("power"), JSON.stringify({ ...power, battery_v: 7.1 }));
    s.robot.publish(
      topics.telemetry("path"),
      JSON.stringify({ ...s.encoder.envelope(), points_m: [1, 2] }),
    );
    s.task("planned", "t1");
    await s.settle();
    expect(s.gateway.snapshot()).toMatchObject({
      node: "timmy",
      status: "online",
      info: { epoch: 7 },
      map: null,
      state: { power: { battery_v: 7.1 } },
      path: { points_m: [1, 2] },
      events: [{ kind: "task", payload: { task_id: "t1" } }],
    });
    expect(seen).toEqual(["status", "info", "state", "state", "telemetry", "event"]);
  });

  it("calls the robot lost while the broker is away", async () => {
    const s = setUp();
    await s.settle();
    const seen: unknown[] = [];
    s.gateway.onChange((change) => seen.push(change));
    s.bus.drop();
    expect(s.gateway.snapshot().status).toBe("lost");
    expect(seen).toEqual([{ type: "status", data: { status: "lost" } }]);
  });

  it("keeps at most 200 events", async () => {
    const s = setUp();
    for (let i = 0; i < 230; i++) s.task("planned", `t${i}`);
    await s.settle();
    const { events } = s.gateway.snapshot();
    expect(events).toHaveLength(200);
    expect(events[0]?.payload).toMatchObject({ task_id: "t30" });
  });

  it.each([
    [topics.state("power"), "{}"],
    [topics.state("power"), "not json"],
    [topics.state("power"), JSON.stringify({ pad: "x".repeat(5000) })],
    ["timmy/v1/timmy/state/__proto__", "{}"],
    ["timmy/v1/timmy/state/unknown", "{}"],
    ["timmy/v1/timmy/event/unknown", "{}"],
    ["timmy/v1/timmy/telemetry/unknown", "{}"],
    [topics.status, "great"],
    [topics.info, "{}"],
    [topics.map, JSON.stringify({ v: 1, seq: 0, ts: 0, plan: {} })],
  ])("counts a malformed message on %s and changes nothing", async (topic, payload) => {
    const s = setUp();
    await s.settle();
    const before = s.gateway.snapshot();
    s.robot.publish(topic, payload);
    await s.settle();
    expect(s.gateway.snapshot()).toEqual(before);
    expect(s.gateway.counts().bad).toBe(1);
  });

  it("ignores replies that nobody awaits and answers to a mind", async () => {
    const s = setUp();
    await s.settle();
    s.robot.publish(topics.reply("x"), "garbage");
    s.reply({ id: "unknown" });
    await s.settle();
    expect(s.gateway.counts().bad).toBe(0);
  });
});
