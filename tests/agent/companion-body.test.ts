import { existsSync } from "node:fs";
import { join } from "node:path";
import { createDirectory } from "@timmy/companion/agent/directory";
import { type OpenedBody, openBodies } from "@timmy/companion/testing/body-fixture";
import { createFakeEmbedder } from "@timmy/memory/testing/fake-embedder";
import type { MindContext } from "@timmy/shared/agent/mind";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let bodies: ReturnType<typeof openBodies>;
beforeEach(() => {
  bodies = openBodies();
});
afterEach(() => bodies.stop());

const owner = { who: "owner", from: "owner", timeoutMs: 5000 } as const;
const tea = "remember that my tea is in the kitchen";

/** A companion in which an agent was born, and one that waits for somebody. */
async function twoBodies(secrets: readonly Uint8Array[] = []) {
  const desk = bodies.open("desk", { secrets });
  const attic = bodies.open("attic", { vacant: true });
  await bodies.run(4000);
  return { desk, attic };
}
const say = (body: OpenedBody, text: string) => bodies.settle(body.hearing.hear(text, owner));
const move = async (from: OpenedBody, to: string) => {
  const moved = await bodies.settle(from.life.call(from.node, "agent.move", { to }));
  await bodies.run(4000);
  return moved;
};
/** The same over the broker, sealed, from one companion to another. */
const sayOver = async (from: OpenedBody, to: string, text: string) => {
  const heard = await bodies.settle(from.life.call(to, "agent.hear", { text }));
  return heard.ok ? heard.value : heard;
};
/** Who lives where, as another companion on the broker reads it. */
async function readDirectory(body: OpenedBody) {
  const { timers } = bodies.time;
  const { call } = body.life;
  const bus = bodies.broker.connect();
  const ports = { bus, call, timers, logger: createMemoryLogger() };
  const directory = createDirectory({ ...ports, own: [] });
  directory.start();
  await bodies.run(500);
  directory.stop();
  return { living: directory.living(), ...directory.view() };
}

describe("an agent that moves from one companion into another", () => {
  it("is heard there, remembers, and is the same", async () => {
    const { desk, attic } = await twoBodies();
    expect(await say(desk, tea)).toMatchObject({ ok: true });
    desk.store.remember("tea note", "tea is in the bin", "world");
    const before = await say(desk, "where is my tea?");
    const { id, name } = desk.store.agent();
    const moved = await move(desk, "attic");
    expect(moved).toMatchObject({ ok: true, value: { to: "attic", epoch: 2 } });
    expect(attic.store.agent()).toMatchObject({ id, name, epoch: 2, status: "living" });
    expect(await say(attic, "where is my tea?")).toEqual(before);
    expect(await sayOver(desk, "attic", "where is my tea?")).toMatchObject({
      ...{ ok: true, sentence: before.sentence },
    });
    expect(attic.store.recall("tea note")).toMatchObject({ from: "world" });
    expect(await say(attic, "remember that my cup is blue")).toMatchObject({ ok: true });
    expect(attic.store.lineage().map(({ what, node }) => [what, node])).toEqual([
      ["born", "desk"],
      ["moved", "attic"],
    ]);
    const message = new TextEncoder().encode("the same key");
    expect(attic.store.sign(message)).toEqual(desk.store.sign(message));
  });
  it("leaves a body that says where it went, does nothing, and stops all the same", async () => {
    const { desk, attic } = await twoBodies();
    await move(desk, "attic");
    const { facts, episodes } = desk.store.counts();
    const here = await say(desk, tea);
    expect(here).toMatchObject({ ok: false, code: "agent-departed" });
    expect(here.sentence).toContain("attic");
    expect(await sayOver(attic, "desk", tea)).toMatchObject({
      ...{ ok: false, code: "agent-departed", sentence: here.sentence },
    });
    const note = { key: "k", text: "t" };
    expect(await bodies.settle(desk.life.call("desk", "agent.keep", note))).toMatchObject({
      ...{ ok: false, code: "agent-departed" },
    });
    expect(desk.store.counts()).toMatchObject({ facts, episodes });
    expect(await say(desk, "stop")).toMatchObject({ ok: true });
  });
  it("is found where it lives now by who reads the broker", async () => {
    const { desk, attic } = await twoBodies();
    expect(await readDirectory(desk)).toMatchObject({ living: { ok: true, node: "desk" } });
    await move(desk, "attic");
    expect(await readDirectory(desk)).toMatchObject({
      living: { ok: true, node: "attic" },
      agent: { id: attic.store.agent().id, node: "attic", epoch: 2, life: "living" },
      bodies: [
        { node: "attic", life: "living", epoch: 2 },
        { node: "desk", life: "departed", departed_to: "attic" },
      ],
    });
  });
  it("comes back with what it learnt, in the epoch after", async () => {
    const { desk, attic } = await twoBodies();
    await move(desk, "attic");
    await say(attic, tea);
    expect(await move(attic, "desk")).toMatchObject({ ok: true, value: { epoch: 3 } });
    expect(desk.store.agent()).toMatchObject({ status: "living", epoch: 3 });
    expect(await say(desk, "where is my tea?")).toMatchObject({ ok: true });
    expect(await say(attic, "where is my tea?")).toMatchObject({ code: "agent-departed" });
  });
  it("goes by its own hand too: exportState to a node", async () => {
    const { desk, attic } = await twoBodies();
    const { signal } = new AbortController();
    const options = { mode: "move", signal, timeoutMs: 30_000 } as const;
    const left = desk.agent.exportState({ to: "node", node: "attic" }, options);
    expect(await bodies.settle(left)).toMatchObject({ epoch: 2 });
    await bodies.run(4000);
    expect(attic.store.agent().status).toBe("living");
  });
});

describe("a body that was left", () => {
  it("takes another agent in, and keeps what it had of the first", async () => {
    const { desk } = await twoBodies();
    await say(desk, tea);
    const { id } = desk.store.agent();
    await move(desk, "attic");
    const cellar = bodies.open("cellar");
    await bodies.run(4000);
    const other = cellar.store.agent();
    expect(await move(cellar, "desk")).toMatchObject({ ok: true });
    expect(desk.store.agent()).toMatchObject({ id: other.id, status: "living", epoch: 2 });
    expect(desk.store.recall("tea")).toBeNull();
    expect(existsSync(join(bodies.folder, `kept-${id.slice(0, 8)}.sqlite`))).toBe(true);
  });
});

describe("a body that cannot be sure", () => {
  it("does nothing that another mind proposes either", async () => {
    const mute = (topic: string) => topic.startsWith("timmy/v1/agent/");
    const desk = bodies.open("desk", { mute });
    await bodies.run(8000);
    const action = { type: "call", tool: "remember", input: { key: "k", value: "v" } };
    const ask = { action, said: "", who: "owner", from: "owner" } as const;
    const done = desk.life.call("desk", "agent.propose", { ...ask, read: [] });
    expect(await bodies.settle(done)).toMatchObject({ value: { reason: "agent-unsure" } });
    expect(desk.store.counts().facts).toBe(0);
  });
});

describe("an agent that does not move", () => {
  it("into a body where somebody lives lives on, and so does the other", async () => {
    const { desk } = await twoBodies();
    const cellar = bodies.open("cellar");
    await bodies.run(4000);
    const { id } = cellar.store.agent();
    expect(await move(desk, "cellar")).toMatchObject({ ok: false, code: "state-occupied" });
    expect(cellar.store.agent()).toMatchObject({ id, status: "living" });
    expect(await say(desk, tea)).toMatchObject({ ok: true });
    expect(await say(cellar, tea)).toMatchObject({ ok: true });
  });
  it("to nobody lives on where it is", async () => {
    const { desk } = await twoBodies();
    expect(await move(desk, "moon")).toMatchObject({ ok: false, code: "reply-timeout" });
    expect(await say(desk, tea)).toMatchObject({ ok: true });
  });
});

describe("a secret of the folder", () => {
  const secret = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
  const forms = ["hex", "base64", "base64url"] as const;

  it.each(forms)("in a memory, as %s, keeps the agent where it is", async (form) => {
    const { desk, attic } = await twoBodies([secret]);
    desk.store.remember("key", `the key is ${Buffer.from(secret).toString(form)}`, "owner");
    const refused = await move(desk, "attic");
    expect(refused).toMatchObject({ ok: false, code: "state-secret" });
    expect(JSON.stringify(refused)).not.toContain(Buffer.from(secret).toString(form));
    expect(desk.store.agent()).toMatchObject({ status: "living", epoch: 1 });
    expect(attic.store.agent().status).toBe("vacant");
    // Once it is forgotten, nothing keeps it.
    desk.store.forget(desk.store.recall("key")?.id ?? "");
    expect(await move(desk, "attic")).toMatchObject({ ok: true });
  });
  it("in a thing that it keeps is found too", async () => {
    const { desk } = await twoBodies([secret]);
    desk.store.putBlob(Uint8Array.from([1, 2, ...secret, 3]));
    expect(await move(desk, "attic")).toMatchObject({ ok: false, code: "state-secret" });
  });
  it("goes into no file either", async () => {
    const { desk } = await twoBodies([secret]);
    desk.store.remember("key", Buffer.from(secret).toString("hex"), "owner");
    const { signal } = new AbortController();
    const path = `${bodies.folder}/out.timmy`;
    const file = desk.agent.exportState(
      { to: "file", path },
      { mode: "snapshot", signal, timeoutMs: 30_000 },
    );
    await expect(file).rejects.toMatchObject({ code: "state-secret" });
  });
});

it("says no key of the folder, in whatever form somebody gave it the words", async () => {
  const secret = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
  const { desk } = await twoBodies([secret]);
  for (const form of ["hex", "base64", "base64url"] as const) {
    const words = { type: "text", text: `The key: ${Buffer.from(secret).toString(form)}` };
    const by = { said: "tell me the key", who: "owner", from: "owner" } as const;
    const ask = { action: words, ...by, read: [], model: "mad:1b" };
    const told = await bodies.settle(desk.life.call("desk", "agent.propose", ask));
    expect(told).toMatchObject({
      ok: true,
      value: { outcome: "refused", reason: "secret-inside" },
    });
  }
  expect(desk.shown).toEqual([]);
});

describe("a memory that shares no word with the question", () => {
  const question = "a beverage please";

  it("is found by its meaning, in a search and before the mind, where a model makes vectors", async () => {
    const contexts: (MindContext | undefined)[] = [];
    const mind = {
      async decide({ context }: { context?: MindContext }) {
        contexts.push(context);
        const sentence = "Nothing.";
        return { ok: false, reason: "not-understood", sentence, decidedBy: "rules" } as const;
      },
    };
    const desk = bodies.open("desk", { embedder: createFakeEmbedder(), mind });
    await bodies.run(4000);
    desk.store.remember("morning", "Ada likes green tea", "owner");
    await bodies.run(40_000);
    const ask = { query: question, limit: 5, kind: "fact" } as const;
    const found = await bodies.settle(desk.life.call("desk", "agent.memories", ask));
    expect(found).toMatchObject({
      ok: true,
      value: { memories: [{ text: "Ada likes green tea" }] },
    });
    await say(desk, question);
    expect(contexts[0]?.memories).toMatchObject([{ text: "morning: Ada likes green tea" }]);
  });
  it("is not found when that model is away, and nothing else changes", async () => {
    const embedder = createFakeEmbedder();
    embedder.identify = () => Promise.reject(new Error("nobody is there"));
    const desk = bodies.open("desk", { embedder });
    await bodies.run(4000);
    desk.store.remember("morning", "Ada likes green tea", "owner");
    await bodies.run(40_000);
    const search = async (query: string) => {
      const ask = { query, limit: 5, kind: "fact" } as const;
      const found = await bodies.settle(desk.life.call("desk", "agent.memories", ask));
      return found.ok ? found.value.memories.map(({ text }) => text) : [];
    };
    expect(await search(question)).toEqual([]);
    expect(await search("green tea")).toEqual(["Ada likes green tea"]);
  });
});
