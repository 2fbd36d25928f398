import type { Life } from "@timmy/memory/living/life";
import type { ComposedTimAgent } from "@timmy/shared/agent/agent-loop";
import { outranks, rankOfWords } from "@timmy/shared/agent/provenance";
import type { Provenance } from "@timmy/shared/agent/tim-agent";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import { type GatewayAnswer, refusedAnswer } from "../reply-desk.ts";
import { stoppedWords } from "./words-body.ts";

export interface Told {
  readonly who: string;
  readonly from: Provenance;
  /** It came in clear, under a name that everybody can use. */
  readonly inClear?: boolean;
  readonly timeoutMs: number;
}

/**
 * From a sentence to what came of it, in a body of words: the newest word takes the place of older ones,
 * unless those were said by somebody who may more.
 */
export function createHearing(
  agent: Pick<ComposedTimAgent, "perceive" | "decide" | "act">,
  life: Pick<Life, "refusal" | "settled">,
  ports: { readonly onError: (error: unknown) => void },
) {
  const underWay = new Map<AbortController, Provenance>();
  /** Why nothing is done of a sentence: nobody is here, or something else was said since. */
  function whyNot(signal: AbortSignal): GatewayAnswer | null {
    const why = life.refusal();
    if (why !== null) return { ok: false, ...why, taskId: null, speedMps: null };
    if (!signal.aborted) return null;
    if (signal.reason !== "stopped") return refusedAnswer("superseded");
    return { ok: false, code: "stopped", sentence: stoppedWords, taskId: null, speedMps: null };
  }
  async function carryOut(text: string, told: Told, mine: AbortController): Promise<GatewayAnswer> {
    const { who, from, timeoutMs, inClear = false } = told;
    const percept = { type: "text", text, from, who, ...(inClear ? { inClear } : {}) } as const;
    const options = { signal: mine.signal, timeoutMs, from };
    if (!isStopWord(text)) {
      await life.settled();
      const why = whyNot(mine.signal);
      if (why !== null) return why;
    }
    const state = await agent.perceive(percept, options);
    const action = await agent.decide(state, options);
    // Nothing that was asked before a newer word happens after it, however long a mind thought.
    const late = mine.signal.aborted ? whyNot(mine.signal) : null;
    if (late !== null) return late;
    const { outcome, reason, sentence } = await agent.act(action, options);
    const measured = { sentence, taskId: null, speedMps: null };
    if (outcome === "done") return { ok: true, code: null, ...measured };
    return { ok: false, code: reason ?? "internal", ...measured };
  }
  return {
    async hear(text: string, told: Told): Promise<GatewayAnswer> {
      const rank = rankOfWords(told);
      // Anybody's stop ends what is under way, whoever said that.
      const isStop = isStopWord(text);
      for (const [other, its] of underWay) {
        if (isStop || !outranks(its, rank)) other.abort(isStop ? "stopped" : "superseded");
      }
      const mine = new AbortController();
      // Nobody's newer word takes the place of a stop.
      if (!isStop) underWay.set(mine, rank);
      try {
        return await carryOut(text, told, mine);
      } finally {
        underWay.delete(mine);
      }
    },
    /** A stop that is no word: what is heard, proposed and done ends. */
    stop(): void {
      for (const one of underWay.keys()) one.abort("stopped");
      const options = { signal: new AbortController().signal, timeoutMs: 1000 };
      agent.act({ type: "stop" }, options).catch(ports.onError);
    },
  };
}
export type Hearing = ReturnType<typeof createHearing>;
