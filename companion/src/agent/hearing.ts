import type { Life } from "@timmy/memory/living/life";
import type { ComposedTimAgent } from "@timmy/shared/agent/agent-loop";
import type { Provenance } from "@timmy/shared/agent/tim-agent";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import { type GatewayAnswer, refusedAnswer } from "../reply-desk.ts";
import { stoppedWords } from "./words-body.ts";

export interface Told {
  readonly who: string;
  readonly from: Provenance;
  readonly timeoutMs: number;
}

/** From a sentence to what came of it, in a body of words: the newest word takes the older one's place. */
export function createHearing(
  agent: Pick<ComposedTimAgent, "perceive" | "decide" | "act">,
  life: Pick<Life, "refusal" | "settled">,
) {
  let current = new AbortController();
  /** Why nothing is done of a sentence: nobody is here, or something else was said since. */
  function whyNot(signal: AbortSignal): GatewayAnswer | null {
    const why = life.refusal();
    if (why !== null) return { ok: false, ...why, taskId: null, speedMps: null };
    if (!signal.aborted) return null;
    if (signal.reason !== "stopped") return refusedAnswer("superseded");
    return { ok: false, code: "stopped", sentence: stoppedWords, taskId: null, speedMps: null };
  }
  return {
    async hear(text: string, { who, from, timeoutMs }: Told): Promise<GatewayAnswer> {
      current.abort("superseded");
      const mine = new AbortController();
      const options = { signal: mine.signal, timeoutMs, from };
      // Nobody's newer word takes the place of a stop.
      if (!isStopWord(text)) {
        current = mine;
        await life.settled();
        const why = whyNot(mine.signal);
        if (why !== null) return why;
      }
      const state = await agent.perceive({ type: "text", text, from, who }, options);
      const action = await agent.decide(state, options);
      // Nothing that was asked before a newer word happens after it, however long a mind thought.
      const late = mine.signal.aborted ? whyNot(mine.signal) : null;
      if (late !== null) return late;
      const { outcome, reason, sentence } = await agent.act(action, options);
      const measured = { sentence, taskId: null, speedMps: null };
      if (outcome === "done") return { ok: true, code: null, ...measured };
      return { ok: false, code: reason ?? "internal", ...measured };
    },
    stop: () => current.abort("stopped"),
  };
}
export type Hearing = ReturnType<typeof createHearing>;
