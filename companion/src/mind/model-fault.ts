import { type ErrorCode, TimmyError } from "@timmy/shared/errors";

/** Faults of ours and of the person's, which say nothing against the model. */
const notItsFault = new Set<ErrorCode>(["model-busy", "model-resting"]);

/** Any failure of a call as one of our codes. Texts of a server are cut, never trusted. */
export function toModelFault(error: unknown, model: string): TimmyError {
  if (error instanceof TimmyError) return error;
  const status = (error as { status_code?: unknown } | null)?.status_code;
  const found = error instanceof Error ? error.message.slice(0, 200) : "";
  if (status === 404) {
    return new TimmyError("model-missing", `Run: ollama pull ${model}.`, { cause: error });
  }
  const refused = error instanceof TypeError && error.message === "fetch failed";
  if (refused || status === 503) return new TimmyError("model-away", "", { cause: error });
  return new TimmyError("model-failed", found, { cause: error });
}

export function blamesModel(error: unknown): boolean {
  return error instanceof TimmyError && !notItsFault.has(error.code);
}
