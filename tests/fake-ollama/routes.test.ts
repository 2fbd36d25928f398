import { afterEach, describe, expect, it } from "vitest";
import { type FakeOllama, startFakeOllama } from "./fake-ollama.ts";

let fake: FakeOllama | null = null;
afterEach(() => fake?.stop());

async function open(given: Parameters<typeof startFakeOllama>[0] = {}) {
  const server = await startFakeOllama(given);
  fake = server;
  const post = (path: string, body: object, signal = AbortSignal.timeout(20_000)) =>
    fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body), signal });
  return { server, post };
}

describe("the fake's routes", () => {
  it("show, embed and pull in the forms of the real ones", async () => {
    const { server, post } = await open();
    const shown = await (await post("/api/show", { model: "fake:1b" })).json();
    expect(shown).toMatchObject({ capabilities: expect.arrayContaining(["tools"]) });
    const embedded = await (
      await post("/api/embed", { model: "fake:1b", input: ["a", "b"] })
    ).json();
    expect(embedded).toMatchObject({ embeddings: [expect.any(Array), expect.any(Array)] });
    const pulled = await (await post("/api/pull", { model: "new:1b" })).text();
    expect(pulled.trim().split("\n").at(-1)).toBe('{"status":"success"}');
    expect(server.state.models).toContain("new:1b");
  });

  it("answer 404 with a sentence for a model that is missing", async () => {
    const { post } = await open();
    const answer = await post("/api/show", { model: "none:1b" });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: "model 'none:1b' not found" });
  });

  it("stall a slow pull after its first progress", async () => {
    const { server, post } = await open({ slowPull: true });
    const ending = new AbortController();
    const answer = await post("/api/pull", { model: "new:1b" }, ending.signal);
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("pulling");
    expect(server.open()).toBe(1);
    expect(server.state.models).toEqual(["fake:1b"]);
    ending.abort();
    await expect.poll(() => server.open()).toBe(0);
  });

  it("say on each answer that it is a fake", async () => {
    const { server } = await open();
    const answer = await fetch(`${server.url}/api/version`);
    expect(answer.headers.get("x-fake")).toBe("ollama");
    expect(await answer.json()).toMatchObject({ fake: true });
  });
});
