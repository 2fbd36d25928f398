import type { MindContext, MindQuestion } from "@timmy/shared/agent/mind";
import type { Plan, SkillName } from "@timmy/shared/agent/plan";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import type { Clock } from "@timmy/shared/ports/time";
import { maxPlanChars, maxPlanTokens, planTurns } from "./limits.ts";
import type { ModelHost } from "./model-host.ts";
import type { ModelMessage } from "./model-server.ts";
import { checkPlanText, type EnvelopeCheck, type PlanVerdict } from "./plan-check.ts";
import { choicesFor, formatOf } from "./plan-format.ts";
import { planMessages, repairMessages } from "./plan-prompt.ts";

export interface ModelMindPorts {
  readonly host: ModelHost;
  readonly clock: Clock;
  readonly makeId: MakeId;
  /** Whether a plan may be done from here, as far as this place can know; the robot checks again. */
  readonly envelope: EnvelopeCheck;
}

/** What is asked, with what the mind reads for it and until when the answer is of use. */
export interface PlanQuestion {
  readonly question: MindQuestion;
  readonly context: MindContext;
  readonly skills: readonly SkillName[];
  /** Monotonic milliseconds. */
  readonly expiresMs: number;
}

/** `declined` is the model's no; `failed` means that somebody else has to decide. */
export type ModelPlan =
  | { readonly kind: "plan"; readonly plan: Plan; readonly verdicts: readonly PlanVerdict[] }
  | {
      readonly kind: "declined" | "failed";
      readonly code: ErrorCode;
      readonly sentence: string;
      readonly verdicts: readonly PlanVerdict[];
    };

export interface ModelMind {
  readonly model: string;
  ready(): boolean;
  /** Never rejects but with the signal. */
  plan(asked: PlanQuestion, signal: AbortSignal): Promise<ModelPlan>;
}

/** A planner on a local model: asks, checks, gives one chance to repair, and never acts itself. */
export function createModelMind({ host, clock, makeId, envelope }: ModelMindPorts): ModelMind {
  async function read(
    messages: readonly ModelMessage[],
    format: Readonly<Record<string, unknown>>,
    expiresMs: number,
    signal: AbortSignal,
  ): Promise<string> {
    const leftMs = expiresMs - clock.monotonicMs();
    if (leftMs <= 0) throw new TimmyError("model-silent");
    const deadlines = { firstMs: leftMs, gapMs: leftMs, wholeMs: leftMs };
    const request = { messages, format, maxTokens: maxPlanTokens };
    let text = "";
    for await (const piece of host.ask(request, deadlines, signal)) {
      if (piece.type === "text") text += piece.text;
      if (text.length > maxPlanChars) break;
    }
    return text;
  }
  async function attempt(asked: PlanQuestion, signal: AbortSignal): Promise<ModelPlan> {
    const { question, context, skills, expiresMs } = asked;
    const choices = choicesFor(question, skills);
    const format = formatOf(choices);
    let messages = planMessages(question, choices, context);
    const verdicts: PlanVerdict[] = [];
    for (let turn = 0; turn < planTurns; turn++) {
      const text = await read(messages, format, expiresMs, signal);
      const checked = checkPlanText(text, question, choices, envelope);
      verdicts.push(...checked.verdicts);
      if (checked.kind === "plan") {
        const plan: Plan = { id: makeId(), decided_by: "model", steps: [...checked.steps] };
        return { kind: "plan", plan, verdicts };
      }
      if (checked.kind === "declined") {
        const { message: sentence, code } = new TimmyError(checked.code);
        return { kind: "declined", code, sentence, verdicts };
      }
      messages = [...messages, ...repairMessages(text.slice(0, maxPlanChars), checked.sentence)];
    }
    const { code, message } = new TimmyError("model-wrong", verdicts.at(-1)?.sentence);
    return { kind: "failed", code, sentence: message, verdicts };
  }
  return {
    model: host.model,
    ready: host.ready,
    async plan(asked, signal) {
      try {
        const found = await attempt(asked, signal);
        if (clock.monotonicMs() < asked.expiresMs) return found;
        const { code, message } = new TimmyError("model-silent", "The plan came too late.");
        return { kind: "failed", code, sentence: message, verdicts: found.verdicts };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const fault = error instanceof TimmyError ? error : new TimmyError("internal");
        return { kind: "failed", code: fault.code, sentence: fault.message, verdicts: [] };
      }
    },
  };
}
