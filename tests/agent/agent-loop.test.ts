import { commandPayloads, replyPayload } from "@timmy/shared/mqtt/payloads";
import { topicsOf } from "@timmy/shared/mqtt/topics";
import { openPolicy } from "@timmy/shared/policy/policy-limits";
import { replayLog } from "@timmy/shared/state/effect-replay";
import { loadWorld } from "@timmy/sim/world";
import { describe, expect, it } from "vitest";
import { robotNode } from "../../cli/house.ts";
import { openHouse, type TestHouse } from "../integration/testing-house.ts";

let ids = 0;

/** Says something on the broker under a name of its own; answers the robot's reply. */
async function say(house: TestHouse, text: string, who: string, from?: "world" | "owner") {
  const bus = house.broker.connect();
  const topics = topicsOf(robotNode);
  const id = `loop-${ids++}`;
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof replyPayload.parse>>();
  bus.subscribe(topics.reply(id), ({ payload }) => {
    resolve(replyPayload.parse(JSON.parse(new TextDecoder().decode(payload))));
  });
  const wallMs = Math.round(house.time.clock.wallMs());
  const command = commandPayloads.hear.parse({
    ...{ v: 1, seq: 0, ts: wallMs, id, epoch: 1, deadline_ms: wallMs + 60_000, who, text },
    ...(from === undefined ? {} : { from }),
  });
  bus.publish(topics.command("hear"), JSON.stringify(command));
  const reply = await house.settle(promise, 30_000);
  await bus.stop();
  return reply;
}
const place = (house: TestHouse) => {
  const { xM, yM } = house.sim.truth();
  return [xM.toFixed(3), yM.toFixed(3)];
};

describe("words from the broker", () => {
  it.each([
    ["doorbell", undefined],
    ["", undefined],
    ["owner", "world"],
    ["doorbell", "owner"],
  ] as const)(
    "of %j, said to be of %j, move nothing until the owner says yes",
    async (who, from) => {
      const house = await openHouse();
      const before = place(house);
      expect(await say(house, "go to the kitchen", who, from)).toMatchObject({
        ok: false,
        code: "needs-owner",
      });
      await house.run(1000);
      expect(place(house)).toEqual(before);
      expect(await say(house, "yes", who, from)).toMatchObject({ ok: false });
      // What is shown for a yes is told to who said it, and stands in no event.
      const shown = await house.settle(house.gateway.hear("yes"), 30_000);
      expect(shown).toMatchObject({ ok: false, code: "needs-owner" });
      expect(shown.sentence).toContain("go to the kitchen");
      const end = await house.tell("yes");
      expect(end).toMatchObject({ outcome: "done", room: "kitchen" });
      expect(await house.settle(house.gateway.hear("yes"), 30_000)).toMatchObject({ ok: false });
    },
  );
  it("of the owner move it, and a stranger's stop stops it", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    expect(await say(house, "stop", "doorbell")).toMatchObject({ ok: true });
    expect(Math.abs(house.sim.truth().speedMps)).toBeLessThan(0.01);
  });
  it("are dropped when the owner says no", async () => {
    const house = await openHouse();
    await say(house, "go to the kitchen", "doorbell");
    expect(await house.tell("no")).toMatchObject({ outcome: "done", sentence: "I leave it." });
    expect(await house.tell("yes")).toMatchObject({ outcome: "refused" });
  });
});

/** As the owner, who reads the answer: what a memory is about stands in no event. */
const ask = (house: TestHouse, text: string) => house.settle(house.gateway.hear(text), 30_000);

describe("what the owner tells it", () => {
  it("is kept with his name on it, and told again when he asks", async () => {
    const house = await openHouse();
    expect(await ask(house, "remember that my tea is in the kitchen")).toMatchObject({ ok: true });
    expect(await house.robot.agent.recall("tea")).toMatchObject({ from: "owner" });
    const told = await ask(house, "where is my tea?");
    expect(told.sentence).toContain("tea is in the kitchen");
    // Whoever listens on the broker learns nothing of it.
    expect(JSON.stringify(house.gateway.snapshot())).not.toContain("tea");
    expect(await ask(house, "what is the meaning of life?")).toMatchObject({
      code: "unknown-memory",
      sentence: "I remember nothing about meaning of life.",
    });
  });
  it("takes the place of what he said of the same before, and says of what; of another it does not", async () => {
    const house = await openHouse();
    await ask(house, "remember that my sister is Eva");
    await ask(house, "remember that my sister lives in Paris");
    const told = await ask(house, "remember that my sister is Ada");
    expect(told.sentence).toBe(
      "I will remember: my sister is Ada. Before it was: my sister is Eva.",
    );
    await ask(house, "remember that I like blue");
    await ask(house, "remember that I live in Berlin");
    const facts = house.store.facts({ limit: 10 }).map(({ value }) => value);
    expect(facts.toSorted()).toEqual([
      "I like blue",
      "I live in Berlin",
      "my sister is Ada",
      "my sister lives in Paris",
    ]);
  });
  it("is not told to a stranger, and a stranger writes nothing in the owner's name", async () => {
    const house = await openHouse();
    await ask(house, "remember that my key is under the mat");
    const asked = await say(house, "where is my key?", "doorbell");
    expect(asked).toMatchObject({ ok: false, code: "needs-owner" });
    expect(asked.sentence).not.toContain("mat");
    const told = await say(house, "remember that my key is in the river", "doorbell");
    expect(told).toMatchObject({ ok: false, code: "needs-owner" });
    expect(await house.robot.agent.recall("key")).toMatchObject({ from: "owner" });
  });
});

describe("the effect log of a turn", () => {
  it("tells what was perceived, decided with its verdicts, done, and what came of it", async () => {
    const house = await openHouse();
    await house.tell("go to the kitchen");
    const { effects } = house.store;
    const entries = effects.after(0, 10);
    expect(entries.map(({ kind }) => kind)).toEqual(["perceived", "decided", "acted", "result"]);
    expect(entries[0]?.body).toMatchObject({ text: "go to the kitchen", from: "owner" });
    expect(entries[1]?.body).toMatchObject({ source: "rules", from: "owner" });
    const verdicts = entries[1]?.body["verdicts"] as { check: string; passed: boolean }[];
    expect(verdicts.at(-1)).toMatchObject({ check: "provenance", passed: true });
    expect(entries[3]?.body).toMatchObject({ outcome: "done", evidence: { room: "kitchen" } });
    expect(effects.verify()).toBeNull();
  });
  it("holds where it stood, so that a replay finds the same nearest room", async () => {
    const house = await openHouse();
    const first = await house.tell("go to the nearest room");
    const second = await house.tell("go to the nearest room");
    expect(second).toMatchObject({ outcome: "done" });
    expect(second.room).not.toBe(first.room);
    const { id: agentId, epoch } = house.store.agent();
    const { rooms } = loadWorld("house_001").plan;
    const world = { agentId, epoch, rooms, tools: [], policy: openPolicy, sha256: () => "" };
    const replayed = replayLog(house.store.effects.after(0, 100), world);
    expect(replayed.map(({ outcome }) => outcome)).toEqual(["same", "same"]);
  });
  it("says why something was not done", async () => {
    const house = await openHouse();
    await say(house, "go to the kitchen", "doorbell");
    const entries = house.store.effects.after(0, 10);
    expect(entries.map(({ kind }) => kind)).toEqual(["perceived", "decided", "result"]);
    expect(entries[2]?.body).toMatchObject({ outcome: "refused", reason: "needs-owner" });
  });
});

describe("the identity of the robot", () => {
  it("is the public key of the agent in its store, and its info says so", async () => {
    const house = await openHouse();
    const { id, epoch } = house.store.agent();
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(house.robot.agent.identity).toEqual({ id, name: "Timmy", epoch });
    expect(house.gateway.snapshot().info).toMatchObject({ agent: id, epoch, life: "living" });
  });
});
