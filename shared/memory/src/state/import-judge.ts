import type { AgentRecord } from "@timmy/shared/agent/agent-store";
import { stateLimits } from "@timmy/shared/state/limits";
import { refuseState, type StateRefusal } from "@timmy/shared/state/refusal";
import type { VerifiedState } from "./verify-state.ts";

export interface ImportWish {
  /** `fork`: a new agent with a key of its own that remembers the same. */
  readonly as: "same" | "fork";
  /** The agent that lives in the store may be replaced. */
  readonly replace: boolean;
  /** The node that imports; empty when it has no name. */
  readonly node: string;
}

export type Judgement =
  | { readonly ok: true; readonly as: "same" | "fork"; readonly move: boolean }
  | StateRefusal;

const refuse = (why: string, code: StateRefusal["code"]) => refuseState("header", 1, why, code);

/** Whether an agent that lives or lived here comes back with a past that is not its newest. */
function findStale(header: VerifiedState["header"], here: AgentRecord): string | null {
  // What arrived and never lived is no past: its agent may set out again.
  if (here.status === "arriving" && header.mode === "move" && header.epoch + 1 >= here.epoch) {
    return null;
  }
  if (header.epoch < here.epoch) {
    return `it is of epoch ${header.epoch}; this agent is in epoch ${here.epoch} already`;
  }
  // A move from epoch n lives here in n + 1, which is above the epoch in which it left.
  if (here.status === "departed" && header.mode !== "move") {
    return `this agent moved to "${here.departedTo}"; only a move brings it back`;
  }
  return null;
}

function refuseOccupied({ name, id, status, departedTo }: AgentRecord): StateRefusal {
  const who = `"${name}" (${id.slice(0, 12)})`;
  return status === "departed"
    ? refuse(`${who} left for "${departedTo}"`, "state-left")
    : refuse(`${who} lives here`, "state-occupied");
}

/**
 * What becomes of a verified state in a store, or where none is yet (`null`); nothing is touched
 * before this says so.
 */
export function judgeImport(
  state: Pick<VerifiedState, "header">,
  here: {
    readonly agent: AgentRecord;
    readonly blank: boolean;
    /** The node that it was left for and that has not answered yet, or null. */
    readonly awaited: string | null;
  } | null,
  wish: ImportWish,
): Judgement {
  const { header } = state;
  const as = header.mode === "fork" ? "fork" : wish.as;
  const mine = header.agent === here?.agent.id;
  const stale = here !== null && mine && as === "same" ? findStale(header, here.agent) : null;
  const later = mine && as === "same" && header.epoch > (here?.agent.epoch ?? 0);
  // It lives there only when it is told so from here: whatever replaces this store would end it.
  if (here !== null && here.awaited !== null && !later) {
    const who = `"${here.agent.name}" left for "${here.awaited}", which has not answered yet`;
    return refuse(who, "agent-moving");
  }
  // Said first: who would replace the agent for an older file learns that in vain.
  if (stale !== null) return refuse(stale, "state-older");
  if (here !== null && !here.blank && !wish.replace && wish.as !== "fork") {
    return refuseOccupied(here.agent);
  }
  if (as === "fork") return { ok: true, as, move: false };
  if (header.mode === "move" && header.epoch >= stateLimits.count) {
    return refuse("no epoch follows the one that it moves from", "state-refused");
  }
  if (header.mode === "move" && header.to !== "" && header.to !== wish.node) {
    return refuse(`it moves to "${header.to}"; this is "${wish.node}"`, "state-elsewhere");
  }
  if (header.key === "absent" && !mine) {
    return refuse("the private key was left out of the file, and is not here", "state-needs-key");
  }
  return { ok: true, as, move: header.mode === "move" };
}
