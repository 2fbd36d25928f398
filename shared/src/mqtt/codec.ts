import type { z } from "zod";
import type { ErrorCode } from "../errors.ts";
import type { Clock } from "../ports/time.ts";
import { maxPayloadBytes } from "./limits.ts";

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Bytes from the wire to a checked payload; never throws. */
export function decodePayload<T extends z.ZodType>(
  schema: T,
  bytes: Uint8Array,
  limit = maxPayloadBytes,
): Decoded<z.infer<T>> {
  if (bytes.length > limit) {
    return { ok: false, code: "too-large", detail: `${bytes.length} bytes, at most ${limit}` };
  }
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(bytes));
  } catch {
    return { ok: false, code: "bad-json", detail: `${bytes.length} bytes that are not JSON` };
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { ok: false, code: "bad-json", detail: "not a JSON object" };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  return { ok: false, code: "bad-payload", detail: `${where}: ${issue?.message ?? "invalid"}` };
}

/** A payload without its envelope. */
export type Fields<T extends z.ZodType> = Omit<z.infer<T>, "v" | "seq" | "ts">;

/** Puts the envelope on: contract version, a counter, wall time. */
export function createEncoder(clock: Pick<Clock, "wallMs">) {
  let seq = 0;
  return {
    envelope: () => ({ v: 1 as const, seq: seq++, ts: Math.round(clock.wallMs()) }),
    encode<T extends z.ZodType>(_schema: T, fields: Fields<T>): string {
      return JSON.stringify({ v: 1, seq: seq++, ts: Math.round(clock.wallMs()), ...fields });
    },
  };
}
export type Encoder = ReturnType<typeof createEncoder>;
