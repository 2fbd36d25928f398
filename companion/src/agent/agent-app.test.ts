import { chatView } from "@timmy/shared/agent/views";
import { afterEach, describe, expect, it } from "vitest";
import { maxMemoryBytes } from "../limits.ts";
import { refusedAnswer } from "../reply-desk.ts";
import { setUpAgentApp as setUp } from "../testing/agent-app-fixture.ts";
import { agentViewOf, drain, memoryOf } from "../testing/agent-fixture.ts";
import { cookie, host, origin, removeFolders } from "../testing/http-fixture.ts";
import { openRoller } from "../testing/roller-fixture.ts";

const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await removeFolders();
});
/** Over an agent that really lives. */
async function setUpLiving() {
  const roller = await openRoller();
  ends.push(() => roller.stop());
  return { ...(await setUp({ real: roller })), roller, store: roller.store };
}
const problem = async (answer: Response) => {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  return (await answer.json()) as Record<string, unknown>;
};
const bytes = (value: unknown) => JSON.stringify(value);

const reads = ["", "/memories", "/decisions"].map((path) => `/api/agent${path}`);
const writes: readonly (readonly [string, object])[] = [
  ["/api/agent/memories", { key: "k", text: "t" }],
  ["/api/agent/memories/forget", { id: "x" }],
  ["/api/agent/memories/restore", { id: "x" }],
  ["/api/agent/blocks", { name: "n", text: "t" }],
  ["/api/agent/name", { name: "Bo" }],
  ["/api/agent/confirm", { digest: "d", yes: true }],
  ["/api/agent/stay", {}],
  ["/api/agent/move", { to: "attic" }],
  ["/api/agent/hear", { text: "hello" }],
  ["/api/chat", { text: "hello" }],
];

describe("the agent over HTTP", () => {
  it("is told with where it lives, asked anew, and never kept", async () => {
    const { get, refreshed } = await setUp();
    const answer = await get("/api/agent");
    expect(await answer.json()).toMatchObject({ agent: { name: "Timmy" }, bodies: [] });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(refreshed()).toBe(1);
    expect(await (await get("/api/mind")).json()).toMatchObject({ model: "fake:1b" });
  });
  it("keeps, shows, changes, forgets and brings back what it knows", async () => {
    const { get, post, store } = await setUpLiving();
    store.remember("tea", "in the bin", "world");
    const first = await (await get("/api/agent/memories?query=tea&limit=5")).json();
    expect(first).toMatchObject({ facts: 1, memories: [{ key: "tea", from: "world" }] });
    const { id } = (first as { memories: { id: string }[] }).memories[0] ?? { id: "" };
    const edit = { id, key: "tea", text: "in the kitchen" };
    const edited = await (await post("/api/agent/memories", bytes(edit))).json();
    expect(edited).toMatchObject({ text: "in the kitchen", from: "owner" });
    const it = bytes({ id: (edited as { id: string }).id });
    expect((await post("/api/agent/memories/forget", it)).status).toBe(200);
    expect(store.counts().facts).toBe(0);
    expect((await post("/api/agent/memories/restore", it)).status).toBe(200);
    expect(store.recall("tea")).toMatchObject({ value: "in the kitchen", from: "owner" });
  });
  it("shows a page of memories from below the last one", async () => {
    const { get, store, roller } = await setUpLiving();
    for (let i = 0; i < 3; i++) {
      roller.time.advanceTo(10_000 + i);
      store.remember(`k${i}`, `v${i}`, "owner");
    }
    type Page = { memories: { id: string; key: string }[] };
    const page = async (query: string) =>
      ((await (await get(`/api/agent/memories?${query}`)).json()) as Page).memories;
    const two = await page("limit=2&kind=fact");
    expect(two.map(({ key }) => key)).toEqual(["k2", "k1"]);
    const rest = await page(`limit=2&before=${two[1]?.id}`);
    expect(rest.map(({ key }) => key)).toEqual(["k0"]);
    expect(await page("kind=episode")).toEqual([]);
  });
  it("takes core blocks and a name", async () => {
    const { post, store } = await setUpLiving();
    const block = await post("/api/agent/blocks", bytes({ name: "owner", text: "Ada." }));
    expect(await block.json()).toMatchObject({ blocks: [{ text: "Ada.", from: "owner" }] });
    const named = await post("/api/agent/name", bytes({ name: "Bo" }));
    expect(await named.json()).toMatchObject({ name: "Bo" });
    expect(store.agent().name).toBe("Bo");
  });
  it("tells its decisions, and does once what the owner says yes to", async () => {
    const { get, post, roller } = await setUpLiving();
    const action = { type: "goto", place: "hall", deadlineMs: 1000 };
    const ask = { action, said: "come", who: "Bo", from: "peer" } as const;
    await roller.call(roller.node, "agent.propose", { ...ask, read: [] });
    const digest = roller.agent.waiting()[0]?.digest ?? "";
    const yes = await post("/api/agent/confirm", bytes({ digest, yes: true }));
    expect(await yes.json()).toMatchObject({ outcome: "done", reason: null });
    expect(roller.did).toEqual(["goto"]);
    const again = await post("/api/agent/confirm", bytes({ digest, yes: true }));
    expect(await again.json()).toMatchObject({ outcome: "refused", reason: "confirmation-void" });
    const told = await (await get("/api/agent/decisions?limit=1")).json();
    expect(told).toMatchObject({ decisions: [{ decided_by: "owner", outcome: "done" }] });
  });
  it("hears a sentence, and its refusal keeps its code and words", async () => {
    const { post, heard, hearWith, http } = await setUp();
    const fine = await post("/api/agent/hear", bytes({ text: "hello" }));
    expect(await fine.json()).toEqual({
      ...{ ok: true, code: null, sentence: "Done.", task_id: null, speed_mps: null },
    });
    expect(heard).toEqual(["hello"]);
    hearWith(refusedAnswer("no-capability", "It has no wheels."));
    const refused = await problem(await post("/api/agent/hear", bytes({ text: "go" })));
    expect(refused).toMatchObject({ code: "no-capability", ok: false });
    expect(refused["sentence"]).toContain("It has no wheels.");
    expect(http.refusals()).toEqual({ "no-capability": 1 });
  });
  it("moves, and stays when it is taken back", async () => {
    const moved = { to: "attic", epoch: 2, generation: 1, bytes: 9, hash: "h", missing: ["say"] };
    const { post, calls, refreshed } = await setUp({
      answers: {
        "agent.move": () => ({ ok: true, value: moved }),
        "agent.stay": () => ({ ok: true, value: agentViewOf() }),
      },
    });
    const answer = await post("/api/agent/move", bytes({ to: "attic" }));
    expect(await answer.json()).toEqual(moved);
    expect((await post("/api/agent/stay", "{}")).status).toBe(200);
    expect(calls.asked.map(({ node, name }) => [node, name])).toEqual([
      ["desk", "agent.move"],
      ["desk", "agent.stay"],
    ]);
    expect(refreshed()).toBeGreaterThan(1);
  });
});

describe("who may not ask the agent", () => {
  it.each([...reads, "/api/mind"])("reads %s without a session", async (path) => {
    const { get, calls } = await setUp();
    expect((await get(path, { cookie: "" })).status).toBe(401);
    expect((await get(path, { origin: "http://evil.example" })).status).toBe(403);
    expect((await get(path, { host: "evil.example" })).status).toBe(403);
    expect(calls.asked).toEqual([]);
  });
  it.each(writes)("writes %s without a session or from elsewhere", async (path, body) => {
    const { post, calls, heard, asked, refreshed } = await setUp();
    expect((await post(path, bytes(body), { cookie: "" })).status).toBe(401);
    for (const origin of ["http://evil.example", "null", ""]) {
      expect((await post(path, bytes(body), { origin })).status).toBe(403);
    }
    expect([calls.asked, heard, asked, refreshed()]).toEqual([[], [], [], 0]);
  });
});

describe("what the agent's HTTP side refuses", () => {
  it.each([
    ["/api/agent/memories?limit=0"],
    ["/api/agent/memories?limit=51"],
    ["/api/agent/memories?limit=all"],
    ["/api/agent/memories?limit=1.5"],
    ["/api/agent/memories?kind=secret"],
    [`/api/agent/memories?query=${"x".repeat(2001)}`],
    [`/api/agent/memories?before=${"x".repeat(65)}`],
    ["/api/agent/decisions?limit=-1"],
  ])("%s, and nobody is asked", async (path) => {
    const { get, calls } = await setUp();
    const answer = await get(path);
    expect(answer.status).toBe(400);
    expect(await problem(answer)).toMatchObject({ code: "bad-payload" });
    expect(calls.asked).toEqual([]);
  });
  it.each([
    ["no JSON", "/api/agent/memories", "{", 400, "bad-json"],
    ["null", "/api/agent/memories", "null", 400, "bad-payload"],
    ["no key", "/api/agent/memories", bytes({ text: "t" }), 400, "bad-payload"],
    ["an empty text", "/api/agent/memories", bytes({ key: "k", text: "" }), 400, "bad-payload"],
    ["a number for an id", "/api/agent/memories/forget", bytes({ id: 7 }), 400, "bad-payload"],
    ["no id", "/api/agent/memories/restore", "{}", 400, "bad-payload"],
    [
      "a long block",
      "/api/agent/blocks",
      bytes({ name: "n", text: "x".repeat(2001) }),
      400,
      "bad-payload",
    ],
    ["no name", "/api/agent/name", bytes({ name: "" }), 400, "bad-payload"],
    ["half a yes", "/api/agent/confirm", bytes({ digest: "d", yes: "yes" }), 400, "bad-payload"],
    ["no place", "/api/agent/move", "{}", 400, "bad-payload"],
    ["a place that is a topic", "/api/agent/move", bytes({ to: "a/#" }), 400, "bad-payload"],
    ["no sentence", "/api/agent/hear", bytes({ words: "x" }), 400, "bad-payload"],
    ["a list", "/api/agent/hear", "[]", 400, "bad-payload"],
    [
      "an endless sentence",
      "/api/agent/hear",
      bytes({ text: "x".repeat(12_001) }),
      422,
      "instruction-too-long",
    ],
    ["nothing said", "/api/chat", bytes({ text: " " }), 422, "empty-instruction"],
    ["no words", "/api/chat", "7", 422, "empty-instruction"],
    ["a long chat", "/api/chat", bytes({ text: "x".repeat(4001) }), 413, "too-large"],
    ["a write that is none", "/api/agent/explode", "{}", 404, "not-found"],
  ] as const)("%s in %s", async (_what, path, body, status, code) => {
    const { post, calls, heard, asked } = await setUp();
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await problem(answer)).toMatchObject({ code });
    expect([calls.asked, heard, asked]).toEqual([[], [], []]);
  });
  it.each(writes)("too many bytes, and a form, for %s", async (path, body) => {
    const { post, calls, heard, asked } = await setUp();
    const large = await post(path, bytes({ text: "x".repeat(maxMemoryBytes) }));
    expect(large.status).toBe(413);
    const form = { "content-type": "text/plain" };
    expect((await post(path, bytes(body), form)).status).toBe(400);
    expect([calls.asked, heard, asked]).toEqual([[], [], []]);
  });
  it.each(["/api/agent/memories/forget", "/api/agent/memories/restore", "/api/agent/memories"])(
    "an id that is not there: %s",
    async (path) => {
      const { post, http } = await setUpLiving();
      const answer = await post(path, bytes({ id: "nothing", key: "k", text: "t" }));
      expect(answer.status).toBe(404);
      expect(await problem(answer)).toMatchObject({ code: "unknown-memory" });
      expect(http.refusals()).toEqual({ "unknown-memory": 1 });
    },
  );
  it.each(["PUT", "DELETE", "PATCH"])("%s", async (method) => {
    const { http, post } = await setUp();
    const headers = { host, origin, cookie };
    const answer = await http.app.request("/api/agent/memories", { method, headers });
    expect(answer.status).toBe(404);
    expect((await post("/api/agent", "{}")).status).toBe(404);
  });
});

/** Everything that the living body has to answer itself. */
const asksBody = [
  ...reads.slice(1).map((path) => [path, null] as const),
  ...writes.filter(([path]) => !path.endsWith("/hear") && path !== "/api/chat"),
];
describe("an agent that cannot be asked", () => {
  it.each(asksBody)("because nobody lives is said with what to do: %s", async (path, body) => {
    const { get, post, live, calls } = await setUp();
    live({ ok: false, code: "no-agent", sentence: "Start one, or import a state file." });
    const answer = await (body === null ? get(path) : post(path, bytes(body)));
    expect(answer.status).toBe(409);
    const told = await problem(answer);
    expect(told).toMatchObject({ code: "no-agent" });
    expect(told["detail"]).toContain("import a state file");
    expect(calls.asked).toEqual([]);
  });
  it.each(asksBody)("because its body is silent is said as that: %s", async (path, body) => {
    const { get, post } = await setUp();
    const answer = await (body === null ? get(path) : post(path, bytes(body)));
    expect(answer.status).toBe(504);
    expect(await problem(answer)).toMatchObject({ code: "reply-timeout" });
  });
  it("because the broker is away says when to come back", async () => {
    const { get, live } = await setUp();
    live({ ok: false, code: "broker-away", sentence: "No broker answers." });
    const answer = await get("/api/agent/memories");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
  });
});

describe("the events of the agent", () => {
  it("tell where it lives, its mind, and that it decided something", async () => {
    const { get, tellWhere, tellMind, http, listeners } = await setUp();
    const reader = (await get("/api/events")).body?.getReader();
    const decoder = new TextDecoder();
    const next = async () => decoder.decode((await reader?.read())?.value);
    expect(await next()).toContain('"agent":{"agent":{"id"');
    tellWhere({ agent: agentViewOf({ effects: 3 }), sentence: "", bodies: [] });
    const text = await next();
    expect(text).toMatch(/^event: agent\n/);
    expect(text + (text.includes("decision") ? "" : await next())).toContain("event: decision\n");
    tellWhere({ agent: null, sentence: "Nobody.", bodies: [] });
    expect(await next()).not.toContain("event: decision");
    tellMind({ using: "rules", model: "m", state: "away", sentence: "No server.", address: "" });
    expect(await next()).toMatch(/^event: mind\ndata: .*"state":"away"/);
    http.close();
    expect(listeners()).toBe(0);
  });
});

describe("the chat over HTTP", () => {
  const memories = () => ({
    ok: true as const,
    value: { memories: [memoryOf("tea is hot")], facts: 1, episodes: 0 },
  });

  it("is a stream of lines, each one piece, the last of them done", async () => {
    const { post } = await setUp({
      answers: { "agent.memories": memories },
      script: () => ["Tea is ", "hot.\nYes."],
    });
    const answer = await post("/api/chat", bytes({ text: "how is my tea?" }));
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const text = await answer.text();
    expect(text.endsWith("\n")).toBe(true);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(["memories", "text", "text", "done"]);
    expect(lines[2]).toEqual({ type: "text", text: "hot.\nYes." });
  });
  it("is told again, a stop too, and begins anew", async () => {
    const { get, post } = await setUp({ script: () => ["Tea ", "is hot."] });
    await (await post("/api/chat", bytes({ text: "how is my tea?" }))).text();
    await (await post("/api/chat", bytes({ text: "stop" }))).text();
    const kept = chatView.parse(await (await get("/api/chat")).json());
    expect(kept.turns.map(({ text }) => text)).toEqual(["how is my tea?", "stop"]);
    expect(kept.turns[0]?.pieces).toContainEqual({ type: "text", text: "Tea is hot." });
    expect(await (await post("/api/chat/new", "{}")).json()).toEqual({ turns: [] });
    expect(await (await get("/api/chat")).json()).toEqual({ turns: [] });
  });
  it("takes a stop word for what it is, also while too many talk and nobody lives", async () => {
    const { post, live, heard, asked, calls } = await setUp({ script: () => [null] });
    const talk = () => post("/api/chat", bytes({ text: "tell me" }));
    const open = await Promise.all([talk(), talk(), talk(), talk()]);
    live({ ok: false, code: "no-agent", sentence: "Nobody." });
    await drain();
    const before = [asked.length, calls.asked.length];
    const answer = await post("/api/chat", bytes({ text: "STOP!" }));
    const lines = (await answer.text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { type: "text", text: "Done." },
      { type: "done", decided_by: "reflex", latency_ms: 0, interrupted: false },
    ]);
    expect(heard).toEqual(["STOP!"]);
    expect([asked.length, calls.asked.length]).toEqual(before);
    for (const { body } of open) await body?.cancel();
  });
  it("is interrupted by a reader that goes away", async () => {
    const { post, ended } = await setUp({ script: () => ["Once ", null, "a time"] });
    const reader = (await post("/api/chat", bytes({ text: "tell me" }))).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await drain();
    expect(ended).toEqual(["broken off"]);
  });
  it("is interrupted by a request that is broken off", async () => {
    const { http, ended } = await setUp({ script: () => ["Once ", null, "a time"] });
    const leaving = new AbortController();
    const answer = await http.app.request("/api/chat", {
      ...{ method: "POST", body: bytes({ text: "tell me" }), signal: leaving.signal },
      headers: { host, origin, cookie, "content-type": "application/json" },
    });
    leaving.abort();
    expect(await answer.text()).toContain('"interrupted":true');
    expect(ended).toEqual(["broken off"]);
  });
  it("is refused while too many talk", async () => {
    const { post } = await setUp({ script: () => [null] });
    const talk = () => post("/api/chat", bytes({ text: "tell me" }));
    const open = await Promise.all([talk(), talk(), talk(), talk()]);
    const fifth = await talk();
    expect(fifth.status).toBe(429);
    expect(await problem(fifth)).toMatchObject({ code: "rate-limited" });
    for (const { body } of open) await body?.cancel();
    const last = await talk();
    expect(last.status).toBe(200);
    await last.body?.cancel();
  });
});
