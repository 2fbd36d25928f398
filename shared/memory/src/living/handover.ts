import type { AgentRecord, LineageEntry } from "@timmy/shared/agent/agent-store";

/**
 * What the lineage keeps of a move, at both ends of it: the beginning of the hash of the state that was
 * taken. It stands there whatever is exported later, so the body that was left names the right copy.
 */
export const handoverNote = (hash: string): string => `state ${hash.slice(0, 32)}`;

/** The state that went over, of a body that left by its own move, or that is arriving; else null. */
export function readHandover(
  { status, epoch }: Pick<AgentRecord, "status" | "epoch">,
  last: LineageEntry | undefined,
): string | null {
  const of = status === "departed" ? epoch + 1 : status === "arriving" ? epoch : null;
  if (last?.what !== "moved" || last.epoch !== of) return null;
  return last.note.replace("state ", "state-");
}
