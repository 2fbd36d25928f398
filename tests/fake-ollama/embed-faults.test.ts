import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embedQuestionMs } from "@timmy/companion/mind/limits";
import { createOllamaEmbedder } from "@timmy/companion/mind/ollama-embedder";
import { openAgentStore } from "@timmy/memory/agent-store";
import { createSeededPorts } from "@timmy/memory/seeded-ports";
import { openVectorIndex } from "@timmy/memory/vector-index";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createSystemTime, createVirtualTime, type Time } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { startFakeOllama } from "./fake-ollama.ts";
import type { EmbedFault } from "./faults.ts";

const time = createSystemTime();
const { signal } = new AbortController();
let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function open(
  given: Parameters<typeof startFakeOllama>[0] = {},
  model = "nomic-embed-text",
  at: Time = time,
) {
  const fake = await startFakeOllama({ models: ["nomic-embed-text:latest", model], ...given });
  ends.push(() => fake.stop());
  const embedder = createOllamaEmbedder(fake.url, model, at);
  return {
    fake,
    embedder,
    embed: (texts: readonly string[]) => embedder.embed(texts, "memory", signal),
  };
}

describe("an embedder on Ollama", () => {
  it("says the model's name and content, and sends what the model wants before a text", async () => {
    const { fake, embedder } = await open();
    expect(await embedder.identify(signal)).toBe("nomic-embed-text@0a1b2c");
    const vectors = await embedder.embed(["tea", "\ud800"], "memory", signal);
    expect(vectors.map(({ length }) => length)).toEqual([32, 32]);
    await embedder.embed(["a drink"], "question", signal);
    const asked = fake.requests.filter(({ path }) => path === "/api/embed");
    expect(asked.map(({ body }) => body["input"])).toEqual([
      ["search_document: tea", "search_document: \ufffd"],
      ["search_query: a drink"],
    ]);
    const other = await open({}, "all-minilm");
    await other.embedder.embed(["tea"], "question", signal);
    expect(other.fake.requests.at(-1)?.body["input"]).toEqual(["tea"]);
  });
  it("is not there without its model, on an old server, or from a cloud", async () => {
    const { embedder, fake } = await open();
    fake.state.models = ["fake:1b"];
    await expect(embedder.identify(signal)).rejects.toMatchObject({ code: "model-missing" });
    await expect(embedder.embed(["tea"], "memory", signal)).rejects.toMatchObject({
      code: "model-missing",
    });
    fake.state.version = "0.9.0";
    await expect(embedder.identify(signal)).rejects.toMatchObject({ code: "model-refused" });
    const cloud = createOllamaEmbedder(fake.url, "embed:cloud", time);
    await expect(cloud.identify(signal)).rejects.toMatchObject({ code: "model-refused" });
    await fake.kill();
    await expect(embedder.identify(signal)).rejects.toMatchObject({ code: "model-away" });
  });
  const faults: readonly EmbedFault[] = [
    "not-a-number",
    "endless-number",
    "uneven",
    "too-few",
    "huge",
    "no-object",
  ];
  it.each(faults)("takes no answer that is %s", async (embedFault) => {
    const { embed } = await open({ embedFault });
    await expect(embed(["tea", "cat"])).rejects.toMatchObject({ code: "model-failed" });
  });
  it("gives a question up in time, and with its signal", async () => {
    const virtual = createVirtualTime();
    const { embedder } = await open({ embedFault: "silent" }, undefined, virtual);
    const asked = embedder.embed(["tea"], "question", signal);
    let ended = false;
    const end = asked.catch(() => {}).finally(() => (ended = true));
    virtual.advanceTo(embedQuestionMs - 1);
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    virtual.advanceTo(embedQuestionMs);
    await end;
    await expect(asked).rejects.toMatchObject({ code: "model-silent" });
    const enough = AbortSignal.abort(new Error("enough"));
    await expect(embedder.embed(["tea"], "question", enough)).rejects.toThrow("enough");
  });
  it("lets a model rest that fails three times, and asks nothing of it meanwhile", async () => {
    const { fake, embed } = await open({ fault: "overloaded" });
    for (let k = 0; k < 3; k++) {
      await expect(embed(["tea"])).rejects.toMatchObject({ code: "model-away" });
    }
    const asked = fake.requests.length;
    fake.state.fault = "none";
    await expect(embed(["tea"])).rejects.toMatchObject({ code: "model-resting" });
    expect(fake.requests).toHaveLength(asked);
  });
});

describe("memories by meaning, over HTTP", () => {
  async function house(given: Parameters<typeof startFakeOllama>[0] = {}) {
    const { fake, embedder } = await open(given);
    const root = mkdtempSync(join(tmpdir(), "timmy-vectors-"));
    ends.push(() => rmSync(root, { recursive: true }));
    const index = openVectorIndex(join(root, "vectors"), {
      embedder,
      logger: createMemoryLogger(),
    });
    const ports = createSeededPorts(time.clock, createRandom(1));
    const store = openAgentStore(join(root, "memory"), { ...ports, nearest: index.nearest });
    ends.push(() => store.stop());
    ends.push(() => index.stop());
    for (const word of ["zebra", "kettle", "piano"]) store.remember(word, `the ${word}`, "owner");
    return { fake, index, store };
  }
  it("are found where the question has a vector, and by words alone where it has none", async () => {
    const { fake, index, store } = await house();
    expect(await index.catchUp(store, signal)).toEqual({ added: 3, removed: 0, done: true });
    expect(store.search("zebr")).toEqual([]);
    expect(await index.prepare("zebr", signal)).toBe(true);
    // The fake's vectors are near where the letters are the same.
    expect(store.search("zebr")[0]?.key).toBe("zebra");
    fake.state.embedFault = "silent";
    expect(await index.prepare("kettle", signal)).toBe(false);
    expect(store.search("kettle").map(({ key }) => key)).toEqual(["kettle"]);
  });
  it("are made anew when the model was pulled in another version", async () => {
    const { fake, index, store } = await house();
    await index.catchUp(store, signal);
    fake.state.digest = "other";
    expect(await index.catchUp(store, signal)).toEqual({ added: 3, removed: 0, done: true });
  });
  it("stay as they are while the server is away", async () => {
    const { fake, index, store } = await house();
    await index.catchUp(store, signal);
    await fake.kill();
    store.remember("new", "a new one", "owner");
    await expect(index.catchUp(store, signal)).rejects.toMatchObject({ code: "model-away" });
    expect(store.search("new").map(({ key }) => key)).toEqual(["new"]);
    await fake.revive();
    expect(await index.catchUp(store, signal)).toMatchObject({ added: 1, done: true });
  });
});
