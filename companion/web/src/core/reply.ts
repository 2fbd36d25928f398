import type { Reply } from "./wire.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** What the page says when no answer came at all. */
export const noAnswer: Reply = {
  ok: false,
  code: "no-answer",
  sentence: "The companion did not answer.",
  remedy: "Check that it runs (npm start), then try again.",
  taskId: null,
  speedMps: null,
};

/** Reads an answer of the API: the command's own reply, or a problem document (RFC 9457). */
export function readReply(httpOk: boolean, body: unknown): Reply {
  if (typeof body !== "object" || body === null) return noAnswer;
  const fields = body as Readonly<Record<string, unknown>>;
  const ok = httpOk && fields["ok"] !== false;
  const sentence = text(fields["sentence"]) || text(fields["detail"]) || text(fields["title"]);
  const remedy = text(fields["remedy"]);
  return {
    ok,
    code: ok ? null : text(fields["code"]) || "internal",
    sentence: sentence || (ok ? "Accepted." : "The command failed without a reason."),
    // Some sentences already end with their remedy.
    remedy: sentence.includes(remedy) ? "" : remedy,
    taskId: text(fields["task_id"]) || null,
    speedMps: number(fields["speed_mps"]),
  };
}
