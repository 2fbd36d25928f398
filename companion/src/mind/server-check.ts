import { TimmyError } from "@timmy/shared/errors";
import type { Timers } from "@timmy/shared/ports/time";
import { within } from "./deadlines.ts";
import { probeMs } from "./limits.ts";
import type { ModelServer } from "./model-server.ts";
import { newEnough, oldestOllama } from "./ollama-address.ts";

/** "qwen3.5" is listed as "qwen3.5:latest". */
export const sameModel = (listed: string, wanted: string) =>
  listed === wanted || listed === `${wanted}:latest`;

/**
 * Finds out whether the server may be used and has the model; throws why not: `model-refused` when
 * it is old, exposed, or the model runs elsewhere, `model-missing` with the command that fetches it.
 */
export async function examineServer(
  server: ModelServer,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> {
  const { model } = server;
  const quick = <T>(work: (inner: AbortSignal) => Promise<T>) =>
    within(work, probeMs, timers, signal);
  if (/[:-]cloud$/.test(model)) {
    throw new TimmyError("model-refused", `${model} does not run on this machine.`);
  }
  const version = await quick((inner) => server.version(inner));
  if (!newEnough(version)) {
    const found = /^[\w.+-]{1,32}$/.test(version) ? version : "unknown";
    throw new TimmyError("model-refused", `Ollama is ${found}, older than ${oldestOllama}.`);
  }
  const exposed = await server.exposedAt(signal);
  if (exposed !== null) {
    const found = `It also answers at ${exposed}, to everybody in that network.`;
    throw new TimmyError("model-refused", found);
  }
  const models = await quick((inner) => server.models(inner));
  if (!models.some((listed) => sameModel(listed, model))) {
    throw new TimmyError("model-missing", `Run: ollama pull ${model}.`);
  }
}
