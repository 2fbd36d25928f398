import type { CallBody } from "@timmy/shared/agent/owner-calls";
import type { ExportReceipt } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import { takeAnswerMs } from "./limits.ts";

/** An agent's `exportState` to a node: the body that it lives in is asked, as its owner asks. */
export async function moveOver(call: CallBody, node: string, to: string): Promise<ExportReceipt> {
  const moved = await call(node, "agent.move", { to }, { timeoutMs: takeAnswerMs });
  if (!moved.ok) throw new TimmyError(moved.code, moved.sentence);
  const { hash, bytes, epoch, generation } = moved.value;
  return { hash, bytes, epoch, generation, redactions: [] };
}
