import { type ErrorCode, errorTable } from "@timmy/shared/errors";

/** Why something was given up, as whoever gave it up said. */
export function abortReason(signal: AbortSignal): ErrorCode {
  const { reason } = signal;
  const known = typeof reason === "string" && Object.hasOwn(errorTable, reason);
  return known ? (reason as ErrorCode) : "superseded";
}
