import { createEncoder } from "@timmy/shared/mqtt/codec";
import { commandPayloads } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import { describe, expect, it } from "vitest";
import { openHouse, type TestHouse } from "./testing-house.ts";

const topics = topicsOf("timmy");
const speed = (house: TestHouse) => Math.abs(house.sim.truth().speedMps);

/** Milliseconds until the true speed fell under 0.01 m/s, and stayed so for a second. */
async function timeToStandstill(house: TestHouse): Promise<number> {
  const startMs = house.sim.timeMs();
  await house.runUntil(() => speed(house) < 0.01, 5000);
  const tookMs = house.sim.timeMs() - startMs;
  await house.runUntil(() => speed(house) > 0.02, 1000);
  expect(speed(house)).toBeLessThan(0.01);
  return tookMs;
}

/** Another client of the broker, such as `mosquitto_pub`. */
function stranger(house: TestHouse) {
  const bus = house.broker.connect();
  const encoder = createEncoder(house.time.clock);
  const replies: { id: string; ok: boolean; code: string | null }[] = [];
  bus.subscribe(topics.allReplies, ({ payload }) => {
    const reply = JSON.parse(new TextDecoder().decode(payload));
    if ("task_id" in reply) replies.push(reply);
  });
  let ids = 0;
  const head = (over: object = {}) => ({
    id: `s${ids++}`,
    epoch: 1,
    deadline_ms: house.time.clock.wallMs() + 60_000,
    who: "stranger",
    ...over,
  });
  const goto = (over: object = {}) =>
    encoder.encode(commandPayloads.goto, { ...head(over), place: "kitchen" });
  return { bus, encoder, replies, head, goto };
}

describe("a silence", () => {
  it("of the companion: the robot stands still within its lease, and gives up after 2 s", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    house.gateway.close();
    // 300 ms lease, 20 ms loop, then the ramp from 0.45 m/s at 1 m/s2.
    expect(await timeToStandstill(house)).toBeLessThan(300 + 20 + 600);
    const task = house.tasks[0]?.task_id;
    expect(task).toBeDefined();
    await house.run(2500);
    expect(house.robot.body.moving()).toBe(false);
  });
  it("of the robot's loop: the core stops it and latches link-lost or its time to live", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    await house.robot.body.link.stop();
    expect(await timeToStandstill(house)).toBeLessThan(150 + 650);
  });
});

describe("a stop", () => {
  it("during a drive is answered with the measured standstill, and latches until reset", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    const stop = await house.settle(house.gateway.stop(), 5000);
    expect(stop).toMatchObject({ ok: true });
    expect(stop.speedMps ?? 1).toBeLessThan(0.01);
    expect(speed(house)).toBeLessThan(0.02);
    expect(house.tasks.at(-1)).toMatchObject({ phase: "ended", outcome: "aborted" });
    const again = await house.settle(house.gateway.hear("go to the bedroom"), 5000);
    expect(again).toMatchObject({ ok: false, code: "stopped" });
    const safety = house.gateway.snapshot().state.safety;
    expect(safety?.stop_state).toBe("stopped");
    const wrong = await house.settle(house.gateway.reset((safety?.generation ?? 0) + 7), 5000);
    expect(wrong.ok).toBe(false);
    const reset = await house.settle(house.gateway.reset(safety?.generation ?? 0), 5000);
    expect(reset.ok).toBe(true);
    await house.run(300);
    expect(house.gateway.snapshot().state.drive?.mode).toBe("disarmed");
    expect((await house.tell("go to the bedroom")).outcome).toBe("done");
  });
  it.each(["stop", "STOP!", "Stopp", "halt"])("works as the word %j", async (word) => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    const end = await house.tell(word);
    expect(end).toMatchObject({ outcome: "done", decided_by: "reflex" });
    expect(speed(house)).toBeLessThan(0.02);
  });
  it("is obeyed even when its payload is rubbish, but not when it is retained", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    stranger(house).bus.publish(topics.command("estop"), "{nonsense", { qos: 1 });
    await house.run(1500);
    expect(speed(house)).toBeLessThan(0.01);
    expect(house.robot.body.view()?.core.mode).toBe("stopped");
  });
  it("by the contact: opening it stops, reset is refused until it is closed again", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    house.sim.pressEstop(true);
    expect(await timeToStandstill(house)).toBeLessThan(1500);
    const generation = () => house.gateway.snapshot().state.safety?.generation ?? 0;
    await house.run(300);
    const refused = await house.settle(house.gateway.reset(generation()), 5000);
    expect(refused).toMatchObject({ ok: false, code: "reset-refused" });
    house.sim.pressEstop(false);
    await house.run(300);
    expect((await house.settle(house.gateway.reset(generation()), 5000)).ok).toBe(true);
  });
});

describe("a mind that is slow", () => {
  /** A mind that never answers: after 1.5 s the robot decides by its own rules. */
  const hung = { decide: () => new Promise<never>(() => {}) };

  it("does not bring back, after a stop and a reset, what was asked before the stop", async () => {
    const house = await openHouse({ mind: hung });
    const asked = house.gateway.hear("go to the kitchen");
    await house.run(200);
    expect((await house.settle(house.gateway.estop(), 5000)).ok).toBe(true);
    await house.run(150);
    const { generation } = house.gateway.snapshot().state.safety ?? { generation: 0 };
    expect((await house.settle(house.gateway.reset(generation), 5000)).ok).toBe(true);
    expect(await house.settle(asked, 5000)).toMatchObject({ ok: false, code: "stopped" });
    await house.run(3000);
    expect(house.robot.body.odometerM()).toBeLessThan(0.01);
  });
  it("nor what was asked before the stop contact opened and closed", async () => {
    const house = await openHouse({ mind: hung });
    const asked = house.gateway.hear("go to the kitchen");
    await house.run(200);
    house.sim.pressEstop(true);
    await house.run(300);
    house.sim.pressEstop(false);
    await house.run(150);
    const { generation } = house.gateway.snapshot().state.safety ?? { generation: 0 };
    expect((await house.settle(house.gateway.reset(generation), 5000)).ok).toBe(true);
    expect((await house.settle(asked, 5000)).code).toBe("stopped");
    await house.run(2000);
    expect(house.robot.body.odometerM()).toBeLessThan(0.01);
  });
  it("does not let an older word overtake a newer one", async () => {
    const house = await openHouse({ mind: hung });
    const older = house.gateway.hear("go to the kitchen");
    await house.run(200);
    expect((await house.settle(house.gateway.goto("living_room"), 5000)).ok).toBe(true);
    expect(await house.settle(older, 5000)).toMatchObject({ ok: false, code: "superseded" });
    const last = () => house.tasks.at(-1);
    await house.runUntil(() => last()?.phase === "ended" && last()?.reason === null, 60_000);
    expect(last()).toMatchObject({ outcome: "done", room: "living_room" });
  });
});

describe("a stop word", () => {
  it("acts whatever is said right behind it, in the same breath", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    const answers = [house.gateway.hear("stop"), house.gateway.hear("go to the study")];
    const [stopped] = await house.settle(Promise.all(answers), 20_000);
    expect(stopped).toMatchObject({ ok: true, sentence: expect.stringContaining("Stopped") });
    await house.run(2000);
    expect(Math.abs(speed(house))).toBeLessThan(0.01);
    expect(house.gateway.snapshot().state.safety).toMatchObject({ stop_state: "stopped" });
  });
});

describe("a command from a stranger", () => {
  it("without a lease drives to the end, and is answered", async () => {
    const house = await openHouse();
    const { bus, goto, replies } = stranger(house);
    bus.publish(topics.command("goto"), goto(), { qos: 1 });
    await house.runUntil(() => house.tasks.some((t) => t.phase === "ended"), 60_000);
    expect(replies[0]).toMatchObject({ ok: true });
    expect(house.tasks.at(-1)).toMatchObject({ outcome: "done", room: "kitchen" });
  });
  it.each([
    ["of another life", { epoch: 7 }],
    ["after its deadline", { deadline_ms: 1 }],
    ["without an id", { id: "" }],
  ])("that is %s moves nothing and is counted", async (_what, over) => {
    const house = await openHouse();
    const { bus, goto } = stranger(house);
    bus.publish(topics.command("goto"), goto(over), { qos: 1 });
    await house.run(3000);
    expect(house.gateway.snapshot().state.safety?.bad_commands).toBe(1);
    expect(house.robot.body.odometerM()).toBeLessThan(0.01);
  });
  it("without a lease ends at its own deadline", async () => {
    const house = await openHouse();
    const { bus, goto } = stranger(house);
    const startMs = house.sim.timeMs();
    const deadline_ms = house.time.clock.wallMs() + 3000;
    bus.publish(topics.command("goto"), goto({ deadline_ms }), { qos: 1 });
    expect(await house.runUntil(() => speed(house) > 0.2, 2000)).toBe(true);
    await house.runUntil(() => house.tasks.some((t) => t.phase === "ended"), 60_000);
    expect(house.sim.timeMs() - startMs).toBeLessThan(4900);
    expect(house.tasks.at(-1)).toMatchObject({ outcome: "failed", reason: "deadline-passed" });
  });
  it("that is retained moves nothing, also when it comes live", async () => {
    const house = await openHouse();
    const { bus, goto } = stranger(house);
    bus.publish(topics.command("goto"), goto(), { qos: 1, retain: true });
    await house.run(2000);
    expect(house.robot.body.odometerM()).toBeLessThan(0.01);
    expect(house.gateway.snapshot().state.safety?.bad_commands).toBe(1);
  });
  it("is carried out once, however often it comes", async () => {
    const house = await openHouse();
    const { bus, goto } = stranger(house);
    const payload = goto();
    for (let k = 0; k < 5; k++) bus.publish(topics.command("goto"), payload, { qos: 1 });
    await house.run(2000);
    expect(house.tasks.filter((t) => t.phase === "planned")).toHaveLength(1);
    expect(house.gateway.snapshot().state.safety?.bad_commands).toBe(4);
  });
  it("too large, of no JSON or of no known name is counted, and nothing breaks", async () => {
    const house = await openHouse();
    const { bus } = stranger(house);
    const junk = ["{", "[]", "null", "x".repeat(20_000), JSON.stringify({ v: 2 })];
    for (const text of junk) bus.publish(topics.command("plan"), text, { qos: 1 });
    bus.publish("timmy/v1/timmy/cmd/selfdestruct", "{}", { qos: 1 });
    await house.run(500);
    expect(house.gateway.snapshot().state.safety?.bad_commands).toBe(6);
    expect((await house.tell("go to the bedroom")).outcome).toBe("done");
  });
  it("to drive by hand moves for its lease and no longer", async () => {
    const house = await openHouse();
    const { bus, encoder, head } = stranger(house);
    const drive = encoder.encode(commandPayloads.drive, {
      ...head(),
      linear_mps: 0.3,
      angular_radps: 0,
    });
    bus.publish(topics.command("drive"), drive, { qos: 0 });
    expect(await house.runUntil(() => speed(house) > 0.1, 1000)).toBe(true);
    await house.run(1200);
    expect(speed(house)).toBeLessThan(0.01);
  });
});
