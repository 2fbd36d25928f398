import type { ErrorCode } from "../errors.ts";
import type { DecidedBy, Plan } from "./plan.ts";

/** What a mind is asked: what was heard, and the rooms that exist. */
export interface MindQuestion {
  readonly text: string;
  readonly rooms: readonly {
    readonly id: string;
    readonly name: string;
    readonly aliases: readonly string[];
  }[];
}

/** A mind proposes a plan, or says why it has none. It never moves anything itself. */
export type MindAnswer =
  | { readonly ok: true; readonly plan: Plan }
  | {
      readonly ok: false;
      readonly reason: ErrorCode;
      readonly sentence: string;
      readonly decidedBy: DecidedBy;
    };

export interface Mind {
  decide(question: MindQuestion, signal: AbortSignal): Promise<MindAnswer>;
}
