import type { Mind, MindAnswer, MindContext, MindQuestion } from "@timmy/shared/agent/mind";
import type { SkillName } from "@timmy/shared/agent/plan";
import type { ErrorCode } from "@timmy/shared/errors";
import { isStopWord } from "@timmy/shared/mind/stop-words";
import { forbids, unsafeWish } from "@timmy/shared/mind/unsafe-wishes";
import type { Logger } from "@timmy/shared/ports/logger";
import type { Time } from "@timmy/shared/ports/time";
import { decideMs, thinkMs } from "./limits.ts";
import type { ModelMind, ModelPlan } from "./model-mind.ts";

export interface MindsPorts {
  /** Pure and at once; it always has an answer. */
  readonly rules: Mind;
  /** Null when there is no model at all. */
  readonly model: ModelMind | null;
  readonly skills: () => readonly SkillName[];
  readonly time: Time;
  readonly logger: Logger;
}

export interface MindsOptions {
  /** Milliseconds in which a decision stands that the rules could make too. */
  readonly decideMs?: number;
  /** And one that only a model can make. */
  readonly thinkMs?: number;
}

/** Part of a decision's time that is kept for the rules and the way back. */
const reserve = 0.1;
const nothingKnown: MindContext = { blocks: [], memories: [] };

/** A stop, a danger and a "do not" never go to a model: there is nothing to be guessed about them. */
function settledByRules(text: string): boolean {
  return isStopWord(text) || unsafeWish(text) !== null || forbids(text);
}

/**
 * The model while it answers in time and right, else the rules. A decision stands within its
 * deadline whatever the model does; each question tries the model anew, so it recovers by itself.
 */
export function createMinds(ports: MindsPorts, options: MindsOptions = {}): Mind {
  const { rules, model, time, logger } = ports;
  const { clock, timers } = time;
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
    wholeMs: number,
    signal: AbortSignal,
  ): Promise<ModelPlan | null> {
    if (model === null || !model.ready()) return null;
    const expiresMs = clock.monotonicMs() + wholeMs * (1 - reserve);
    const ending = new AbortController();
    const both = AbortSignal.any([signal, ending.signal]);
    const late = Promise.withResolvers<null>();
    const timer = timers.after("decide", wholeMs * (1 - reserve / 2), () => late.resolve(null));
    const giveUp = () => late.resolve(null);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      const context = question.context ?? nothingKnown;
      const found = model.plan({ question, context, skills: ports.skills(), expiresMs }, both);
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
    const how = { model: model?.model ?? "", checks: found.verdicts };
    if (found.kind === "plan") return { ok: true, plan: found.plan, ...how };
    const { code: reason, sentence } = found;
    return { ok: false, reason, sentence, decidedBy: "model", ...how };
  }
  /** What the model was refused for stands beside the answer of the rules. */
  function withChecks(answer: MindAnswer, found: ModelPlan | null): MindAnswer {
    if (found?.kind !== "failed") return answer;
    const failed = { check: "model", passed: false, sentence: found.sentence };
    return { ...answer, checks: [...found.verdicts, failed] };
  }
  return {
    async decide(question, signal) {
      const byRules = await rules.decide(question, signal);
      if (settledByRules(question.text)) return byRules;
      // What nobody else understands is worth a longer thought.
      const lost = !byRules.ok && byRules.reason === "not-understood";
      const quickMs = options.decideMs ?? decideMs;
      const wholeMs = lost ? (options.thinkMs ?? thinkMs) : quickMs;
      const found = await ask(question, wholeMs, signal);
      const byModel = toAnswer(found);
      if (model !== null) {
        say(byModel !== null, found !== null && found.kind !== "plan" ? found.code : null);
      }
      return byModel ?? withChecks(byRules, found);
    },
  };
}
