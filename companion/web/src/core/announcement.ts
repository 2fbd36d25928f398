import type { WhereView } from "@timmy/shared/agent/views";
import { bodyName } from "./agent-words.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { formatReason } from "./format.ts";
import { stopLabel } from "./stop-label.ts";
import type { Action } from "./store.ts";

/**
 * What a screen reader is told without asking: stops, arrivals (of the robot and of the agent),
 * refusals and approvals, nothing else.
 * Null when this action is none of them.
 */
export function announcementOf(
  before: DashboardState,
  after: DashboardState,
  action: Action,
): string | null {
  if (action.type === "answered") {
    return action.reply.ok ? null : `Refused. ${action.reply.sentence}`;
  }
  if (action.type === "stop-attempt-failed" || action.type === "stop-given-up") {
    return `The stop was not sent. ${action.sentence}`;
  }
  if (action.type === "decided") return action.words;
  if (action.type !== "wire") return null;
  const { event } = action;
  // A snapshot tells of the past; only the present stop is worth a word.
  const isNews = event.name !== "snapshot" || before.companion !== null;
  const safety = after.groups.safety?.value;
  const was = before.groups.safety?.value.stop_state ?? "none";
  if (isNews && safety !== undefined && safety.stop_state !== was) {
    if (safety.stop_state === "none") return "The stop was reset.";
    const { words } = stopLabel(after, action.nowMs);
    const reason = formatReason(safety.stop_reason);
    return reason === "" ? `${words}.` : `${words}. Reason: ${reason}.`;
  }
  if (event.name === "treasury") return approvalNews(before, event.body?.approvals_waiting ?? 0);
  if (event.name === "agent") return agentNews(before.agent.where?.value ?? null, event.body);
  if (event.name === "event" && event.body.kind === "task") {
    const { phase, outcome, sentence } = event.body.payload;
    if (phase === "ended" && sentence !== "") return outcome === "done" ? sentence : `${sentence}`;
  }
  return null;
}

/** Each approval more is news; the number that a page finds when it opens stands in the bar. */
function approvalNews(before: DashboardState, waiting: number): string | null {
  const was = before.money.treasury?.value.approvals_waiting;
  if (was === undefined || waiting <= was) return null;
  return waiting === 1 ? "An approval waits for you." : `${waiting} approvals wait for you.`;
}

/** The agent lives in another body now, or asks for a yes that it did not ask for before. */
function agentNews(before: WhereView | null, after: WhereView): string | null {
  const { agent } = after;
  const was = before?.agent ?? null;
  if (agent === null || was === null) return null;
  const moved = was.node !== agent.node || was.life === "arriving";
  if (moved && agent.life === "living") return `${agent.name} lives in ${bodyName(agent)} now.`;
  const known = new Set(was.waiting.map(({ digest }) => digest));
  const isNew = agent.waiting.some(({ digest }) => !known.has(digest));
  return isNew ? `${agent.name} asks for your yes.` : null;
}
