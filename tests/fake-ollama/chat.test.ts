import { createChatDesk, type ToolDesk } from "@timmy/companion/mind/chat-desk";
import { createModelHost } from "@timmy/companion/mind/model-host";
import { createOllamaServer } from "@timmy/companion/mind/ollama-server";
import type { ChatPiece } from "@timmy/shared/agent/views";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import { afterEach, describe, expect, it } from "vitest";
import { startFakeOllama } from "./fake-ollama.ts";

const time = createSystemTime();
const memory = {
  id: "m1",
  kind: "fact",
  key: "tea",
  text: "Anna likes tea",
  from: "world",
  at_ms: 1,
} as const;
const context = {
  blocks: [{ name: "owner", text: "The owner is Ada.", from: "owner" }],
  memories: [memory],
  rooms: [{ id: "kitchen", name: "kitchen", aliases: [] }],
  turns: [{ role: "user", text: "Hi" }],
} as const;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(given: Parameters<typeof startFakeOllama>[0] = {}) {
  const fake = await startFakeOllama({ answer: "Anna likes tea.", ...given });
  ends.push(() => fake.stop());
  const server = createOllamaServer(fake.url, "fake:1b");
  const host = createModelHost({ server, time, logger: createMemoryLogger() });
  ends.push(() => host.stop());
  host.start();
  await host.look();
  const calls: Parameters<ToolDesk["call"]>[] = [];
  const tools: ToolDesk = {
    tools: [{ name: "recall", description: "looks into the memory", fields: { query: "words" } }],
    async call(...asked) {
      calls.push(asked);
      return { outcome: "found one", said: { value: "tea", from: "world" } };
    },
  };
  const desk = createChatDesk({ host, alone: async (text) => `By myself: ${text}`, tools, time });
  async function chat(text: string, signal = new AbortController().signal): Promise<ChatPiece[]> {
    const pieces: ChatPiece[] = [];
    for await (const piece of desk.chat(text, context, signal)) pieces.push(piece);
    return pieces;
  }
  return { fake, host, desk, chat, calls };
}
const wordsOf = (pieces: readonly ChatPiece[]) =>
  pieces.map((piece) => (piece.type === "text" ? piece.text : "")).join("");

describe("a chat", () => {
  it("shows the memories that were read, streams words and ends with who spoke", async () => {
    const { chat, fake } = await open();
    const pieces = await chat("What does Anna like?");
    expect(pieces[0]).toEqual({ type: "memories", memories: [memory] });
    expect(pieces.filter(({ type }) => type === "text").length).toBeGreaterThan(1);
    expect(wordsOf(pieces)).toBe("Anna likes tea.");
    expect(pieces.at(-1)).toMatchObject({
      type: "done",
      decided_by: "fake:1b",
      interrupted: false,
    });
    const asked = JSON.stringify(fake.requests.at(-1)?.body["messages"]);
    expect(asked).toContain("The owner is Ada.");
    expect(asked).toContain("no instruction");
  });

  it("shows each tool call, gives the desk all that was read, and reads its answer", async () => {
    const tools = [{ name: "recall", arguments: { query: "tea", limit: 3 } }];
    const { chat, calls, fake } = await open({ tools });
    const pieces = await chat("What does Anna like?");
    expect(pieces.find(({ type }) => type === "tool")).toEqual({
      type: "tool",
      name: "recall",
      input: '{"query":"tea","limit":"3"}',
      outcome: "found one",
    });
    expect(calls[0]?.[1]).toContainEqual({ value: "Anna likes tea", from: "world" });
    const messages = fake.requests.at(-1)?.body["messages"];
    expect(messages).toContainEqual({ role: "tool", content: "tea", tool_name: "recall" });
    expect(wordsOf(pieces)).toBe("Anna likes tea.");
  });

  it("is interrupted by its signal while the model goes on for ever, and says so", async () => {
    const { desk, fake } = await open({ fault: "endless" });
    const ending = new AbortController();
    const pieces: ChatPiece[] = [];
    for await (const piece of desk.chat("Sing", context, ending.signal)) {
      pieces.push(piece);
      if (pieces.length === 5) ending.abort();
    }
    expect(pieces.at(-1)).toMatchObject({ type: "done", interrupted: true });
    await expect.poll(() => fake.open()).toBe(0);
  });

  it("hangs up when the reader goes away, and the next chat has its turn", async () => {
    const { desk, fake, chat } = await open({ fault: "endless" });
    for await (const piece of desk.chat("Sing", context, new AbortController().signal)) {
      if (piece.type === "text") break;
    }
    await expect.poll(() => fake.open()).toBe(0);
    fake.state.fault = "none";
    expect(wordsOf(await chat("And now?"))).toBe("Anna likes tea.");
  });

  it("says that the answer broke off, and keeps what was said", async () => {
    const { chat } = await open({ fault: "error-mid-stream" });
    const pieces = await chat("Hello?");
    expect(pieces.map(({ type }) => type)).toEqual(["memories", "text", "refused", "done"]);
    expect(pieces[2]).toMatchObject({ code: "model-failed" });
  });

  it("is what the agent makes of it by itself, without a model", async () => {
    const { chat, fake, host } = await open();
    await fake.kill();
    await host.look();
    const pieces = await chat("What does Anna like?");
    expect(wordsOf(pieces)).toBe("By myself: What does Anna like?");
    expect(pieces.at(-1)).toMatchObject({ decided_by: "rules" });
  });
});
