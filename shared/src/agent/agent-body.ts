import type { ErrorCode } from "../errors.ts";
import { abilityName } from "./ability-words.ts";
import type {
  Action,
  ActionResult,
  CallOptions,
  Capability,
  Evidence,
  Percept,
} from "./tim-agent.ts";
import type { WorldState } from "./world-state.ts";

/** The four substrates: one agent lives in any of them, with the same memory, mind and gate. */
export type BodyKind = "robot" | "sim" | "desktop" | "chat";

/** What only a body can do; texts and tools are the same everywhere and are done by the loop. */
export type BodyAction = Exclude<Action, { readonly type: "text" | "call" | "emit" }>;
export type Sense = Exclude<Percept, { readonly type: "text" }>;

export interface BodyRefusal {
  readonly code: ErrorCode;
  readonly sentence: string;
}

/** A body as the agent's loop sees it: what it senses, what it can do, what it measured. */
export interface AgentBody<O extends CallOptions = CallOptions> {
  readonly kind: BodyKind;
  /** By the names of actions, and of skills for the steps of a plan. */
  readonly capabilities: readonly Capability[];
  sense(): Omit<WorldState, "heard">;
  notice(percept: Sense): void;
  /** Whether it is possible now; asked once, just before `perform`. */
  check(action: BodyAction): BodyRefusal | null;
  perform(action: BodyAction, options: O): Promise<ActionResult>;
  /** What is measured now, or null when nothing is. */
  evidence(): Evidence | null;
  tell(message: { readonly to: string; readonly text: string }): Promise<void>;
  stop(): Promise<void>;
}

/** Names of what an action needs of a body: its type, or the skills of a plan. */
export function needsOf(action: Action): readonly string[] {
  return action.type === "plan" ? action.plan.steps.map(({ skill }) => skill) : [action.type];
}

/** The first thing that this body cannot do, in words; null when it can do all. */
export function missingIn(capabilities: readonly Capability[], action: Action): BodyRefusal | null {
  for (const name of needsOf(action)) {
    const known = capabilities.find((one) => one.name === name);
    if (known?.available === true) continue;
    const why = known === undefined || known.note === "" ? "" : ` ${known.note}`;
    return { code: "no-capability", sentence: `This body cannot ${abilityName(name)}.${why}` };
  }
  return null;
}
