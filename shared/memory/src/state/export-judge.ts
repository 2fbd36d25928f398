import { lifeRefusal } from "@timmy/shared/agent/agent-life";
import type { AgentRecord } from "@timmy/shared/agent/agent-store";
import type { ExportMode } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";

const advice = {
  vacant: "There is nothing to export.",
  arriving: "Export it where it comes from, or here once it lives.",
  leaving: "Let the move end, or take it back (state stay); a fork can be made of it at any time.",
  departed: "Export it there; what it left here can go on as a fork (--mode fork).",
} as const;

/**
 * Throws when a file of this mode would begin a second life: only the body in which an agent lives
 * makes its snapshot, only one from which it goes its move. A fork begins a life of its own.
 */
export function checkExport(agent: AgentRecord, mode: ExportMode): void {
  const { status } = agent;
  if (status === "living") return;
  const own = status === "leaving" || status === "departed";
  if (own && mode === "fork") return;
  if (status === "leaving" && mode === "move") return;
  const why = lifeRefusal(agent);
  const where =
    status === "departed" ? `It left for "${agent.departedTo || "another body"}". ` : "";
  if (why !== null) throw new TimmyError(why.code, `${where}${advice[status]}`);
}
