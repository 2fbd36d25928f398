import type {
  AgentView,
  BlocksView,
  ChatPiece,
  ChatView,
  DecisionsView,
  MemoriesView,
  MemoryView,
  MovedView,
  ProposalView,
} from "@timmy/shared/agent/views";
import type { AgentAction } from "../core/agent-state.ts";
import { createChatLines } from "../core/chat-lines.ts";
import type { MemoryQuestion } from "../core/memory-list.ts";
import { noAnswerProblem, readProblem } from "../core/problem.ts";
import type { Action } from "../core/store.ts";
import { memoriesFound, memoriesPage, moveMs } from "../limits.ts";
import type { Answer, AskPorts } from "./ask.ts";
import { createAsk } from "./ask.ts";

export interface AgentApiPorts extends AskPorts {
  readonly dispatch: (action: Action) => void;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
}

export interface Fact {
  /** Of the memory whose place it takes; none for a new one. */
  readonly id?: string;
  readonly key: string;
  readonly text: string;
}

/** The code of a move that this page took back: no failure. */
export const takenBack = "taken-back";

export interface AgentApi {
  /** Reads what is asked for, or what is older than the id `before`. */
  readMemories(question: MemoryQuestion, before?: string): Promise<void>;
  keep(fact: Fact): Promise<Answer<MemoryView>>;
  /** Forgets what stands at that place of the list. */
  forget(id: string, at: number): Promise<Answer<MemoryView>>;
  restore(id: string): Promise<Answer<MemoryView>>;
  /** Writes a core block; an empty text removes it. */
  writeBlock(name: string, text: string): Promise<Answer<BlocksView>>;
  rename(name: string): Promise<Answer<AgentView>>;
  readDecisions(limit: number): Promise<void>;
  /** The owner's yes or no; what came of it is said aloud. */
  confirm(digest: string, yes: boolean): Promise<Answer<ProposalView>>;
  /** Answers when the agent lives there; the event stream tells of the way. */
  move(to: string): Promise<Answer<MovedView>>;
  /** Takes a move back. */
  stay(): Promise<Answer<AgentView>>;
  /** Makes a body forget a copy that was sent there and never lived. */
  dropCopy(node: string): Promise<Answer<AgentView>>;
  /** Says something to the mind; one at a time. */
  chat(text: string): Promise<void>;
  interrupt(): void;
  /** What was said before this page was opened. */
  readChat(): Promise<void>;
  /** Begins anew: nothing of what was said stands before the mind any more. */
  newChat(): Promise<Answer<ChatView>>;
}

export function createAgentApi(ports: AgentApiPorts): AgentApi {
  const { nowMs } = ports;
  const ask = createAsk(ports);
  let tookBack = false;
  const tell = (action: AgentAction): void => ports.dispatch({ type: "agent", action });
  const say = (words: string): void => ports.dispatch({ type: "decided", words });
  async function askForAgent(path: string, body: object): Promise<Answer<AgentView>> {
    const askedMs = nowMs();
    const answer = await ask<AgentView>(path, body);
    if (answer.ok) tell({ type: "agent-seen", agent: answer.value, askedMs });
    return answer;
  }
  return {
    ...createMemoryApi(ask, tell, nowMs),
    ...createChatApi(ports, tell),
    async readChat() {
      const answer = await ask<ChatView>("chat");
      if (answer.ok) tell({ type: "chat-read", turns: answer.value.turns });
    },
    async newChat() {
      const answer = await ask<ChatView>("chat/new", {});
      if (answer.ok) tell({ type: "chat-forgotten" });
      return answer;
    },
    async writeBlock(name, text) {
      const askedMs = nowMs();
      const answer = await ask<BlocksView>("agent/blocks", { name, text });
      if (answer.ok) tell({ type: "blocks-seen", blocks: answer.value.blocks, askedMs });
      return answer;
    },
    rename: (name) => askForAgent("agent/name", { name }),
    async readDecisions(limit) {
      const answer = await ask<DecisionsView>(`agent/decisions?limit=${limit}`);
      if (answer.ok) tell({ type: "decisions-read", value: answer.value, nowMs: nowMs() });
      else tell({ type: "decisions-failed", problem: answer.problem });
    },
    async confirm(digest, yes) {
      const answer = await ask<ProposalView>("agent/confirm", { digest, yes });
      say(answer.ok ? answer.value.sentence : answer.problem.sentence);
      return answer;
    },
    async move(to) {
      tookBack = false;
      const answer = await ask<MovedView>("agent/move", { to }, moveMs);
      if (answer.ok) return answer;
      if (tookBack) return { ok: false, problem: { ...answer.problem, code: takenBack } };
      say(`The agent did not move. ${answer.problem.sentence}`);
      return answer;
    },
    async stay() {
      tookBack = true;
      const answer = await askForAgent("agent/stay", {});
      tookBack = answer.ok;
      return answer;
    },
    dropCopy: (node) => askForAgent("agent/stay", { drop: [node] }),
  };
}

type Tell = (action: AgentAction) => void;
type MemoryApi = Pick<AgentApi, "readMemories" | "keep" | "forget" | "restore">;

function createMemoryApi(
  ask: ReturnType<typeof createAsk>,
  tell: Tell,
  nowMs: () => number,
): MemoryApi {
  let changes = 0;
  /** Changes the memory; what was read meanwhile may not know of it yet. */
  async function change(path: string, body: object): Promise<Answer<MemoryView>> {
    const answer = await ask<MemoryView>(path, body);
    changes += 1;
    return answer;
  }
  /** Reads memories that are no older than the last change made here. */
  async function readAfterChanges(path: string): Promise<Answer<MemoriesView>> {
    const before = changes;
    const answer = await ask<MemoriesView>(path);
    return changes === before ? answer : readAfterChanges(path);
  }
  return {
    async readMemories(question, before) {
      tell({ type: "memories-asked", question });
      const { kind, query } = question;
      const limit = query === "" ? memoriesPage : memoriesFound;
      const words = new URLSearchParams({ query, kind, limit: String(limit) });
      if (before !== undefined) words.set("before", before);
      const answer = await readAfterChanges(`agent/memories?${words}`);
      if (!answer.ok) return tell({ type: "memories-failed", question, problem: answer.problem });
      const isOlder = before !== undefined;
      const page = answer.value;
      tell({ type: "memories-read", question, page, isOlder, nowMs: nowMs() });
    },
    async keep(fact) {
      const answer = await change("agent/memories", fact);
      if (answer.ok) tell({ type: "memory-kept", memory: answer.value, instead: fact.id ?? null });
      return answer;
    },
    async forget(id, at) {
      const answer = await change("agent/memories/forget", { id });
      if (answer.ok) tell({ type: "memory-forgotten", memory: answer.value, at, nowMs: nowMs() });
      return answer;
    },
    async restore(id) {
      const answer = await change("agent/memories/restore", { id });
      if (answer.ok) tell({ type: "memory-restored", id, memory: answer.value });
      return answer;
    },
  };
}

/** One chat at a time: the next can begin when the stream of the last has ended. */
function createChatApi(ports: AgentApiPorts, tell: Tell): Pick<AgentApi, "chat" | "interrupt"> {
  let asked = 0;
  let current: AbortController | null = null;

  function send(text: string, signal: AbortSignal): Promise<Response> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ text });
    return ports.fetch("/api/chat", { method: "POST", headers, body, signal });
  }
  async function open(text: string, signal: AbortSignal): Promise<Response> {
    const response = await send(text, signal);
    if (response.status !== 401) return response;
    await ports.renewSession();
    return send(text, signal);
  }
  /** Passes the pieces on; answers whether the stream came to its own end. */
  async function read(response: Response, onPiece: (piece: ChatPiece) => void): Promise<boolean> {
    const reader = response.body?.getReader();
    if (reader === undefined) return false;
    const decoder = new TextDecoder();
    const lines = createChatLines();
    for (;;) {
      const { done, value } = await reader.read();
      for (const piece of lines.take(done ? "\n" : decoder.decode(value, { stream: true }))) {
        onPiece(piece);
        if (piece.type === "done") return true;
      }
      if (done) return false;
    }
  }
  return {
    async chat(text) {
      if (current !== null) return;
      const abort = new AbortController();
      current = abort;
      asked += 1;
      const key = `chat-${asked}`;
      tell({ type: "chat-asked", key, text, wallMs: ports.wallMs() });
      const fail = (problem = noAnswerProblem): void =>
        tell({ type: "chat-ended", key, end: { kind: "failed", problem } });
      try {
        const response = await open(text, abort.signal);
        if (response.ok) {
          const whole = await read(response, (piece) => tell({ type: "chat-piece", key, piece }));
          if (!whole) fail({ ...noAnswerProblem, sentence: "The answer broke off." });
        } else {
          const retry = response.headers.get("retry-after");
          fail(readProblem(await response.json(), retry));
        }
      } catch {
        if (!abort.signal.aborted) fail();
      } finally {
        current = null;
      }
    },
    interrupt() {
      if (current === null) return;
      current.abort();
      tell({ type: "chat-ended", key: `chat-${asked}`, end: { kind: "interrupted", by: "" } });
    },
  };
}
