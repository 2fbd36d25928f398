import { openAgentStore } from "@timmy/memory/agent-store";
import { createMemorySpool } from "@timmy/memory/living/spool";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import { createEncoder } from "@timmy/shared/mqtt/codec";
import {
  commandPayloads,
  infoPayload,
  type ReplyPayload,
  replyPayload,
} from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRobotGateway } from "../robot-gateway.ts";
import { openBodies, ownerKey } from "../testing/body-fixture.ts";
import { createAgentSide } from "./agent-side.ts";

let bodies: ReturnType<typeof openBodies>;
beforeEach(() => {
  bodies = openBodies();
});
afterEach(() => bodies.stop());

const infoOf = (agent: string, epoch: number, life: "living" | "vacant") => ({
  ...({ name: "Timmy", kind: "robot", model: "x", version: "1", epoch, agent, life } as const),
  ...({ departed_to: "", tier: "hard", skills: "", commands: "", schemas: "", ui: "" } as const),
  ...{ rooms: [], room_names: [], max_speed_mps: 0, radius_m: 0 },
});

/** A companion whose agent lives in the robot "attic"; the robot of its own house is "timmy". */
async function setUp(house: Pick<ReplyPayload, "code" | "sentence"> | null = null) {
  const attic = bodies.open("attic");
  const ports = createSeededPorts(bodies.time.clock, createRandom(77));
  const { makeId, randomBytes } = ports;
  const encoder = createEncoder(bodies.time.clock);
  const bus = bodies.broker.connect();
  const common = { bus, time: bodies.time, makeId, encoder, logger: createMemoryLogger() };
  const gateway = createRobotGateway({ ...common, robotNode: "timmy", who: "owner" });
  const side = createAgentSide({
    ...{ ...common, node: "desk", version: "0", gateway, robotNode: "timmy", host: null },
    store: openAgentStore(":memory:", ports, { node: "desk", vacant: true }),
    ...{ ownerKey, randomBytes, makeSpool: createMemorySpool, keepAt: () => "", secrets: [] },
    ...{ calls: {}, onChange() {} },
  });
  const stopped: string[] = [];
  const decoder = new TextDecoder();
  const other = bodies.broker.connect();
  const listen = (node: string) =>
    other.subscribe(topicsOf(node).command("stop"), () => void stopped.push(node));
  /** A robot that says it is online, and answers a stop as the real one does. */
  function pretend(
    node: string,
    refused: Pick<ReplyPayload, "code" | "sentence"> | null = null,
  ): void {
    const topics = topicsOf(node);
    other.publish(topics.status, "online", { retain: true });
    listen(node);
    other.subscribe(topics.command("stop"), ({ payload }) => {
      const { id } = commandPayloads.stop.parse(JSON.parse(decoder.decode(payload)));
      const good = { code: null, sentence: `${node} stopped.` };
      const measured = { task_id: null, speed_mps: 0 };
      const reply = { id, ok: refused === null, ...(refused ?? good), ...measured };
      other.publish(topics.reply(id), encoder.encode(replyPayload, reply), { qos: 1 });
    });
  }
  pretend("timmy", house);
  side.start();
  await bodies.run(4000);
  expect(side.directory.living()).toEqual({ ok: true, node: "attic" });
  return {
    ...{ side, stopped, listen, pretend, attic },
    say: (node: string, agent: string, epoch: number) => {
      const info = encoder.encode(infoPayload, infoOf(agent, epoch, "living"));
      other.publish(topicsOf(node).info, info, { retain: true });
    },
    async end() {
      await side.stop();
      gateway.close();
    },
  };
}

describe("the owner's stop, while the agent lives in another robot", () => {
  const ways = ["typed", "pressed"] as const;
  const press = (side: Awaited<ReturnType<typeof setUp>>["side"], how: (typeof ways)[number]) =>
    bodies.settle(how === "typed" ? side.app.hear("stop") : side.halt("stop"), 20_000);

  it.each(ways)("%s, reaches that body before anything was said to it", async (how) => {
    const { side, stopped, listen, end } = await setUp();
    listen("attic");
    await bodies.run(100);
    const answer = await press(side, how);
    expect(stopped.sort()).toEqual(["attic", "timmy"]);
    expect(answer).toMatchObject({ ok: true, sentence: "Stopped: this body has no wheels." });
    await end();
  });
  it.each(ways)("%s, is not said to have stopped it when it is silent", async (how) => {
    const { side, stopped, listen, attic, end } = await setUp();
    listen("attic");
    await attic.bus.stop();
    const answer = await press(side, how);
    expect(stopped.sort()).toEqual(["attic", "timmy"]);
    expect(answer.ok).toBe(false);
    expect(answer.sentence).toContain("attic");
    await end();
  });
  it.each(ways)("%s, tells of the robot of the house that it did not stop, too", async (how) => {
    const moving = { code: "unconfirmed", sentence: "Unconfirmed: last 0.40 m/s." };
    const { side, end } = await setUp(moving);
    expect(await press(side, how)).toMatchObject({ ok: false, ...moving });
    await end();
  });
  it.each(ways)("%s, waits for no body that was asked once and is off now", async (how) => {
    const { side, pretend, stopped, end } = await setUp();
    pretend("shed");
    const asked = { action: { type: "text", text: "hi" }, said: "hi", who: "owner" };
    void side.app.call("shed", "agent.propose", { ...asked, from: "owner", read: [] });
    bodies.broker.connect().publish(topicsOf("shed").status, "offline", { retain: true });
    await bodies.run(500);
    expect(await press(side, how)).toMatchObject({ ok: true });
    // It is sent all the same.
    expect(stopped).toContain("shed");
    await end();
  });
  it.each(ways)("%s, reaches it whatever others say of where the agent lives", async (how) => {
    const { side, stopped, listen, pretend, say, attic, end } = await setUp();
    const asked = { action: { type: "text", text: "hi" }, said: "hi", who: "owner" };
    const sealed = { ...asked, from: "owner" as const, read: [] };
    await bodies.settle(side.app.call("attic", "agent.propose", sealed), 10_000);
    listen("attic");
    pretend("evil");
    say("evil", attic.store.agent().id, 999);
    await bodies.run(500);
    expect(side.directory.living()).toEqual({ ok: true, node: "evil" });
    await press(side, how);
    expect(stopped.sort()).toEqual(["attic", "evil", "timmy"]);
    // Not even what a body says of itself keeps a stop away from who was asked to act.
    say("attic", "0".repeat(64), 1);
    await bodies.run(500);
    stopped.length = 0;
    await press(side, how);
    expect(stopped).toContain("attic");
    await end();
  });
});
