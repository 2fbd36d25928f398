import { describe, expect, it } from "vitest";
import { sampleAgent, sampleMemory } from "../core/agent-samples.ts";
import type { Action } from "../core/store.ts";
import { createAgentApi, takenBack } from "./agent-api.ts";

type Script = (path: string, init: RequestInit) => Response | Promise<Response>;

function createApi(script: Script) {
  const actions: Action[] = [];
  const sent: { path: string; body: string }[] = [];
  let renewals = 0;
  const api = createAgentApi({
    fetch: async (path, init) => {
      sent.push({ path, body: String(init.body ?? "") });
      return script(path, init);
    },
    renewSession: async () => {
      renewals += 1;
    },
    dispatch: (action) => {
      actions.push(action);
    },
    nowMs: () => 7,
    wallMs: () => 9,
  });
  const told = () => actions.flatMap((one) => (one.type === "agent" ? [one.action] : []));
  const said = () => actions.flatMap((one) => (one.type === "decided" ? [one.words] : []));
  return { api, sent, told, said, renewals: () => renewals };
}
const refusal = (status: number, code: string): Response =>
  Response.json({ title: "No.", code, remedy: "Wait." }, { status });
const lines = (...pieces: readonly object[]): string =>
  pieces.map((piece) => `${JSON.stringify(piece)}\n`).join("");
const done = { type: "done", decided_by: "rules", latency_ms: 1, interrupted: false };

describe("the chat", () => {
  it("passes pieces on as they come and ends with the last", async () => {
    const { api, told, sent } = createApi(
      () => new Response(lines({ type: "text", text: "Hé" }, done)),
    );
    await api.chat("hello");
    expect(sent).toEqual([{ path: "/api/chat", body: '{"text":"hello"}' }]);
    expect(told().map(({ type }) => type)).toEqual(["chat-asked", "chat-piece", "chat-piece"]);
  });
  it("joins a letter that two chunks share", async () => {
    const bytes = new TextEncoder().encode(lines({ type: "text", text: "é" }, done));
    const at = bytes.indexOf(0xc3) + 1;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, at));
        controller.enqueue(bytes.slice(at));
        controller.close();
      },
    });
    const { api, told } = createApi(() => new Response(body));
    await api.chat("hello");
    expect(told()[1]).toMatchObject({ piece: { type: "text", text: "é" } });
  });
  it("says that an answer broke off when its stream ends without its end", async () => {
    const { api, told } = createApi(() => new Response(lines({ type: "text", text: "Let" })));
    await api.chat("hello");
    expect(told().at(-1)).toMatchObject({
      type: "chat-ended",
      end: { kind: "failed", problem: { sentence: "The answer broke off." } },
    });
  });
  it("says a refusal in the companion's words", async () => {
    const { api, told } = createApi(() => refusal(503, "robot-away"));
    await api.chat("hello");
    expect(told().at(-1)).toMatchObject({
      end: { kind: "failed", problem: { code: "robot-away", sentence: "No." } },
    });
  });
  it("takes a new session when the companion was restarted", async () => {
    let asked = 0;
    const { api, told, renewals } = createApi(() => {
      asked += 1;
      return asked === 1 ? refusal(401, "no-session") : new Response(lines(done));
    });
    await api.chat("hello");
    expect(renewals()).toBe(1);
    expect(told().at(-1)).toMatchObject({ piece: { type: "done" } });
  });
  it("is interrupted at once, hangs up, and lets the next one begin", async () => {
    const open = Promise.withResolvers<AbortSignal>();
    let asked = 0;
    const { api, told } = createApi((_path, { signal }) => {
      asked += 1;
      if (asked > 1 || signal == null) return new Response(lines(done));
      open.resolve(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
      });
    });
    const first = api.chat("hello");
    const signal = await open.promise;
    await api.chat("not while the first one runs");
    api.interrupt();
    await first;
    expect(signal.aborted).toBe(true);
    expect(told().map(({ type }) => type)).toEqual(["chat-asked", "chat-ended"]);
    expect(told()[1]).toMatchObject({ end: { kind: "interrupted" } });
    await api.chat("again");
    expect(told().at(-1)).toMatchObject({ piece: { type: "done" } });
  });
});

describe("the memory", () => {
  it("is asked in words that no address can break, and goes on from an id", async () => {
    const { api, sent } = createApi(() => Response.json({ memories: [], facts: 0, episodes: 0 }));
    await api.readMemories({ kind: "fact", query: "a&b=c #1" }, "m/1");
    const query = new URL(sent[0]?.path ?? "", "http://x").searchParams;
    expect([query.get("query"), query.get("kind"), query.get("before")]).toEqual([
      "a&b=c #1",
      "fact",
      "m/1",
    ]);
  });
  it("shows a forgotten memory as forgotten only when it is", async () => {
    const good = createApi(() => Response.json(sampleMemory()));
    await good.api.forget("m1", 2);
    const memory = sampleMemory();
    expect(good.told()).toEqual([{ type: "memory-forgotten", memory, at: 2, nowMs: 7 }]);
    const bad = createApi(() => refusal(503, "memory-busy"));
    expect(await bad.api.forget("m1", 2)).toMatchObject({ ok: false });
    expect(bad.told()).toEqual([]);
  });
  it("is read once more when the owner changed it while it was read", async () => {
    const old = Promise.withResolvers<Response>();
    const pages = [old.promise, Promise.resolve(Response.json({ memories: [] }))];
    const { api, told } = createApi((path) =>
      path.endsWith("/forget")
        ? Response.json(sampleMemory())
        : (pages.shift() as Promise<Response>),
    );
    const read = api.readMemories({ kind: "fact", query: "" });
    await api.forget("m1", 0);
    old.resolve(Response.json({ memories: [sampleMemory()] }));
    await read;
    expect(told().map(({ type }) => type)).toEqual([
      "memories-asked",
      "memory-forgotten",
      "memories-read",
    ]);
    expect(told().at(-1)).toMatchObject({ page: { memories: [] } });
  });
});

describe("a move", () => {
  it("that the owner took back is no failure, and is not said as one", async () => {
    const moving = Promise.withResolvers<Response>();
    const { api, said } = createApi((path) => {
      if (path === "/api/agent/move") return moving.promise;
      moving.resolve(refusal(409, "agent-moving"));
      return Response.json(sampleAgent());
    });
    const move = api.move("companion");
    await api.stay();
    expect(await move).toMatchObject({ ok: false, problem: { code: takenBack } });
    expect(said()).toEqual([]);
  });
  it("that failed by itself is said aloud", async () => {
    const { api, said } = createApi(() => refusal(504, "reply-timeout"));
    expect(await api.move("companion")).toMatchObject({ problem: { code: "reply-timeout" } });
    expect(said()).toEqual(["The agent did not move. No."]);
  });
});

it("says aloud what came of the owner's yes", async () => {
  const view = { outcome: "done", reason: null, sentence: "Arrived.", verdicts: [] };
  const { api, said, sent } = createApi(() => Response.json(view));
  await api.confirm("d1", true);
  expect(JSON.parse(sent[0]?.body ?? "")).toEqual({ digest: "d1", yes: true });
  expect(said()).toEqual(["Arrived."]);
});
