import {
  type CallAsked,
  type CallOutcome,
  type CallRefusal,
  ownerCalls,
} from "@timmy/shared/agent/owner-calls";
import { type ErrorCode, errorTable } from "@timmy/shared/errors";
import { z } from "zod";
import type { TreasuryClient } from "../money/treasury-client.ts";

const problem = z.object({
  code: z.custom<ErrorCode>((code) => Object.hasOwn(errorTable, String(code))),
  detail: z.string(),
});
const refuse = (code: ErrorCode, detail = ""): CallRefusal => ({
  ok: false,
  code,
  sentence: `${errorTable[code].sentence} ${detail}`.trim(),
});

/** Answers the owner's call `market.quote` from the treasury's process; nothing is written by it. */
export function createQuoteCall(treasury: Pick<TreasuryClient, "forward">) {
  return async ({ task }: CallAsked<"market.quote">): Promise<CallOutcome<"market.quote">> => {
    const query = encodeURIComponent(task.toWellFormed());
    const response = await treasury.forward("GET", `/api/market/quote?task=${query}`, "");
    if (response === null) return refuse("treasury-away");
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) {
      const quoted = ownerCalls["market.quote"].answer.safeParse(body);
      if (quoted.success) return { ok: true, value: quoted.data };
    }
    const known = problem.safeParse(body);
    return known.success ? refuse(known.data.code, known.data.detail) : refuse("internal");
  };
}
