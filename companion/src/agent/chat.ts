import { contextCandidates, pickMemories } from "@timmy/shared/agent/mind-context";
import type { CallBody } from "@timmy/shared/agent/owner-calls";
import { leastTrusted } from "@timmy/shared/agent/provenance";
import type { Provenance } from "@timmy/shared/agent/tim-agent";
import type { ChatPiece, ChatView } from "@timmy/shared/agent/views";
import type { Rooms } from "@timmy/shared/mind/places";
import type { Time } from "@timmy/shared/ports/time";
import { chatTurns, chatTurnsChars, maxChats } from "../limits.ts";
import { createChatDesk, type ToolDesk } from "../mind/chat-desk.ts";
import type { ModelHost } from "../mind/model-host.ts";
import type { GatewayAnswer } from "../reply-desk.ts";
import { createChatHistory } from "./chat-history.ts";
import { createChatTools } from "./chat-tools.ts";
import type { Directory } from "./directory.ts";

export interface ChatPorts {
  readonly directory: Pick<Directory, "living" | "view">;
  readonly call: CallBody;
  readonly host: ModelHost | null;
  /** Says a sentence to the living body. */
  readonly hear: (text: string) => Promise<GatewayAnswer>;
  readonly rooms: () => Rooms;
  readonly time: Time;
}

interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** The least trusted of all that it was made of. */
  readonly from: Provenance;
}

/**
 * What a model reads of an answer that it did not give: the rules tell memories and proposals of
 * anybody's in it, and no model may take those for its own words.
 */
const answered = "(I answered that by my own rules.)";

/** As many of the newest turns as a model reads, whole pairs of them. */
function newestOf(turns: readonly Turn[]): readonly Turn[] {
  const chars = turns.reduce((sum, turn) => sum + turn.text.length, 0);
  const fits = turns.length <= chatTurns && chars <= chatTurnsChars;
  return fits || turns.length <= 2 ? turns : newestOf(turns.slice(2));
}

/**
 * The chat with the agent, wherever it lives: its memories before the model, its gate behind the
 * tools. What was said before stands before the model until the chat begins anew, or with another agent.
 */
export function createChat(ports: ChatPorts) {
  const { directory, call, host, time } = ports;
  let turns: readonly Turn[] = [];
  /** How often it began anew: an answer that began before does not go into it. */
  let begun = 0;
  const history = createChatHistory(time.clock);
  let partner = "";
  let open = 0;

  function forget(): void {
    turns = [];
    history.forget();
    begun++;
  }
  /** Whoever is talked with now: what was said with another is not for it. */
  function meet(): void {
    const id = directory.view().agent?.id ?? "";
    if (id === "" || id === partner) return;
    if (partner !== "") forget();
    partner = id;
  }
  /** Null when too many talk at once. */
  function chat(text: string, signal: AbortSignal): AsyncIterable<ChatPiece> | null {
    if (open >= maxChats) return null;
    open++;
    meet();
    const mine = begun;
    return history.listen(talk(text, signal, mine), (pieces) => {
      if (mine === begun) history.add(text, pieces);
    });
  }
  async function* talk(text: string, signal: AbortSignal, mine: number): AsyncGenerator<ChatPiece> {
    try {
      const where = directory.living();
      if (!where.ok) {
        yield { type: "refused", code: where.code, sentence: where.sentence };
        yield { type: "done", decided_by: "rules", latency_ms: 0, interrupted: false };
        return;
      }
      const { node } = where;
      const ask = { query: text.slice(0, 2000), limit: contextCandidates, kind: "fact" } as const;
      const found = await call(node, "agent.memories", ask);
      const memories = pickMemories(found.ok ? found.value.memories : [], text);
      const blocks = directory.view().agent?.blocks ?? [];
      const gated = createChatTools({ call, node, said: text, model: host?.model ?? "rules" });
      // What was said before stands before the model too, and may hold what a stranger wrote.
      const from = leastTrusted(turns.map((turn) => turn.from));
      const before =
        turns.length === 0 ? [] : [{ value: "What was said before in this chat.", from }];
      const read: Provenance[] = [
        "agent",
        ...[...before, ...blocks, ...memories].map((one) => one.from),
      ];
      const tools: ToolDesk = {
        ...gated,
        async call(asked, also, inner) {
          const done = await gated.call(asked, [...before, ...also], inner);
          read.push(done.said.from);
          return done;
        },
      };
      const desk = createChatDesk({ host, alone, tools, time });
      const context = { blocks, memories, rooms: ports.rooms(), turns };
      let said = "";
      let byRules = false;
      async function alone(): Promise<string> {
        byRules = true;
        return (await ports.hear(text)).sentence;
      }
      for await (const piece of desk.chat(text, context, signal)) {
        if (piece.type === "text") said += piece.text;
        yield piece;
      }
      if (said !== "" && mine === begun) {
        const both: Turn[] = [
          { role: "user", text, from: "owner" },
          { role: "assistant", text: byRules ? answered : said, from: leastTrusted(read) },
        ];
        turns = newestOf([...turns, ...both]);
      }
    } finally {
      open--;
    }
  }
  return {
    chat,
    /** A typed stop, which is no talk. */
    note: history.add,
    forget,
    view(): ChatView {
      meet();
      return history.view();
    },
  };
}
export type Chat = ReturnType<typeof createChat>;
