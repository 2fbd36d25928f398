import {
  type CallAsk,
  type CallBody,
  type OwnerCall,
  ownerCalls,
} from "@timmy/shared/agent/owner-calls";
import type { ChatPiece, MindView } from "@timmy/shared/agent/views";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import { commandPayloads } from "@timmy/shared/mqtt/payloads";
import type { Timers } from "@timmy/shared/ports/time";
import type { Context, Hono, MiddlewareHandler } from "hono";
import type { GatewayAnswer } from "../reply-desk.ts";
import type { Chat } from "./chat.ts";
import type { Directory } from "./directory.ts";
import { watchedMove } from "./watched-move.ts";

export interface AgentAppPorts {
  readonly directory: Directory;
  readonly timers: Timers;
  readonly call: CallBody;
  readonly chat: Chat;
  readonly mind: () => MindView;
  /** Told when it becomes another; answers how to end it. */
  readonly onMind: (listen: (mind: MindView) => void) => () => void;
  /** Says a sentence to the living body. */
  readonly hear: (text: string) => Promise<GatewayAnswer>;
}

/** How the rest of the HTTP side reads and answers. */
export interface AppFrame {
  readonly limit: MiddlewareHandler;
  readonly refuse: (code: ErrorCode, detail?: string) => Response;
  readonly answer: (answer: GatewayAnswer) => Response;
  readonly readJson: (
    c: Context,
  ) => Promise<
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly code: ErrorCode; readonly detail: string }
  >;
}

const noStore = { "cache-control": "no-store" };

/** What is written, and the call of the living body that it is. */
const writes = {
  memories: "agent.keep",
  "memories/forget": "agent.forget",
  "memories/restore": "agent.restore",
  blocks: "agent.block",
  name: "agent.rename",
  confirm: "agent.confirm",
  stay: "agent.stay",
} as const satisfies Record<string, OwnerCall>;

/** `/api/agent`, `/api/mind` and `/api/chat`: the agent, wherever it lives. */
export function serveAgent(app: Hono, ports: AgentAppPorts, frame: AppFrame): void {
  const { directory, call } = ports;
  const { limit, refuse } = frame;

  /** Asks the living body; what is not there is said with what to do. */
  async function ask<C extends OwnerCall>(name: C, given: unknown): Promise<Response> {
    const where = directory.living();
    if (!where.ok) return refuse(where.code, where.sentence);
    const parsed = ownerCalls[name].ask.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refuse("bad-payload", `${issue?.path.join(".")}: ${issue?.message}`);
    }
    const done = await call(where.node, name, parsed.data as CallAsk<C>);
    if (!done.ok) return refuse(done.code, detailOf(done.code, done.sentence));
    return Response.json(done.value, { headers: noStore });
  }
  app.get("/api/agent", async () => {
    await directory.refresh();
    return Response.json(directory.view(), { headers: noStore });
  });
  app.get("/api/mind", () => Response.json(ports.mind(), { headers: noStore }));
  app.get("/api/agent/memories", (c) => {
    const { query = "", kind = "fact", limit: count = "20", before } = c.req.query();
    const page = { query, kind, limit: Number(count) };
    return ask("agent.memories", before === undefined ? page : { ...page, before });
  });
  app.get("/api/agent/decisions", (c) =>
    ask("agent.decisions", { limit: Number(c.req.query("limit") ?? 20) }),
  );
  for (const [path, name] of Object.entries(writes)) {
    app.post(`/api/agent/${path}`, limit, async (c) => {
      const body = await frame.readJson(c);
      if (!body.ok) return refuse(body.code, body.detail);
      const answer = await ask(name, body.value);
      void directory.refresh();
      return answer;
    });
  }
  app.post("/api/agent/move", limit, async (c) => {
    const body = await frame.readJson(c);
    if (!body.ok) return refuse(body.code, body.detail);
    const parsed = ownerCalls["agent.move"].ask.safeParse(body.value);
    if (!parsed.success) return refuse("bad-payload", "to: the name of a node");
    const where = directory.living();
    if (!where.ok) return refuse(where.code, where.sentence);
    const onView = () => void directory.refresh();
    const moved = await watchedMove(
      { call, timers: ports.timers, onView },
      where.node,
      parsed.data.to,
    );
    void directory.refresh();
    if (!moved.ok) return refuse(moved.code, detailOf(moved.code, moved.sentence));
    return Response.json(moved.value, { headers: noStore });
  });
  app.post("/api/agent/hear", limit, async (c) => {
    const body = await frame.readJson(c);
    if (!body.ok) return refuse(body.code, body.detail);
    const text = textOf(body.value);
    if (text === null) return refuse("bad-payload", "text: a text");
    // As long as over the broker, whichever body it goes to.
    const fits = commandPayloads.hear.shape.text.safeParse(text).success;
    return fits ? frame.answer(await ports.hear(text)) : refuse("instruction-too-long");
  });
  app.get("/api/chat", () => Response.json(ports.chat.view(), { headers: noStore }));
  app.post("/api/chat/new", limit, () => {
    ports.chat.forget();
    return Response.json(ports.chat.view(), { headers: noStore });
  });
  app.post("/api/chat", limit, async (c) => {
    const body = await frame.readJson(c);
    if (!body.ok) return refuse(body.code, body.detail);
    const text = textOf(body.value);
    if (text === null || text.trim() === "") return refuse("empty-instruction");
    if (text.length > maxChatChars)
      return refuse("too-large", `At most ${maxChatChars} characters.`);
    if (isStopWord(text)) {
      const pieces = stopTalk(await ports.hear(text));
      ports.chat.note(text, pieces);
      return asLines(pieces);
    }
    const ending = new AbortController();
    c.req.raw.signal.addEventListener("abort", () => ending.abort(), { once: true });
    const pieces = ports.chat.chat(text, ending.signal);
    if (pieces === null) return refuse("rate-limited", "Too many chats are open.");
    const headers = { "content-type": "application/x-ndjson", ...noStore };
    return new Response(streamOf(pieces, ending), { headers });
  });
}

const maxChatChars = 4000;
const textOf = (value: unknown): string | null => {
  const text = typeof value === "object" && value !== null && "text" in value ? value.text : null;
  return typeof text === "string" ? text : null;
};
/** A refusal's own words, without what the table says anyway. */
const detailOf = (code: ErrorCode, sentence: string): string =>
  sentence.replace(errorTable[code].sentence, "").replace(errorTable[code].remedy, "").trim();

/** A typed stop is no talk: it acts, and its answer has the form of one. */
const stopTalk = ({ sentence }: GatewayAnswer): readonly ChatPiece[] => [
  { type: "text", text: sentence },
  { type: "done", decided_by: "reflex", latency_ms: 0, interrupted: false },
];
function asLines(pieces: readonly ChatPiece[]): Response {
  const lines = pieces.map((piece) => `${JSON.stringify(piece)}\n`).join("");
  return new Response(lines, { headers: { "content-type": "application/x-ndjson", ...noStore } });
}

/** One JSON object a line; a reader that goes away ends the talk. */
function streamOf(
  pieces: AsyncIterable<unknown>,
  ending: AbortController,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      ending.abort();
      await iterator.return?.();
    },
  });
}
