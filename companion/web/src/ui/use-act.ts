import { useState } from "preact/hooks";
import type { Problem } from "../core/problem.ts";
import type { Answer } from "../shell/ask.ts";

export interface Act {
  readonly busy: boolean;
  /** Why the last one did not do what it should. */
  readonly problem: Problem | null;
  /** Runs an act; answers its value, or null where it was refused. */
  run<T>(act: () => Promise<Answer<T>>): Promise<T | null>;
  clear(): void;
}

/** One act of a person at a time, and what went wrong with it. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  return {
    busy,
    problem,
    async run(act) {
      setBusy(true);
      setProblem(null);
      const answer = await act();
      setBusy(false);
      if (!answer.ok) setProblem(answer.problem);
      return answer.ok ? answer.value : null;
    },
    clear: () => setProblem(null),
  };
}
