import type { ErrorCode } from "../errors.ts";
import type { Plan, PlanStep } from "./plan.ts";
import type { ExportMode, ExportReceipt, StateTarget } from "./state-transfer.ts";
import type { WorldState } from "./world-state.ts";

/** Who a value came from; kept with the value for ever. */
export type Provenance = "owner" | "agent" | "peer" | "world";

/** What reaches the agent. A new member that is not handled does not compile. */
export type Percept =
  | {
      readonly type: "text";
      readonly text: string;
      readonly from: Provenance;
      readonly who: string;
      /** It came in clear, under a name that everybody can use. */
      readonly inClear?: boolean;
    }
  | { readonly type: "image"; readonly frameId: string }
  | { readonly type: "audio"; readonly clipId: string }
  | { readonly type: "sensor" }
  | { readonly type: "motion"; readonly moving: boolean }
  | { readonly type: "network"; readonly connected: boolean }
  | { readonly type: "internal"; readonly note: string };

/** What the agent can do. Motion always has a deadline (milliseconds from the start of the act). */
export type Action =
  | { readonly type: "plan"; readonly plan: Plan; readonly deadlineMs: number }
  | {
      readonly type: "move";
      /** The robot's frame: x ahead, y to the left, metres. */
      readonly goal: { readonly xM: number; readonly yM: number };
      readonly deadlineMs: number;
    }
  | { readonly type: "goto"; readonly place: string; readonly deadlineMs: number }
  /** With `refusal`: the answer to something that will not be done, and why. */
  | { readonly type: "text"; readonly text: string; readonly refusal?: ErrorCode }
  | { readonly type: "speak"; readonly text: string }
  | { readonly type: "look"; readonly headingRad: number; readonly deadlineMs: number }
  | { readonly type: "grip"; readonly closed: boolean; readonly deadlineMs: number }
  | {
      readonly type: "call";
      readonly tool: string;
      readonly input: Readonly<Record<string, string>>;
    }
  | { readonly type: "emit"; readonly topic: string; readonly text: string }
  | { readonly type: "sleep"; readonly durationMs: number }
  | { readonly type: "stop" };

/** `done` is said only on evidence. */
export type Outcome = "done" | "refused" | "aborted" | "failed" | "unconfirmed";
export const outcomes = ["done", "refused", "aborted", "failed", "unconfirmed"] as const;

/** What was measured when the act ended. */
export interface Evidence {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  readonly speedMps: number;
  readonly room: string | null;
}

export interface ActionResult {
  readonly outcome: Outcome;
  /** Null when done; otherwise a code of the error table. */
  readonly reason: ErrorCode | null;
  /** One sentence for a person. */
  readonly sentence: string;
  readonly evidence: Evidence | null;
  readonly startMs: number;
  readonly endMs: number;
  /** One result for each step that was begun, when the action was a plan. */
  readonly steps?: readonly StepResult[];
}

export interface StepResult {
  readonly step: PlanStep;
  readonly result: ActionResult;
}

export interface Capability {
  readonly name: string;
  readonly available: boolean;
  /** Why not, when not available. */
  readonly note: string;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that this call may take. */
  readonly timeoutMs: number;
}

/** `from`: who ordered an action that `decide` did not make; nobody's word but the agent's unless told. */
export interface ActOptions extends CallOptions {
  readonly from?: Provenance;
}

export interface Memory {
  readonly key: string;
  readonly value: string;
  readonly from: Provenance;
}

export interface AgentIdentity {
  readonly id: string;
  readonly name: string;
  readonly epoch: number;
}

/** The one contract of every body: names from the plan, plus `search` and `communicate`. */
export interface TimAgent {
  readonly identity: AgentIdentity;
  readonly capabilities: readonly Capability[];
  perceive(input: Percept, options: CallOptions): Promise<WorldState>;
  decide(state: WorldState, options: CallOptions): Promise<Action>;
  act(action: Action, options: ActOptions): Promise<ActionResult>;
  remember(key: string, value: string, from: Provenance): Promise<void>;
  recall(key: string): Promise<Memory | null>;
  search(query: string, limit?: number): Promise<readonly Memory[]>;
  communicate(message: { readonly to: string; readonly text: string }): Promise<void>;
  /** Each class of agent has `fromState(from, ports)` beside it. */
  exportState(
    target: StateTarget,
    options: CallOptions & { readonly mode: ExportMode },
  ): Promise<ExportReceipt>;
  shutdown(): Promise<void>;
}
