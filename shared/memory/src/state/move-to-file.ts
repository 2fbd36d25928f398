import type { AgentStore } from "@timmy/shared/agent/agent-store";
import type { ExportReceipt } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import { leave } from "../living/departure.ts";
import { setRecord } from "../store-sections.ts";
import { checkExport } from "./export-judge.ts";
import { type ExportOptions, exportState } from "./export-state.ts";
import { writeWhole } from "./state-file.ts";

/**
 * Ends the agent's life here and puts it into a file for another node. It acts no more before the
 * first byte is written; it is departed only when the file stands. What fails between leaves it
 * `leaving`, also after a restart: the same call goes on, and in no case do two bodies act.
 */
export async function moveToFile(
  store: AgentStore,
  path: string,
  options: Omit<ExportOptions, "mode"> & { readonly to: string },
  ports: { readonly clock: Pick<Clock, "wallMs"> },
): Promise<ExportReceipt> {
  checkExport(store.agent(), "move");
  leave(store, options.to, "file");
  const receipt = await writeWhole(path, async (sink) => {
    const made = await exportState(store, sink, { ...options, mode: "move" }, ports);
    // Taken back meanwhile, or told that it lives elsewhere: then no file of it comes to stand.
    if (store.agent().status !== "leaving") throw new TimmyError("move-broken");
    return made;
  });
  setRecord(store, { status: "departed", departedTo: options.to });
  return receipt;
}
