import type { ChatPiece } from "@timmy/shared/agent/views";
import { maxChatLine } from "../limits.ts";

const pieceTypes = [
  "text",
  "tool",
  "memories",
  "refused",
  "done",
] as const satisfies readonly ChatPiece["type"][];

/** A line of the stream as a piece; null for a damaged one, or one that this page does not know. */
function readPiece(line: string): ChatPiece | null {
  try {
    const value: unknown = JSON.parse(line);
    const type = (value as { readonly type?: unknown } | null)?.type;
    return pieceTypes.some((known) => known === type) ? (value as ChatPiece) : null;
  } catch {
    return null;
  }
}

/** Cuts a stream of newline-delimited JSON into its pieces, wherever its chunks break. */
export function createChatLines(): { take(chunk: string): readonly ChatPiece[] } {
  let rest = "";
  return {
    take(chunk) {
      const lines = (rest + chunk).split("\n");
      rest = (lines.pop() ?? "").slice(0, maxChatLine);
      return lines.map(readPiece).filter((piece) => piece !== null);
    },
  };
}
