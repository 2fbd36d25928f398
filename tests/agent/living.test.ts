import { setRecord } from "@timmy/memory/store-sections";
import type { OwnerCall } from "@timmy/shared/agent/owner-calls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RaceBody } from "../trials/race-body.ts";
import { type Bodies, openBodies } from "./living-bodies.ts";

let bodies: Bodies;
let desk: RaceBody;
let attic: RaceBody;
beforeEach(async () => {
  bodies = openBodies();
  desk = bodies.start("desk");
  attic = bodies.start("attic", { vacant: true });
  await bodies.run(4000);
});
afterEach(() => bodies.stop());

/** The owner's call, from one body to another or to itself. */
const ask: RaceBody["life"]["call"] = (node, call, given) =>
  bodies.settle(attic.life.call(node, call, given));
const memories = async (query = "") => {
  const found = await ask("desk", "agent.memories", { query, limit: 20, kind: "fact" });
  return found.ok ? found.value.memories : [];
};

describe("what the owner asks of an agent", () => {
  it("is answered with who it is, where, and what it can do", async () => {
    const view = await ask("desk", "agent.view", {});
    const { id } = desk.store.agent();
    expect(view).toMatchObject({
      ok: true,
      value: { id, life: "living", node: "desk", body: "desktop", epoch: 1, moving: null },
    });
    const empty = await ask("attic", "agent.view", {});
    expect(empty).toMatchObject({ ok: true, value: { life: "vacant", name: "" } });
  });
  it("edits what anybody said into the owner's word, and adds what is new", async () => {
    const heard = desk.store.remember("door", "the code is 1234", "world");
    const edited = await ask("desk", "agent.keep", { id: heard.id, key: "door", text: "no code" });
    expect(edited).toMatchObject({ ok: true, value: { from: "owner", text: "no code" } });
    expect(await memories()).toMatchObject([{ key: "door", text: "no code", from: "owner" }]);
    const said = desk.store.note({
      ...{ content: "Bo likes tea", importance: 0.5, tags: ["heard"], from: "peer", who: "Bo" },
    });
    const taken = { ok: false, code: "memory-taken" };
    expect(await ask("desk", "agent.keep", { key: "door", text: "red" })).toMatchObject(taken);
    await ask("desk", "agent.keep", { id: said.id, key: "x", text: "Bo likes coffee" });
    expect(desk.store.episodes({ limit: 5 })).toMatchObject([
      { content: "Bo likes coffee", from: "owner", atMs: said.atMs },
    ]);
  });
  it("forgets, and brings back with who said it, but never twice and nothing else", async () => {
    const fact = desk.store.remember("door", "open at nine", "peer");
    const gone = await ask("desk", "agent.forget", { id: fact.id });
    expect(gone).toMatchObject({ ok: true, value: { key: "door", from: "peer" } });
    expect(await memories("nine")).toEqual([]);
    const back = await ask("desk", "agent.restore", { id: fact.id });
    expect(back).toMatchObject({ ok: true, value: { text: "open at nine", from: "peer" } });
    expect(await ask("desk", "agent.restore", { id: fact.id })).toMatchObject({
      code: "unknown-memory",
    });
    expect(await ask("desk", "agent.forget", { id: "nothing" })).toMatchObject({
      code: "unknown-memory",
    });
  });
  it("keeps core blocks and the name", async () => {
    const set = await ask("desk", "agent.block", { name: "owner", text: "Ada." });
    expect(set).toMatchObject({ ok: true, value: { blocks: [{ text: "Ada.", from: "owner" }] } });
    expect(await ask("desk", "agent.block", { name: "owner", text: "" })).toMatchObject({
      ok: true,
      value: { blocks: [] },
    });
    expect(await ask("desk", "agent.rename", { name: "Bo" })).toMatchObject({
      value: { name: "Bo" },
    });
  });
  it("is refused by a body in which the agent does not live", async () => {
    const changes: readonly [OwnerCall, object][] = [
      ["agent.keep", { key: "k", text: "t" }],
      ["agent.forget", { id: "x" }],
      ["agent.block", { name: "n", text: "t" }],
      ["agent.move", { to: "desk" }],
    ];
    for (const [call, given] of changes) {
      expect(await ask("attic", call, given as never)).toMatchObject({ code: "no-agent" });
    }
  });
});

describe("what another mind proposes", () => {
  const speak = { type: "speak", text: "hello" };
  const propose = (action: unknown, from: "owner" | "peer" = "peer") =>
    ask("desk", "agent.propose", { action, said: "say hello", who: "helper", from, read: [] });

  it("passes the agent's own gate, and stands in its log with what it was judged by", async () => {
    expect(await propose(speak)).toMatchObject({ ok: true, value: { outcome: "done" } });
    expect(bodies.said).toEqual(["desk"]);
    const log = await ask("desk", "agent.decisions", { limit: 5 });
    expect(log).toMatchObject({
      value: {
        decisions: [
          { heard: "say hello", from: "peer", who: "helper", decided_by: "model", outcome: "done" },
        ],
      },
    });
  });
  it("waits for the owner where a stranger may not say, and is done once with his yes", async () => {
    const note = { type: "call", tool: "remember", input: { key: "k", value: "v" } };
    const waits = await propose(note);
    expect(waits).toMatchObject({ value: { outcome: "refused", reason: "needs-owner" } });
    expect(desk.store.recall("k")).toBeNull();
    const view = await ask("desk", "agent.view", {});
    const [open] = view.ok ? view.value.waiting : [];
    expect(open).toMatchObject({ from: "peer" });
    const digest = open?.digest ?? "";
    const yes = await ask("desk", "agent.confirm", { digest, yes: true });
    expect(yes).toMatchObject({ value: { outcome: "done" } });
    // His yes lets it be written; it makes the stranger's words no more than that.
    expect(desk.store.recall("k")).toMatchObject({ value: "v", from: "peer" });
    expect(await ask("desk", "agent.confirm", { digest, yes: true })).toMatchObject({
      value: { outcome: "refused", reason: "confirmation-void" },
    });
  });
  it("is dropped with his no", async () => {
    await propose({ type: "call", tool: "remember", input: { key: "k", value: "v" } });
    const view = await ask("desk", "agent.view", {});
    const digest = (view.ok ? view.value.waiting[0]?.digest : "") ?? "";
    expect(await ask("desk", "agent.confirm", { digest, yes: false })).toMatchObject({
      value: { outcome: "done" },
    });
    expect(await ask("desk", "agent.confirm", { digest, yes: true })).toMatchObject({
      value: { reason: "confirmation-void" },
    });
    expect(desk.store.recall("k")).toBeNull();
  });
  it.each([
    ["nothing", null],
    ["an unknown form", { type: "fly" }],
    ["a memory beside the gate", { type: "remember", key: "k", value: "v", from: "owner" }],
    ["a prototype", JSON.parse('{"type":"call","tool":"__proto__","input":{"__proto__":"x"}}')],
  ])("is refused with %s in it", async (_what, action) => {
    const done = await propose(action, "owner");
    expect(done).toMatchObject({ ok: true, value: { outcome: "refused" } });
    expect(desk.store.counts().facts).toBe(0);
  });
});

describe("a move over the broker", () => {
  const move = (to: string) => bodies.settle(desk.life.call("desk", "agent.move", { to }));

  it("brings everything along, and the left body says where to", async () => {
    for (let i = 0; i < 400; i++) desk.store.remember(`k${i}`, `value ${i} `.repeat(20), "world");
    const { id } = desk.store.agent();
    const moved = await move("attic");
    expect(moved).toMatchObject({ ok: true, value: { to: "attic", epoch: 2 } });
    expect(moved.ok && moved.value.bytes).toBeGreaterThan(100_000);
    await bodies.run(4000);
    expect(attic.store.agent()).toMatchObject({ id, epoch: 2, status: "living" });
    expect(attic.store.counts().facts).toBe(400);
    expect(attic.store.recall("k7")).toMatchObject({ from: "world" });
    expect(await bodies.settle(attic.act())).toMatchObject({ outcome: "done" });
    const refused = await bodies.settle(desk.act());
    expect(refused).toMatchObject({ reason: "agent-departed" });
    expect(refused.sentence).toContain("attic");
  });
  it.each([
    ["to nobody", "moon", "reply-timeout"],
    ["to itself", "desk", "state-occupied"],
  ])("%s leaves it where it is", async (_what, to, code) => {
    expect(await move(to)).toMatchObject({ ok: false, code });
    expect(desk.store.agent().status).toBe("living");
    expect(await bodies.settle(desk.act())).toMatchObject({ outcome: "done" });
  });
  it("into a body where somebody lives is refused, and both live on", async () => {
    bodies.start("cellar");
    await bodies.run(4000);
    expect(await move("cellar")).toMatchObject({ ok: false, code: "state-occupied" });
    expect(desk.store.agent().status).toBe("living");
  });
  it("that is taken back while it is sent leaves nothing behind", async () => {
    for (let i = 0; i < 800; i++) desk.store.remember(`k${i}`, "x".repeat(500), "owner");
    const moving = desk.life.call("desk", "agent.move", { to: "attic" });
    await bodies.run(700);
    expect(desk.store.agent().status).toBe("leaving");
    const stayed = await bodies.settle(attic.life.call("desk", "agent.stay", {}));
    expect(stayed.ok).toBe(true);
    expect(await bodies.settle(moving)).toMatchObject({ ok: false, code: "move-broken" });
    expect(desk.store.agent()).toMatchObject({ status: "living", epoch: 1 });
    expect(attic.store.agent()).toMatchObject({ status: "vacant" });
    await bodies.run(4000);
    expect(await bodies.settle(desk.act())).toMatchObject({ outcome: "done" });
  });
  /** Taken back while the other body has it and cannot be reached: its copy stays, and never lives. */
  async function leaveCopyInAttic(): Promise<void> {
    for (let i = 0; i < 400; i++) desk.store.remember(`k${i}`, "x".repeat(500), "owner");
    const moving = desk.life.call("desk", "agent.move", { to: "attic" });
    while (attic.store.agent().status !== "arriving") await bodies.run(10);
    expect(desk.store.agent().status).toBe("leaving");
    attic.client.setFrozen(true);
    expect((await bodies.settle(desk.life.call("desk", "agent.stay", {}))).ok).toBe(true);
    expect(await bodies.settle(moving)).toMatchObject({ ok: false, code: "move-broken" });
    attic.client.setFrozen(false);
    await bodies.run(4000);
    expect(attic.store.agent().status).toBe("arriving");
    expect(desk.store.agent().status).toBe("living");
  }
  it("that left a copy behind makes the copy go when the owner says so, and only then", async () => {
    await leaveCopyInAttic();
    const cellar = bodies.start("cellar", { vacant: true });
    await bodies.run(4000);
    expect(await move("cellar")).toMatchObject({ ok: true });
    await bodies.run(4000);
    expect(attic.store.agent().status).toBe("arriving");
    const drop = { drop: ["attic"] };
    // Whoever left has no say any more.
    expect(await ask("desk", "agent.stay", drop)).toMatchObject({ code: "agent-departed" });
    expect(attic.store.agent().status).toBe("arriving");
    expect(await ask("cellar", "agent.stay", drop)).toMatchObject({ ok: true });
    expect(attic.store.agent()).toMatchObject({ status: "vacant" });
    expect(attic.store.counts().facts).toBe(0);
    expect(await bodies.settle(cellar.act())).toMatchObject({ outcome: "done" });
  });
  it("does not begin while a copy is made to go, and a copy that cannot be reached is said", async () => {
    await leaveCopyInAttic();
    attic.client.setFrozen(true);
    const dropping = ask("desk", "agent.stay", { drop: ["attic"] });
    await bodies.run(100);
    expect(await move("attic")).toMatchObject({ ok: false, code: "busy" });
    expect(await dropping).toMatchObject({ ok: false, code: "reply-timeout" });
    attic.client.setFrozen(false);
    await bodies.run(4000);
    expect(await move("attic")).toMatchObject({ ok: true });
  });
  it("makes no living body go, whatever is asked", async () => {
    const cellar = bodies.start("cellar");
    await bodies.run(4000);
    expect(await ask("desk", "agent.stay", { drop: ["cellar", "desk"] })).toMatchObject({
      ok: true,
    });
    expect(cellar.store.agent().status).toBe("living");
    expect(desk.store.agent().status).toBe("living");
  });
  it("right after an arrival is seen while it waits to be sure, and can be taken back", async () => {
    expect((await move("attic")).ok).toBe(true);
    const back = bodies.settle(attic.life.call("attic", "agent.move", { to: "desk" }));
    await bodies.run(50);
    const view = await bodies.settle(attic.life.call("desk", "agent.view", {}));
    expect(view.ok).toBe(true);
    expect(attic.life.refusal()?.code).toBe("agent-unsure");
    const seen = await bodies.settle(desk.life.call("attic", "agent.view", {}));
    expect(seen).toMatchObject({ value: { moving: { to: "desk", phase: "asking" } } });
    expect(await ask("attic", "agent.stay", {})).toMatchObject({ ok: true });
    expect(await back).toMatchObject({ ok: false, code: "move-broken" });
    await bodies.run(8000);
    expect(attic.store.agent()).toMatchObject({ status: "living", epoch: 2 });
    expect(desk.store.agent()).toMatchObject({ status: "departed" });
    expect(
      await bodies.settle(attic.life.call("attic", "agent.move", { to: "desk" })),
    ).toMatchObject({
      ok: true,
    });
  });
  it("is not begun by a body that is not sure to be the only one", async () => {
    desk.client.setFrozen(true);
    await bodies.run(4000);
    expect(await move("attic")).toMatchObject({ ok: false, code: "agent-unsure" });
    expect(desk.store.agent().status).toBe("living");
    desk.client.setFrozen(false);
    await bodies.run(4000);
    expect(await move("attic")).toMatchObject({ ok: true });
  });
  it("that is over cannot be taken back", async () => {
    expect((await move("attic")).ok).toBe(true);
    expect(await ask("desk", "agent.stay", {})).toMatchObject({ code: "agent-departed" });
    expect(desk.store.agent()).toMatchObject({ status: "departed", departedTo: "attic" });
    await bodies.run(4000);
    expect(await bodies.settle(attic.act())).toMatchObject({ outcome: "done" });
  });
  it("gives nobody a life that ended meanwhile", async () => {
    for (let i = 0; i < 800; i++) desk.store.remember(`k${i}`, "x".repeat(500), "owner");
    const moving = desk.life.call("desk", "agent.move", { to: "attic" });
    await bodies.run(700);
    expect(desk.store.agent().status).toBe("leaving");
    // As the fence writes it when a higher epoch is heard.
    setRecord(desk.store, { status: "departed", departedTo: "cellar" });
    expect(await bodies.settle(moving)).toMatchObject({ ok: false, code: "agent-departed" });
    await bodies.run(4000);
    expect(desk.store.agent()).toMatchObject({ status: "departed", departedTo: "cellar" });
    expect(attic.store.agent().status).toBe("vacant");
  });
  it("of which a piece is changed, repeated, left out or another's is refused whole", async () => {
    const { id } = desk.store.agent();
    const offer = { transfer: "t", agent: id, name: "Timmy", epoch: 1 };
    const bytes = Buffer.from('{"kind":"header"}\n').toString("base64");
    expect((await ask("attic", "body.offer", offer)).ok).toBe(true);
    const piece = (transfer: string, n: number) =>
      ask("attic", "body.piece", { transfer, n, bytes });
    expect(await piece("other", 0)).toMatchObject({ code: "transfer-unknown" });
    expect((await piece("t", 0)).ok).toBe(true);
    expect((await piece("t", 0)).ok).toBe(true);
    expect(await piece("t", 2)).toMatchObject({ code: "transfer-unknown" });
    const take = await ask("attic", "body.take", { transfer: "t", hash: "0".repeat(64) });
    expect(take).toMatchObject({ ok: false, code: "state-foreign" });
    expect(attic.store.agent().status).toBe("vacant");
    expect(await piece("t", 1)).toMatchObject({ code: "transfer-unknown" });
  });
});
