import type { ChatPiece } from "@timmy/shared/agent/views";
import { describe, expect, it } from "vitest";
import { keptChatTurns } from "../limits.ts";
import { sampleMemory } from "./agent-samples.ts";
import type { ChatAction, ChatTurns } from "./chat.ts";
import { reduceChat, streamingTurn } from "./chat.ts";

const asked: ChatAction = { type: "chat-asked", key: "c1", text: "hello", wallMs: 1 };
const piece = (one: ChatPiece): ChatAction => ({ type: "chat-piece", key: "c1", piece: one });
const run = (...actions: readonly ChatAction[]): ChatTurns =>
  actions.reduce(reduceChat, [] as ChatTurns);
const call = { type: "tool", name: "recall", input: '{"query":"tea"}' } as const;
const done: ChatPiece = { type: "done", decided_by: "rules", latency_ms: 3, interrupted: false };

describe("a chat", () => {
  it("joins words, and keeps them apart where a tool was called between them", () => {
    const [turn] = run(
      asked,
      piece({ type: "text", text: "Let me " }),
      piece({ type: "text", text: "look." }),
      piece({ ...call, outcome: "done" }),
      piece({ type: "text", text: "Found." }),
    );
    expect(turn?.parts).toEqual([
      { type: "text", text: "Let me look." },
      { ...call, outcome: "done" },
      { type: "text", text: "Found." },
    ]);
  });
  it("is read again as it was before the page was opened, and forgotten", () => {
    const read: ChatAction = {
      type: "chat-read",
      turns: [{ text: "hello", at_ms: 5, pieces: [{ type: "text", text: "Hi." }, done] }],
    };
    const [turn] = run(read);
    expect(turn).toMatchObject({ text: "hello", atWallMs: 5, end: { kind: "done", by: "rules" } });
    expect(turn?.parts).toEqual([{ type: "text", text: "Hi." }]);
    expect(streamingTurn(run(read))).toBeNull();
    // What is shown already is newer than what was read.
    expect(run(asked, read).map(({ key }) => key)).toEqual(["c1"]);
    expect(run(asked, read, { type: "chat-forgotten" })).toEqual([]);
  });
  it("puts the outcome of a call in the place of the call that waited for it", () => {
    const [turn] = run(
      asked,
      piece({ ...call, outcome: "" }),
      piece({ ...call, outcome: "refused: no" }),
      piece({ ...call, outcome: "done: yes" }),
    );
    expect(turn?.parts).toEqual([
      { ...call, outcome: "refused: no" },
      { ...call, outcome: "done: yes" },
    ]);
  });
  it("keeps the memories that were used, and who answered in which time", () => {
    const memory = sampleMemory();
    const [turn] = run(asked, piece({ type: "memories", memories: [memory] }), piece(done));
    expect(turn?.memories).toEqual([memory]);
    expect(turn?.end).toEqual({ kind: "done", by: "rules", latencyMs: 3 });
  });
  it("streams until it has ended, and shows nothing that comes after its end", () => {
    const open = run(asked);
    expect(streamingTurn(open)?.key).toBe("c1");
    const interrupted: ChatAction = {
      type: "chat-ended",
      key: "c1",
      end: { kind: "interrupted", by: "" },
    };
    const ended = [interrupted, piece({ type: "text", text: "late" }), piece(done)].reduce(
      reduceChat,
      open,
    );
    expect(streamingTurn(ended)).toBeNull();
    expect(ended[0]).toMatchObject({ parts: [], end: { kind: "interrupted" } });
  });
  it("calls an answer interrupted that the companion calls so", () => {
    const [turn] = run(asked, piece({ ...done, interrupted: true }));
    expect(turn?.end).toEqual({ kind: "interrupted", by: "rules" });
  });
  it("forgets the oldest turn beyond its limit", () => {
    let turns: ChatTurns = [];
    for (let at = 0; at <= keptChatTurns; at++) {
      turns = reduceChat(turns, { ...asked, key: `c${at}` });
    }
    expect(turns).toHaveLength(keptChatTurns);
    expect(turns[0]?.key).toBe("c1");
  });
});
