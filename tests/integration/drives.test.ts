import { loadWorld } from "@timmy/sim/world";
import { describe, expect, it } from "vitest";
import { openHouse } from "./testing-house.ts";

const rooms = loadWorld("house_001").plan.rooms;

describe("a drive in lockstep", () => {
  it.each(
    rooms.flatMap((room) => [1, 2, 3, 4, 5].map((seed) => [room.name, seed, room.id] as const)),
  )("to the %s (seed %i) ends there, untouched and measured", async (name, seed, id) => {
    const house = await openHouse({ seed });
    const end = await house.tell(`go to the ${name}`);
    expect(end).toMatchObject({ outcome: "done", room: id });
    // Standstill, as everywhere: under 0.01 m/s, measured.
    expect(Math.abs(end.speed_mps ?? 1)).toBeLessThan(0.01);
    const truth = house.sim.truth();
    expect(Math.hypot(truth.xM - (end.x_m ?? 0), truth.yM - (end.y_m ?? 0))).toBeLessThan(0.25);
    expect(house.sim.contacts()).toBe(0);
  });
  it("is the same twice for a seed, and another for another seed", async () => {
    const trace = async (seed: number) => {
      const house = await openHouse({ seed });
      await house.tell("go to the kitchen, say hello, then come back");
      return house.sim.trace();
    };
    const first = await trace(3);
    expect(await trace(3)).toBe(first);
    expect(await trace(4)).not.toBe(first);
  });
  it("does several steps in order and comes back to where it began", async () => {
    const house = await openHouse();
    const start = house.sim.truth();
    const end = await house.tell("go to the bedroom, say hello, then come back");
    expect(end.outcome).toBe("done");
    const truth = house.sim.truth();
    expect(Math.hypot(truth.xM - start.xM, truth.yM - start.yM)).toBeLessThan(0.3);
    const steps = house.tasks.filter((t) => t.phase === "step-ended").map((t) => t.step);
    expect(steps).toEqual([0, 1, 2]);
    const spoken = house.gateway.snapshot().events.filter((e) => e.kind === "spoke");
    expect(spoken.map((e) => (e.kind === "spoke" ? e.payload.text : ""))).toEqual(["hello"]);
  });
  it("comes back, as an instruction of its own, to where the last one began", async () => {
    const house = await openHouse();
    const start = house.sim.truth();
    await house.tell("go to the bedroom");
    expect((await house.tell("come back")).outcome).toBe("done");
    const truth = house.sim.truth();
    expect(Math.hypot(truth.xM - start.xM, truth.yM - start.yM)).toBeLessThan(0.3);
  });
  it("patrols, and goes home to the dock", async () => {
    const house = await openHouse();
    expect(await house.tell("patrol the study and the bathroom")).toMatchObject({
      outcome: "done",
      room: "bathroom",
    });
    expect((await house.tell("go to the dock")).outcome).toBe("done");
    expect(house.sim.contacts()).toBe(0);
  });
});

describe("an instruction that cannot be carried out", () => {
  it.each([
    ["go to the moon", "unknown-room"],
    ["", "empty-instruction"],
    ["x".repeat(10_000), "instruction-too-long"],
    ["geh bitte in die Küche", "not-understood"],
    ["don't go to the kitchen", "not-understood"],
    ["asdf qwer", "not-understood"],
  ])("%.20s is refused as %s, and nothing moves", async (text, reason) => {
    const house = await openHouse();
    const before = house.sim.truth();
    const answer = await house.settle(house.gateway.hear(text), 30_000);
    expect(answer).toMatchObject({ ok: false, code: reason });
    await house.run(2000);
    const after = house.sim.truth();
    expect(Math.hypot(after.xM - before.xM, after.yM - before.yM)).toBeLessThan(0.001);
  });
  it("names the rooms that exist when asked for one that does not", async () => {
    const house = await openHouse();
    const end = await house.tell("go to the moon");
    expect(end.outcome).toBe("refused");
    for (const room of rooms) expect(end.sentence).toContain(room.name);
  });
  it("a room that is closed off is refused, also as a later step, and nothing moves", async () => {
    const house = await openHouse({ closedDoors: ["kitchen"] });
    const before = house.sim.truth();
    const end = await house.tell("go to the bedroom, then go to the kitchen");
    expect(end).toMatchObject({ outcome: "refused", reason: "no-path" });
    const after = house.sim.truth();
    expect(Math.hypot(after.xM - before.xM, after.yM - before.yM)).toBeLessThan(0.001);
  });
});

describe("the world is not as planned", () => {
  it("finds a way around a box in its path, or says blocked, without touching it", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    const { xM, yM, headingRad } = house.sim.truth();
    const box = { x_m: xM + Math.cos(headingRad), y_m: yM + Math.sin(headingRad), size_m: 0.2 };
    house.sim.addObstacle(box);
    const task = house.tasks[0]?.task_id;
    const ended = () => house.tasks.find((t) => t.task_id === task && t.phase === "ended");
    await house.runUntil(() => ended() !== undefined, 200_000);
    expect(["done", "failed"]).toContain(ended()?.outcome);
    expect(house.sim.contacts()).toBe(0);
  });
  it("says no-motion when the motors are dead", async () => {
    const house = await openHouse();
    house.sim.setFault("motor", "off");
    expect(await house.tell("go to the kitchen")).toMatchObject({
      outcome: "failed",
      reason: "no-motion",
    });
  });
  it("never says done of a place that it does not know to be in: no tags", async () => {
    const house = await openHouse();
    house.sim.setFault("tags", "off");
    const end = await house.tell("patrol every room");
    const truth = house.sim.truth();
    const errorM = Math.hypot(truth.xM - (end.x_m ?? 0), truth.yM - (end.y_m ?? 0));
    if (end.outcome === "done") expect(errorM).toBeLessThan(0.35);
    else expect(["failed", "unconfirmed", "aborted"]).toContain(end.outcome);
  });
  it("notices that it was carried away, and finds itself again", async () => {
    const house = await openHouse();
    await house.tell("go to the living room");
    const study = rooms.find((room) => room.id === "study");
    const [xM, yM] = study?.goal ?? [0, 0];
    house.sim.moveRobot({ xM, yM, headingRad: 2 });
    const end = await house.tell("go to the kitchen");
    const truth = house.sim.truth();
    const errorM = Math.hypot(truth.xM - (end.x_m ?? 0), truth.yM - (end.y_m ?? 0));
    if (end.outcome === "done") expect(errorM).toBeLessThan(0.3);
    else expect(["failed", "unconfirmed", "aborted"]).toContain(end.outcome);
  });
});
