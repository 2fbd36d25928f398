import type { ChatPiece, ChatView, MemoryView } from "@timmy/shared/agent/views";
import { keptChatTurns } from "../limits.ts";
import type { Problem } from "./problem.ts";

type Piece<T extends ChatPiece["type"]> = Extract<ChatPiece, { readonly type: T }>;
/** What the agent said and did, in its order. */
export type ChatPart = Piece<"text"> | Piece<"tool"> | Piece<"refused">;

export type ChatEnd =
  | { readonly kind: "done"; readonly by: string; readonly latencyMs: number }
  | { readonly kind: "interrupted"; readonly by: string }
  /** It never began, or broke off. */
  | { readonly kind: "failed"; readonly problem: Problem };

export interface ChatTurn {
  readonly key: string;
  readonly text: string;
  readonly atWallMs: number;
  readonly parts: readonly ChatPart[];
  /** What was put before the mind for this answer. */
  readonly memories: readonly MemoryView[];
  /** Null while it streams. */
  readonly end: ChatEnd | null;
}

export type ChatAction =
  | {
      readonly type: "chat-asked";
      readonly key: string;
      readonly text: string;
      readonly wallMs: number;
    }
  /** What was said before this page was opened. */
  | { readonly type: "chat-read"; readonly turns: ChatView["turns"] }
  | { readonly type: "chat-forgotten" }
  | { readonly type: "chat-piece"; readonly key: string; readonly piece: ChatPiece }
  | { readonly type: "chat-ended"; readonly key: string; readonly end: ChatEnd };

export type ChatTurns = readonly ChatTurn[];

/** The turn that streams now, or null. */
export const streamingTurn = (turns: ChatTurns): ChatTurn | null =>
  turns.find(({ end }) => end === null) ?? null;

export function reduceChat(turns: ChatTurns, action: ChatAction): ChatTurns {
  if (action.type === "chat-asked") {
    const { key, text, wallMs } = action;
    const turn = { key, text, atWallMs: wallMs, parts: [], memories: [], end: null };
    return [...turns, turn].slice(-keptChatTurns);
  }
  if (action.type === "chat-forgotten") return [];
  if (action.type === "chat-read") {
    return turns.length > 0 ? turns : action.turns.map(toTurn).slice(-keptChatTurns);
  }
  const at = turns.findIndex(({ key }) => key === action.key);
  const turn = turns[at];
  // What comes after the end, such as the last bytes of an interrupted stream, is not shown.
  if (turn === undefined || turn.end !== null) return turns;
  const next =
    action.type === "chat-ended" ? { ...turn, end: action.end } : addPiece(turn, action.piece);
  return turns.with(at, next);
}

function toTurn({ text, at_ms, pieces }: ChatView["turns"][number], at: number): ChatTurn {
  const key = `before-${at}`;
  const asked = { key, text, atWallMs: at_ms, parts: [], memories: [], end: null };
  return pieces.reduce(addPiece, asked as ChatTurn);
}

function addPiece(turn: ChatTurn, piece: ChatPiece): ChatTurn {
  switch (piece.type) {
    case "memories":
      return { ...turn, memories: [...turn.memories, ...piece.memories] };
    case "done": {
      const { decided_by: by, latency_ms: latencyMs, interrupted } = piece;
      const end = interrupted ? { kind: "interrupted" as const, by } : done(by, latencyMs);
      return { ...turn, end };
    }
    case "text":
    case "tool":
    case "refused":
      return { ...turn, parts: addPart(turn.parts, piece) };
    default:
      return piece satisfies never;
  }
}

const done = (by: string, latencyMs: number): ChatEnd => ({ kind: "done", by, latencyMs });

/** Words are joined; the outcome of a call takes the place of the call that waited for it. */
function addPart(parts: readonly ChatPart[], part: ChatPart): readonly ChatPart[] {
  const last = parts.at(-1);
  if (part.type === "text" && last?.type === "text") {
    return parts.with(-1, { type: "text", text: last.text + part.text });
  }
  if (part.type !== "tool") return [...parts, part];
  const at = parts.findIndex(
    (one) =>
      one.type === "tool" &&
      one.outcome === "" &&
      one.name === part.name &&
      one.input === part.input,
  );
  return at === -1 ? [...parts, part] : parts.with(at, part);
}
