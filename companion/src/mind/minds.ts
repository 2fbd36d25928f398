import type { Mind, MindAnswer, MindQuestion } from "@timmy/shared/agent/mind";
import { describeStep, type SkillName } from "@timmy/shared/agent/plan";
import type { DecisionsView } from "@timmy/shared/agent/views";
import type { ErrorCode } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import { forbids, unsafeWish } from "@timmy/shared/mind/unsafe-wishes";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { decideMs } from "./limits.ts";
import type { ModelMind, ModelPlan } from "./model-mind.ts";
import { type MindContext, usedMemories } from "./plan-prompt.ts";

/** How a decision came about; the caller adds who was heard and what became of it. */
export type DecisionRecord = Omit<DecisionsView["decisions"][number], "from" | "who" | "outcome">;

export interface MindsPorts {
  /** Pure and at once; it always has an answer. */
  readonly rules: Mind;
  /** Null when there is no model at all. */
  readonly model: ModelMind | null;
  /** What the mind reads for a question: core blocks and memories that fit it. */
  readonly context: (question: MindQuestion) => MindContext;
  readonly skills: () => readonly SkillName[];
  readonly record: (decision: DecisionRecord) => void;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly logger: Logger;
}

export interface MindsOptions {
  /** Milliseconds in which a decision stands. */
  readonly decideMs?: number;
}

/** Part of a decision's time that is kept for the rules and the way back. */
const reserve = 0.1;

/** A stop, a danger and a "do not" never go to a model: there is nothing to be guessed about them. */
function settledByRules(text: string): boolean {
  return isStopWord(text) || unsafeWish(text) !== null || forbids(text);
}

/**
 * The model while it answers in time and right, else the rules. A decision stands within its
 * deadline whatever the model does; each question tries the model anew, so it recovers by itself.
 */
export function createMinds(ports: MindsPorts, options: MindsOptions = {}): Mind {
  const { rules, model, time, makeId, logger } = ports;
  const { clock, timers } = time;
  const wholeMs = options.decideMs ?? decideMs;
  let usingModel = true;

  function say(byModel: boolean, code: ErrorCode | null): void {
    if (byModel !== usingModel) {
      if (byModel) logger.info("the model decides again");
      else logger.warn("the rules decide instead of the model", { code });
    }
    usingModel = byModel;
  }
  /** The model's plan, or null when it is not there; the race holds even if it never looks up. */
  async function ask(
    question: MindQuestion,
    context: MindContext,
    startMs: number,
    signal: AbortSignal,
  ): Promise<ModelPlan | null> {
    if (model === null || !model.ready()) return null;
    const expiresMs = startMs + wholeMs * (1 - reserve);
    const ending = new AbortController();
    const both = AbortSignal.any([signal, ending.signal]);
    const late = Promise.withResolvers<null>();
    const timer = timers.after("decide", wholeMs * (1 - reserve / 2), () => late.resolve(null));
    const giveUp = () => late.resolve(null);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      const asked = { question, context, skills: ports.skills(), expiresMs };
      const found = model.plan(asked, both);
      found.catch(() => {});
      return await Promise.race([found, late.promise]);
    } catch {
      return null;
    } finally {
      timer.cancel();
      signal.removeEventListener("abort", giveUp);
      ending.abort();
    }
  }
  function toAnswer(found: ModelPlan | null): MindAnswer | null {
    if (found === null || found.kind === "failed") return null;
    if (found.kind === "plan") return { ok: true, plan: found.plan };
    return { ok: false, reason: found.code, sentence: found.sentence, decidedBy: "model" };
  }
  function write(
    question: MindQuestion,
    context: MindContext,
    found: ModelPlan | null,
    answer: MindAnswer,
    startMs: number,
  ): void {
    const byModel = found !== null && found.kind !== "failed";
    const verdicts = (found?.verdicts ?? []).map((verdict) => ({ ...verdict }));
    if (found?.kind === "failed") {
      verdicts.push({ check: "schema", passed: false, sentence: found.sentence });
    }
    ports.record({
      id: answer.ok ? answer.plan.id : makeId(),
      at_ms: Math.round(clock.wallMs()),
      heard: question.text.slice(0, 2000),
      decided_by: answer.ok ? answer.plan.decided_by : answer.decidedBy,
      model: byModel ? (model?.model ?? "") : "",
      latency_ms: clock.monotonicMs() - startMs,
      steps: answer.ok ? answer.plan.steps.map(describeStep) : [],
      verdicts,
      memories: found === null ? [] : usedMemories(context).map((memory) => ({ ...memory })),
    });
  }
  return {
    async decide(question, signal) {
      const startMs = clock.monotonicMs();
      const alone = settledByRules(question.text);
      const context = alone ? { blocks: [], memories: [] } : ports.context(question);
      const found = alone ? null : await ask(question, context, startMs, signal);
      const byModel = toAnswer(found);
      const answer = byModel ?? (await rules.decide(question, signal));
      if (!alone && model !== null) {
        say(byModel !== null, found !== null && found.kind !== "plan" ? found.code : null);
      }
      write(question, context, found, answer, startMs);
      return answer;
    },
  };
}
