import type {
  AgentView,
  BlocksView,
  DecisionsView,
  MindView,
  WhereView,
} from "@timmy/shared/agent/views";
import type { ChatAction, ChatTurns } from "./chat.ts";
import { reduceChat } from "./chat.ts";
import type { Known, Shelf } from "./dashboard-state.ts";
import type { MemoryAction, MemoryList } from "./memory-list.ts";
import { noMemories, reduceMemories } from "./memory-list.ts";
import type { Problem } from "./problem.ts";

/** What the page knows of the agent, its mind and its memory. */
export interface AgentState {
  /** Null until a companion that knows of agents was heard. */
  readonly where: Known<WhereView> | null;
  readonly mind: Known<MindView> | null;
  /** How often a new decision was told of; the screen reads them again. */
  readonly decisionsTold: number;
  readonly decisions: Shelf<DecisionsView>;
  readonly memories: MemoryList;
  readonly chat: ChatTurns;
}

export type AgentAction =
  /** Answers to what was asked at that time. */
  | { readonly type: "agent-seen"; readonly agent: AgentView; readonly askedMs: number }
  | {
      readonly type: "blocks-seen";
      readonly blocks: BlocksView["blocks"];
      readonly askedMs: number;
    }
  | { readonly type: "decisions-read"; readonly value: DecisionsView; readonly nowMs: number }
  | { readonly type: "decisions-failed"; readonly problem: Problem }
  | ChatAction
  | MemoryAction;

export const noAgent: AgentState = {
  where: null,
  mind: null,
  decisionsTold: 0,
  decisions: { known: null, problem: null },
  memories: noMemories,
  chat: [],
};

/** The agent as it was seen last, or null where none lives as far as is known. */
export const agentOf = (state: AgentState): AgentView | null => state.where?.value.agent ?? null;

export function reduceAgent(state: AgentState, action: AgentAction): AgentState {
  switch (action.type) {
    case "agent-seen":
      return changeAgent(state, action.askedMs, () => action.agent);
    case "blocks-seen":
      return changeAgent(state, action.askedMs, (agent) => ({ ...agent, blocks: action.blocks }));
    case "decisions-read": {
      const known = { value: action.value, atMs: action.nowMs };
      return { ...state, decisions: { known, problem: null } };
    }
    case "decisions-failed":
      return { ...state, decisions: { ...state.decisions, problem: action.problem } };
    case "chat-asked":
    case "chat-read":
    case "chat-forgotten":
    case "chat-piece":
    case "chat-ended":
      return { ...state, chat: reduceChat(state.chat, action) };
    default:
      return { ...state, memories: reduceMemories(state.memories, action) };
  }
}

/**
 * An answer counts for the agent that it is about, and only while no event came since it was asked
 * for: such an event may be newer than the answer, and if it is older the next is on its way.
 */
function changeAgent(
  state: AgentState,
  askedMs: number,
  change: (agent: AgentView) => AgentView,
): AgentState {
  const { where } = state;
  const agent = where?.value.agent ?? null;
  if (where === null || agent === null || where.atMs > askedMs) return state;
  const changed = change(agent);
  if (changed.id !== agent.id || changed.epoch < agent.epoch) return state;
  return { ...state, where: { ...where, value: { ...where.value, agent: changed } } };
}
