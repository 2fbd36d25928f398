import { type ErrorCode, TimmyError, toProblem } from "@timmy/shared/errors";
import type { Context } from "hono";
import { retryAfterS } from "../limits.ts";

/** An error as `application/problem+json`; what may be tried again says when. */
export function problemAnswer(code: ErrorCode, details = ""): Response {
  const body = toProblem(code, details);
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (body.status === 503) headers.set("retry-after", String(retryAfterS));
  return new Response(JSON.stringify(body), { status: body.status, headers });
}

type Outcome<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly code: ErrorCode; readonly details: string };

/** A value's answer: what `show` makes of it, or its refusal. */
export function answerOf<T>(outcome: Outcome<T>, show: (value: T) => unknown): Response {
  if (!outcome.ok) return problemAnswer(outcome.code, outcome.details);
  return Response.json(show(outcome));
}

/** The part of a zod schema that is used here. */
interface Schema<T> {
  safeParse(
    body: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A handler for a checked JSON body. The body may hold a secret: only the field's name is told. */
export function withBody<T>(
  schema: Schema<T>,
  handle: (body: T, c: Context) => Response | Promise<Response>,
) {
  return async (c: Context): Promise<Response> => {
    let value: unknown;
    try {
      value = JSON.parse(await c.req.text());
    } catch {
      return problemAnswer("bad-json");
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const field = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
      return problemAnswer("bad-payload", `Field ${field}.`);
    }
    return handle(parsed.data, c);
  };
}

/** What was thrown, as an answer; null for what is no error of the table. */
export function thrownAnswer(error: unknown): Response | null {
  return error instanceof TimmyError ? problemAnswer(error.code, error.details) : null;
}

/** A whole number from a query, within its bounds. */
export function pageNumber(text: string | undefined, fallback: number, most: number): number {
  const value = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : fallback;
  return Math.min(most, Math.max(0, value));
}
