import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { ExportReceipt } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import { setRecord } from "../store-sections.ts";
import { type ExportOptions, exportState } from "./export-state.ts";
import { writeWhole } from "./state-file.ts";

/**
 * Ends the agent's life here and puts it into a file for another node. It acts no more before the
 * first byte is written; it is departed only when the file stands. What fails between leaves it
 * `leaving`: the same call goes on, and in no case do two bodies act.
 */
export async function moveToFile(
  store: AgentStore,
  path: string,
  options: Omit<ExportOptions, "mode"> & { readonly to: string },
  ports: { readonly clock: Pick<Clock, "wallMs"> },
): Promise<ExportReceipt> {
  const { status, departedTo } = store.agent();
  if (status === "departed" || status === "arriving") {
    const why = status === "departed" ? `It moved to "${departedTo}".` : "It has not arrived yet.";
    throw new TimmyError("stale-epoch", why);
  }
  setRecord(store, { status: "leaving", departedTo: options.to });
  const receipt = await writeWhole(path, (sink) =>
    exportState(store, sink, { ...options, mode: "move" }, ports),
  );
  setRecord(store, { status: "departed", departedTo: options.to });
  return receipt;
}
