import type { ChatPiece, MindView } from "@timmy/shared/agent/views";
import type { ModelHost } from "../mind/model-host.ts";
import type { ModelPiece, ModelRequest } from "../mind/model-server.ts";

/** What a model says: words, calls, a fault, or nothing until it is interrupted. */
export type ScriptedPiece =
  | string
  | { name: string; input?: Record<string, string> }
  | Error
  | null;
/** What it says to the nth request, from 0. */
export type Script = (request: ModelRequest, n: number) => readonly ScriptedPiece[];

/** A fake: a model that says what the test wants, and notes what it was asked and what was broken off. */
export function createScriptedHost(script: Script) {
  const asked: ModelRequest[] = [];
  const ended: ("done" | "broken off")[] = [];
  let ready = true;
  async function* ask(
    request: ModelRequest,
    _deadlines: unknown,
    signal: AbortSignal,
  ): AsyncGenerator<ModelPiece> {
    asked.push(request);
    let done = false;
    try {
      for (const piece of script(request, asked.length - 1)) {
        if (piece instanceof Error) throw piece;
        if (piece === null) await interruption(signal);
        else if (typeof piece === "string") yield { type: "text", text: piece };
        else yield { type: "tool", name: piece.name, input: piece.input ?? {} };
        signal.throwIfAborted();
      }
      done = true;
    } finally {
      ended.push(done ? "done" : "broken off");
    }
  }
  const view: MindView = {
    ...{ using: "fake:1b", model: "fake:1b", state: "ready", sentence: "", address: "" },
  };
  const host: ModelHost = {
    ...{ model: "fake:1b", start() {}, stop() {}, view: () => view, onChange: () => () => {} },
    ...{ ready: () => ready, look: async () => {}, ask },
  };
  return {
    ...{ host, asked, ended },
    setReady: (next: boolean) => {
      ready = next;
    },
  };
}
function interruption(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}

/** All pieces of a chat, to its end. */
export async function readAll(pieces: AsyncIterable<ChatPiece> | null): Promise<ChatPiece[]> {
  const all: ChatPiece[] = [];
  for await (const piece of pieces ?? []) all.push(piece);
  return all;
}
export const wordsIn = (pieces: readonly ChatPiece[]): string =>
  pieces.map((piece) => (piece.type === "text" ? piece.text : "")).join("");
