import type { MakeId } from "../ids.ts";
import type { Rooms } from "../mind/places.ts";
import { openPolicy, type PolicyLimits } from "../policy/policy-limits.ts";
import type { Clock } from "../ports/time.ts";
import type { AgentStore } from "./agent-store.ts";
import { judgeAction, outputOf } from "./gate.ts";
import { createConfirmationDesk } from "./gate-desk.ts";
import { gateLimits } from "./gate-limits.ts";
import { isClean } from "./gate-memory.ts";
import type {
  BoundValue,
  Confirmation,
  GateAction,
  GateContext,
  GateVerdict,
} from "./gate-proposal.ts";
import { createSecretScanner } from "./gate-secrets.ts";
import type { ToolRegistry } from "./gate-tools.ts";
import type { MindCheck } from "./mind.ts";
import type { DecidedBy, PlanStep } from "./plan.ts";
import { rankOfWords, type Said } from "./provenance.ts";
import type { Action } from "./tim-agent.ts";

/** How an action came about: whose words began it, what else was read, who decided. */
export interface Turn {
  readonly id: string;
  readonly trigger: Said<string>;
  readonly who: string;
  /** The trigger came in clear, under a name that everybody can use. */
  readonly inClear?: boolean;
  /** Whoever said the trigger is answered: what needs a yes is shown to him. */
  readonly isAnswered?: boolean;
  readonly read: readonly Said<string>[];
  /** Steps that the owner gave as a structured command. */
  readonly ordered?: readonly PlanStep[];
  readonly confirmation?: Confirmation;
  readonly source: DecidedBy;
  /** The model's name, when one decided. */
  readonly model?: string;
  /** What the mind's plan was checked for before it came here. */
  readonly checks?: readonly MindCheck[];
  /** Metres to each room from where the body stood, by its id; only where that was known. */
  readonly awayM?: Readonly<Record<string, number>>;
  readonly latencyMs: number;
}

export interface JudgePorts {
  readonly store: AgentStore;
  readonly clock: Pick<Clock, "wallMs">;
  readonly makeId: MakeId;
  /** SHA-256 of a text in UTF-8, hex. */
  readonly sha256: (text: string) => string;
  readonly rooms: () => Rooms;
  readonly tools: ToolRegistry;
  /** The hour of the day where the body stands; the clock's own (UTC) unless told. */
  readonly localHour?: () => number;
  readonly policy?: () => PolicyLimits;
  readonly bound?: () => readonly BoundValue[];
  /** Of this machine: what must never go out. */
  readonly secrets?: readonly string[];
}

/** What an owner's yes came to: something is shown to him first, or done. */
type Accepted =
  | { readonly kind: "show"; readonly sentence: string }
  | { readonly kind: "act"; readonly action: Action; readonly turn: Turn };

const hourMs = 3_600_000;

/** The gate with its memory: what went out before, and what waits for the owner's yes. */
export function createAgentJudge(ports: JudgePorts) {
  const { store, clock } = ports;
  const desk = createConfirmationDesk();
  const secrets = createSecretScanner(ports.secrets ?? []);
  let outputTail = "";
  /** The digest that the owner was shown last, in answer to what he said, while he says nothing else. */
  let shown = "";

  function contextOf(turn: Turn): GateContext {
    const { id, epoch } = store.agent();
    const nowMs = clock.wallMs();
    return {
      agentId: id,
      epoch,
      nowMs,
      localHour: ports.localHour?.() ?? Math.floor(nowMs / hourMs) % 24,
      trigger: turn.trigger,
      read: turn.read,
      ...(turn.ordered === undefined ? {} : { ordered: turn.ordered }),
      rooms: ports.rooms(),
      tools: ports.tools,
      bound: ports.bound?.() ?? [],
      policy: ports.policy?.() ?? openPolicy,
      secrets,
      outputTail,
      standing: (key) => store.recall(key)?.from ?? null,
      confirmation: turn.confirmation ?? null,
      sha256: ports.sha256,
    };
  }
  return {
    contextOf,
    /** The verdict; what needs the owner's yes waits at the desk from now on. */
    judge(action: GateAction, turn: Turn): GateVerdict {
      const context = contextOf(turn);
      const proposal = { id: turn.id, action };
      const verdict = judgeAction(proposal, context);
      const leaks = verdict.kind === "refuse" && verdict.code === "secret-inside";
      if (verdict.kind === "allow" || leaks) {
        outputTail = (outputTail + outputOf(action)).slice(-gateLimits.outputTailChars);
      }
      if (verdict.kind !== "confirm" || verdict.at !== "owner") return verdict;
      const code = desk.ask(proposal, verdict, context);
      // The answer to his own words asks him; what a stranger's text had a part in, or what a model asked
      // for in his turn, is shown once more.
      const { from } = turn.trigger;
      const rank = rankOfWords({ from, inClear: turn.inClear ?? false });
      const isHis = turn.isAnswered === true && rank === "owner" && isClean(context);
      if (code === null && isHis) shown = verdict.digest;
      if (code === null) return verdict;
      const { sentence, halt, checks } = verdict;
      return { kind: "refuse", code, sentence, check: "provenance", halt, checks };
    },
    waiting: () => desk.waiting(clock.wallMs()),
    /**
     * The owner's yes to what he was shown last. If that was nothing, the newest that waits is shown to
     * him first: a yes that he meant for something else must not set it off.
     */
    accept(by: Turn, digest?: string): Accepted | null {
      const waiting = desk.waiting(clock.wallMs());
      const meant = waiting.find((one) => one.digest === (digest ?? shown));
      const held = meant ?? (digest === undefined ? waiting.at(-1) : undefined);
      if (held === undefined) return null;
      // Whoever names the proposal has read it.
      if (meant === undefined) {
        shown = held.digest;
        return { kind: "show", sentence: `${held.sentence} Say yes again to have it done.` };
      }
      const { epoch } = store.agent();
      const { from } = by.trigger;
      const answer = desk.accept(held.digest, { from, epoch, nowMs: clock.wallMs() });
      shown = "";
      if (!answer.ok) return null;
      const { action, id } = answer.proposal;
      if (action.type === "remember" || action.type === "communicate") return null;
      const read = [...by.read, { value: held.sentence, from: held.madeOf }];
      const turn = { ...by, id, read, confirmation: answer.confirmation, source: "owner" as const };
      return { kind: "act", action, turn };
    },
    /** The owner talks about something else. */
    passOver(): void {
      shown = "";
    },
    /** The owner's no: to the one that he names, else to all that waits. */
    reject(digest?: string): boolean {
      const waiting = desk.waiting(clock.wallMs());
      const meant = waiting.filter((one) => digest === undefined || one.digest === digest);
      for (const one of meant) desk.reject(one.digest);
      return meant.length > 0;
    },
  };
}
export type AgentJudge = ReturnType<typeof createAgentJudge>;
