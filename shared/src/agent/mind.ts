import type { ErrorCode } from "../errors.ts";
import type { DecidedBy, Plan } from "./plan.ts";
import type { Provenance } from "./tim-agent.ts";

/** What is put before a mind besides the question; each text with who said it. */
export interface MindContext {
  readonly blocks: readonly {
    readonly name: string;
    readonly text: string;
    readonly from: Provenance;
  }[];
  readonly memories: readonly {
    readonly id: string;
    readonly text: string;
    readonly from: Provenance;
  }[];
}

/** What a mind is asked: what was heard, the rooms that exist, what the agent knows about it. */
export interface MindQuestion {
  readonly context?: MindContext;
  readonly text: string;
  readonly rooms: readonly {
    readonly id: string;
    readonly name: string;
    readonly aliases: readonly string[];
    /** As in the floor plan, metres; without them nothing is known of where the room is. */
    readonly goal?: readonly [xM: number, yM: number];
    readonly outline?: readonly (readonly [xM: number, yM: number])[];
    /** Metres from where the body stands, 0 for the room that it is in. */
    readonly away_m?: number;
  }[];
}

/** One check of a plan before it was proposed: schema, bounds, possible, envelope. */
export interface MindCheck {
  readonly check: string;
  readonly passed: boolean;
  readonly sentence: string;
}

/** A mind proposes a plan, or says why it has none. It never moves anything itself. */
export type MindAnswer =
  | {
      readonly ok: true;
      readonly plan: Plan;
      /** The model that decided, and what its plan was checked for on the way. */
      readonly model?: string;
      readonly checks?: readonly MindCheck[];
    }
  | {
      readonly ok: false;
      readonly reason: ErrorCode;
      readonly sentence: string;
      readonly decidedBy: DecidedBy;
      readonly model?: string;
      readonly checks?: readonly MindCheck[];
    };

export interface Mind {
  decide(question: MindQuestion, signal: AbortSignal): Promise<MindAnswer>;
}
