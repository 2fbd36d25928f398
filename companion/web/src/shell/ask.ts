import type { Problem } from "../core/problem.ts";
import { noAnswerProblem, readProblem } from "../core/problem.ts";
import { requestMs } from "../limits.ts";

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export interface AskPorts {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Takes a session again: a companion that was restarted knows none of the old ones. */
  readonly renewSession: () => Promise<void>;
}

export type Ask = <T>(path: string, body?: object, timeoutMs?: number) => Promise<Answer<T>>;

/** Asks the companion; a session that is gone is renewed once. */
export function createAsk(ports: AskPorts): Ask {
  async function once<T>(path: string, body?: object, timeoutMs = requestMs): Promise<Answer<T>> {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { "content-type": "application/json" };
    const request =
      body === undefined
        ? { signal, cache: "no-store" as const }
        : { method: "POST", headers, body: JSON.stringify(body), signal };
    try {
      const response = await ports.fetch(`/api/${path}`, request);
      const value: unknown = await response.json();
      if (response.ok) return { ok: true, value: value as T };
      return { ok: false, problem: readProblem(value, response.headers.get("retry-after")) };
    } catch {
      return { ok: false, problem: noAnswerProblem };
    }
  }
  return async (path, body, timeoutMs) => {
    const answer = await once<never>(path, body, timeoutMs);
    if (answer.ok || answer.problem.code !== "no-session") return answer;
    await ports.renewSession();
    return once(path, body, timeoutMs);
  };
}
