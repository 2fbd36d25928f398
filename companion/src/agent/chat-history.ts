import type { ChatPiece, ChatView } from "@timmy/shared/agent/views";
import type { Clock } from "@timmy/shared/ports/time";
import { keptChats } from "../limits.ts";

type Kept = ChatView["turns"][number];

/** Words that follow each other are one piece; how they were cut on the way is of no use later. */
function joined(pieces: readonly ChatPiece[]): ChatPiece[] {
  const kept: ChatPiece[] = [];
  for (const piece of pieces) {
    const last = kept.at(-1);
    if (piece.type === "text" && last?.type === "text") {
      kept[kept.length - 1] = { type: "text", text: last.text + piece.text };
    } else kept.push(piece);
  }
  return kept;
}

/** What was said and what came of it, in memory alone: a page that opens anew shows it again. */
export function createChatHistory(clock: Pick<Clock, "wallMs">) {
  let turns: readonly Kept[] = [];
  return {
    /** Passes the pieces of an answer on; `onEnd` is told of them all, however it ended. */
    async *listen(
      pieces: AsyncIterable<ChatPiece>,
      onEnd: (pieces: readonly ChatPiece[]) => void,
    ): AsyncGenerator<ChatPiece> {
      const heard: ChatPiece[] = [];
      try {
        for await (const piece of pieces) {
          heard.push(piece);
          yield piece;
        }
      } finally {
        const end = { type: "done", decided_by: "", latency_ms: 0, interrupted: true } as const;
        onEnd(heard.at(-1)?.type === "done" ? heard : [...heard, end]);
      }
    },
    add(text: string, pieces: readonly ChatPiece[]): void {
      const turn = { text, at_ms: Math.round(clock.wallMs()), pieces: joined(pieces) };
      turns = [...turns, turn].slice(-keptChats);
    },
    forget(): void {
      turns = [];
    },
    view: (): ChatView => ({ turns: [...turns] }),
  };
}
