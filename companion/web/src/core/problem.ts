/** Why a request to the companion did not do what it should, and what helps. */
export interface Problem {
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
  /** Seconds after which it may work, where the companion named them. */
  readonly retryS: number | null;
}

export const noAnswerProblem: Problem = {
  code: "no-answer",
  sentence: "The companion did not answer.",
  remedy: "Check that it runs (npm start), then try again.",
  retryS: null,
};

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Reads a problem document (RFC 9457) and the header Retry-After beside it. */
export function readProblem(body: unknown, retryAfter: string | null): Problem {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Readonly<
    Record<string, unknown>
  >;
  const title = text(fields["title"]);
  const detail = text(fields["detail"]);
  // A detail names what the title only sorts; some already hold it.
  const isMore = detail !== "" && !detail.startsWith(title);
  const sentence = isMore ? `${title} ${detail}`.trim() : detail || title;
  const remedy = text(fields["remedy"]);
  const seconds = Number(retryAfter ?? "");
  return {
    code: text(fields["code"]) || "internal",
    sentence: sentence || "The request failed without a reason.",
    remedy: sentence.includes(remedy) ? "" : remedy,
    retryS: retryAfter !== null && Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  };
}
