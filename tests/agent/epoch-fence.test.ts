import { openAgentStore } from "@timmy/memory/agent-store";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import { beginImport } from "@timmy/memory/store-import";
import { setRecord } from "@timmy/memory/store-sections";
import type { AgentStore } from "@timmy/shared/agent/agent-store";
import { claimText, type EpochClaim } from "@timmy/shared/agent/epoch-claim";
import { claimPayload } from "@timmy/shared/mqtt/payloads";
import { claimTopic } from "@timmy/shared/mqtt/topics";
import { createRandom } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import { openHouse, type TestHouse } from "../integration/testing-house.ts";

let n = 0;
/** Publishes a claim to the robot's agent, signed by `signer`. */
function claim(
  house: TestHouse,
  epoch: number,
  node: string,
  more: { readonly signer?: AgentStore; readonly says?: EpochClaim["says"] } = {},
) {
  const { signer = house.store, says = "holds" } = more;
  const { id: agent } = house.store.agent();
  const made = { agent, epoch, node, says, life: `life-of-${node}`, n: n++ };
  const signature = Buffer.from(signer.sign(Buffer.from(claimText(made)))).toString("hex");
  const payload = JSON.stringify({ v: 1, seq: 0, ts: 0, ...made, signature });
  house.broker.connect().publish(claimTopic(agent), payload, { retain: true });
}
/** The claim that stands on the broker. */
async function standing(house: TestHouse) {
  const { promise, resolve } = Promise.withResolvers<{ epoch: number; node: string }>();
  house.broker.connect().subscribe(claimTopic(house.store.agent().id), ({ payload }) => {
    resolve(claimPayload.parse(JSON.parse(new TextDecoder().decode(payload))));
  });
  return house.settle(promise, 5000);
}

describe("the epoch on the broker", () => {
  it("is claimed by the body in which the agent lives", async () => {
    const house = await openHouse();
    expect(await standing(house)).toMatchObject({ epoch: 1, node: "timmy" });
  });
  it("when higher stops the older body in its drive, for good, and it says where the agent is", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    claim(house, 2, "desk");
    await house.run(2500);
    expect(Math.abs(house.sim.truth().speedMps)).toBeLessThan(0.01);
    expect(house.store.agent()).toMatchObject({ status: "departed", departedTo: "desk" });
    const { gateway } = house;
    for (const ask of [() => gateway.hear("go to the study"), () => gateway.goto("study")]) {
      const answer = await house.settle(ask(), 30_000);
      expect(answer).toMatchObject({ ok: false, code: "agent-departed" });
      expect(answer.sentence).toContain("desk");
    }
    const before = house.sim.truth();
    gateway.drive(0.2, 0);
    await house.run(1000);
    expect(house.sim.truth().xM).toBeCloseTo(before.xM, 2);
    expect(await house.settle(gateway.stop(), 5000)).toMatchObject({ ok: true });
    expect(gateway.snapshot().info).toMatchObject({ life: "departed", departed_to: "desk" });
    expect(await standing(house)).toMatchObject({ epoch: 2, node: "desk" });
  });
  it("is claimed anew when the agent comes back in a higher one", async () => {
    const house = await openHouse();
    claim(house, 2, "desk");
    await house.run(200);
    expect(house.store.agent().status).toBe("departed");
    const line = { atMs: 0, what: "moved", node: "timmy", epoch: 3, note: "" } as const;
    setRecord(house.store, { status: "living", epoch: 3, departedTo: "" }, line);
    await house.run(4000);
    expect(await standing(house)).toMatchObject({ epoch: 3, node: "timmy" });
    expect(house.gateway.snapshot().info).toMatchObject({ epoch: 3, life: "living" });
    expect((await house.settle(house.gateway.hear("say hello"), 30_000)).ok).toBe(true);
  });
  it("when lower is told again who lives", async () => {
    const house = await openHouse();
    claim(house, 0, "attic");
    await house.run(100);
    expect(house.store.agent().status).toBe("living");
    expect(await standing(house)).toMatchObject({ epoch: 1, node: "timmy" });
  });
  it("of a copy that comes later changes nothing for the body that was there first", async () => {
    const house = await openHouse();
    claim(house, 1, "copy", { says: "asks" });
    claim(house, 1, "copy");
    await house.run(700);
    expect(await standing(house)).toMatchObject({ epoch: 1, node: "timmy" });
    expect(house.robot.life.refusal()).toBeNull();
  });
  it("is not acted in while the broker does not answer, and is again when it does", async () => {
    const house = await openHouse();
    await house.tellAndMove("go to the kitchen");
    house.broker.hold(true);
    await house.run(4000);
    expect(house.robot.life.refusal()).toMatchObject({ code: "agent-unsure" });
    expect(Math.abs(house.sim.truth().speedMps)).toBeLessThan(0.01);
    const say = { type: "speak", text: "hello" } as const;
    const options = {
      signal: new AbortController().signal,
      timeoutMs: 1000,
      from: "owner",
    } as const;
    const said = await house.settle(house.robot.agent.act(say, options), 2000);
    expect(said).toMatchObject({ outcome: "refused", reason: "agent-unsure" });
    house.broker.hold(false);
    await house.run(1500);
    expect(house.robot.life.refusal()).toBeNull();
  });
  it("is made sure of before anything is done, and a stop meanwhile counts for what waits", async () => {
    const house = await openHouse({ settled: false });
    const { gateway } = house;
    const waits = gateway.goto("kitchen");
    await house.run(100);
    const stopped = await house.settle(gateway.stop(), 5000);
    expect(stopped.ok).toBe(true);
    const { generation } = house.gateway.snapshot().state.safety ?? { generation: 0 };
    await house.settle(gateway.reset(generation), 5000);
    gateway.drive(0.3, 0);
    expect(await house.settle(waits, 10_000)).toMatchObject({ ok: false, code: "stopped" });
    await house.run(3000);
    expect(house.robot.body.odometerM()).toBeLessThan(0.01);
    expect(house.robot.life.refusal()).toBeNull();
  });
  it("is waited for by a proposal too, which a stop meanwhile ends", async () => {
    const house = await openHouse({ settled: false });
    const by = { trigger: { value: "go", from: "owner" as const }, who: "owner", read: [] };
    const { signal } = new AbortController();
    const steps = [{ skill: "goto", place: "kitchen" }] as const;
    const plan = {
      type: "plan",
      plan: { id: "p", decided_by: "model", steps },
      deadlineMs: 60_000,
    };
    const dropped = house.robot.propose(plan, by, signal);
    await house.run(100);
    await house.settle(house.gateway.stop(), 5000);
    const { generation } = house.gateway.snapshot().state.safety ?? { generation: 0 };
    await house.settle(house.gateway.reset(generation), 5000);
    const { result } = await house.settle(dropped, 10_000);
    expect(result).toMatchObject({ outcome: "aborted", reason: "stopped" });
    expect(house.robot.body.odometerM()).toBeLessThan(0.01);
    const other = await openHouse({ settled: false });
    const moved = other.robot.propose(plan, by, signal);
    expect((await other.settle(moved, 60_000)).result).toMatchObject({ outcome: "done" });
  });
  it("when nobody is sure of it ends every motion, also one that no plan was made for", async () => {
    const house = await openHouse();
    const by = { trigger: { value: "ahead", from: "owner" as const }, who: "owner", read: [] };
    const move = { type: "move", goal: { xM: 2, yM: 0 }, deadlineMs: 20_000 };
    const options = { signal: new AbortController().signal, timeoutMs: 20_000 };
    const moved = house.robot.propose(move, by, options.signal);
    expect(await house.runUntil(() => house.sim.truth().speedMps > 0.2, 5000)).toBe(true);
    house.broker.hold(true);
    await house.run(3500);
    expect(Math.abs(house.sim.truth().speedMps)).toBeLessThan(0.01);
    expect((await house.settle(moved, 1000)).result).toMatchObject({
      ...{ outcome: "aborted", reason: "agent-unsure" },
    });
  });
  it("is written down when it can be, and counts before", async () => {
    const house = await openHouse();
    const { store } = house;
    const { id } = store.agent();
    // Whoever holds the store's one right to write: an import that is under way.
    const underWay = beginImport(store);
    claim(house, 2, "desk");
    await house.run(1500);
    expect(store.agent()).toMatchObject({ id, status: "living" });
    const refused = await house.settle(house.gateway.hear("go to the study"), 30_000);
    expect(refused).toMatchObject({ ok: false, code: "agent-departed" });
    underWay.abort();
    await house.run(1500);
    expect(store.agent()).toMatchObject({ status: "departed", departedTo: "desk" });
  });
  it("counts for nothing without the agent's own signature", async () => {
    const house = await openHouse();
    const ports = createSeededPorts({ wallMs: () => 1 }, createRandom(77));
    const stranger = openAgentStore(":memory:", ports);
    claim(house, 9, "thief", { signer: stranger });
    await house.run(1000);
    expect(house.store.agent().status).toBe("living");
    expect((await house.settle(house.gateway.hear("say hello"), 30_000)).ok).toBe(true);
    stranger.stop();
  });
});
