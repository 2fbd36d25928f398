import { type ErrorCode, errorTable, TimmyError } from "../errors.ts";
import type { MakeId } from "../ids.ts";
import type { Rooms } from "../mind/places.ts";
import { isStopWord } from "../mind/stop-words.ts";
import type { Logger } from "../ports/logger.ts";
import type { Time } from "../ports/time.ts";
import { type AgentBody, type BodyAction, type BodyRefusal, missingIn } from "./agent-body.ts";
import { createDecider } from "./agent-decider.ts";
import { createAgentJournal } from "./agent-journal.ts";
import { createAgentJudge, type JudgePorts, type Turn } from "./agent-judge.ts";
import { lifeRefusal } from "./agent-life.ts";
import type { AgentStore } from "./agent-store.ts";
import type { OpenConfirmation } from "./gate-desk.ts";
import { type GateCheck, type GateVerdict, gateActionSchema } from "./gate-proposal.ts";
import { createToolRegistry } from "./gate-tools.ts";
import { type AgentTool, createMemoryTools } from "./memory-tools.ts";
import type { Mind } from "./mind.ts";
import { describeStep, type PlanStep } from "./plan.ts";
import { rankOfWords, type Said } from "./provenance.ts";
import type { ExportMode, ExportReceipt, StateTarget } from "./state-transfer.ts";
import type {
  Action,
  ActionResult,
  ActOptions,
  CallOptions,
  Capability,
  Percept,
  Provenance,
  TimAgent,
} from "./tim-agent.ts";
import type { Heard, WorldState } from "./world-state.ts";

export type PrepareSearch = (question: string, signal: AbortSignal) => Promise<unknown>;

/** Sends the agent's state on its way; the shell of each program builds it. */
export type StateExporter = (
  target: StateTarget,
  options: CallOptions & { readonly mode: ExportMode },
) => Promise<ExportReceipt>;

export interface TimAgentPorts<O extends ActOptions = ActOptions> {
  readonly store: AgentStore;
  readonly mind: Mind;
  readonly body: AgentBody<O>;
  readonly time: Time;
  readonly makeId: MakeId;
  readonly logger: Logger;
  readonly rooms: () => Rooms;
  readonly sha256: (text: string) => string;
  /** Beside those of the memory. */
  readonly tools?: readonly AgentTool[];
  readonly gate?: Pick<JudgePorts, "localHour" | "policy" | "bound" | "secrets">;
  readonly exporter?: StateExporter;
  /** Before memories are searched for a question: a search by meaning needs a moment. Never rejects. */
  readonly prepareSearch?: PrepareSearch;
  /** Why the agent may not act in this body now, beside what its store says; null when it may. */
  readonly authority?: () => BodyRefusal | null;
}

/** Whose words began a proposal of another mind, and what that mind had read. */
export interface ProposedBy {
  readonly trigger: Said<string>;
  readonly who: string;
  readonly read: readonly Said<string>[];
  readonly model?: string;
}
/** What became of a proposal, and what it was judged by. */
export interface Proposed {
  readonly result: ActionResult;
  readonly checks: readonly GateCheck[];
}

/** The agent as the programs around it see it. */
export interface ComposedTimAgent<O extends ActOptions = ActOptions> extends TimAgent {
  act(action: Action, options: O): Promise<ActionResult>;
  /** Proposals that wait for the owner's yes. */
  waiting(): readonly OpenConfirmation[];
  /** What another mind wants done, in whatever form it came: it passes the gate like our own. */
  propose(action: unknown, by: ProposedBy, options: O): Promise<Proposed>;
  /** The owner's yes or no to the one that he was shown under this digest. */
  confirm(digest: string, yes: boolean, who: string, options: O): Promise<Proposed>;
  /** Whether something is being done now. */
  acting(): boolean;
}

/** What the loop does itself, whatever the body. */
const ownCapabilities: readonly Capability[] = [
  { name: "text", available: true, note: "" },
  { name: "call", available: true, note: "" },
  { name: "emit", available: false, note: "No topic is bound." },
];

function orderedSteps(action: Action): readonly PlanStep[] {
  if (action.type === "plan") return action.plan.steps;
  return action.type === "goto" ? [{ skill: "goto", place: action.place }] : [];
}
function wordsOfAction(action: Action): string {
  const steps = orderedSteps(action);
  return steps.length > 0 ? steps.map(describeStep).join(", then ") : action.type;
}

/**
 * An agent from its ports: perceive, decide, gate, act, remember, with an effect log of all of it.
 * The four substrates differ in the body alone.
 */
export function createTimAgent<O extends ActOptions>(ports: TimAgentPorts<O>): ComposedTimAgent<O> {
  const { store, body, time, makeId } = ports;
  const journal = createAgentJournal(store, ports.logger);
  const tools = new Map(
    [...createMemoryTools(store), ...(ports.tools ?? [])].map((tool) => [tool.rule.name, tool]),
  );
  const judge = createAgentJudge({
    ...ports.gate,
    ...ports,
    clock: time.clock,
    tools: createToolRegistry([...tools.values()].map(({ rule }) => rule)),
  });
  const decider = createDecider({ ...ports, judge });
  const capabilities = [...ownCapabilities, ...body.capabilities];
  let heard: Heard | null = null;
  /** Actions under way: who is doing something does not move out. */
  let acting = 0;

  const now = () => time.clock.monotonicMs();
  function ended(
    outcome: ActionResult["outcome"],
    reason: ErrorCode | null,
    sentence: string,
    startMs = now(),
  ): ActionResult {
    const evidence = body.evidence();
    return { outcome, reason, sentence, evidence, startMs, endMs: now() };
  }
  const refused = ({ code, sentence }: { code: ErrorCode; sentence: string }) =>
    ended("refused", code, sentence);

  /** An action that nobody decided here: an order, from whoever gave it. */
  function orderOf(action: Action, options: O): Turn {
    const from = options.from ?? "agent";
    const trigger = { value: wordsOfAction(action), from };
    const base = { id: makeId(), trigger, who: "", read: [], latencyMs: 0 };
    const ordered = orderedSteps(action);
    return from === "owner" ? { ...base, source: "owner", ordered } : { ...base, source: "rules" };
  }
  function logDecision(turn: Turn, action: Action, verdict: GateVerdict | null): void {
    journal.append("decided", {
      turn: turn.id,
      source: turn.source,
      ...(turn.model === undefined ? {} : { model: turn.model }),
      ...(turn.checks === undefined ? {} : { checks: turn.checks }),
      ...(turn.awayM === undefined ? {} : { away_m: turn.awayM }),
      latency_ms: turn.latencyMs,
      heard: turn.trigger.value,
      from: turn.trigger.from,
      who: turn.who,
      action,
      verdicts: verdict?.checks ?? [],
      memories: turn.read,
    });
  }
  function logResult(turn: Turn, result: ActionResult): void {
    const { outcome, reason, sentence, evidence, startMs, endMs } = result;
    const duration_ms = Math.round(endMs - startMs);
    journal.append("result", { turn: turn.id, outcome, reason, sentence, evidence, duration_ms });
    const { value, from } = turn.trigger;
    if (turn.who === "") return;
    journal.note({
      // Only his own words: an answer may hold what somebody less trusted said.
      content: `${turn.who} said: "${value}"`,
      importance: outcome === "done" ? 0.3 : 0.2,
      tags: ["heard"],
      from: rankOfWords({ from, inClear: turn.inClear ?? false }),
      who: turn.who,
    });
  }
  async function callTool(
    action: Extract<Action, { type: "call" }>,
    turn: Turn,
    options: O,
  ): Promise<ActionResult> {
    const startMs = now();
    const tool = tools.get(action.tool);
    if (tool === undefined) return refused({ code: "tool-unknown", sentence: "No such tool." });
    try {
      const answer = await tool.run(action.input, judge.contextOf(turn), options.signal);
      if (answer.ok) return ended("done", null, answer.sentence, startMs);
      return ended("refused", answer.code, answer.sentence, startMs);
    } catch (error) {
      const code = error instanceof TimmyError ? error.code : "internal";
      return ended("failed", code, errorTable[code].sentence, startMs);
    }
  }
  async function carryOut(action: Action, turn: Turn, options: O): Promise<ActionResult> {
    switch (action.type) {
      case "text":
        return action.refusal === undefined
          ? ended("done", null, action.text)
          : ended("refused", action.refusal, action.text);
      case "call":
        return callTool(action, turn, options);
      case "emit":
        return refused({ code: "no-capability", sentence: "This body cannot emit." });
      default:
        return body.perform(action satisfies BodyAction, options);
    }
  }
  /** Why it is not even judged: not alive here, not able, not possible now. */
  function obstacle(action: Action) {
    const why =
      ports.authority?.() ?? lifeRefusal(store.agent()) ?? missingIn(capabilities, action);
    if (why !== null || action.type === "text") return why;
    return action.type === "call" || action.type === "emit" ? null : body.check(action);
  }
  const act = async (action: Action, options: O): Promise<ActionResult> =>
    (await carry(action, decider.turnOf(action) ?? orderOf(action, options), options)).result;
  async function carry(action: Action, turn: Turn, options: O): Promise<Proposed> {
    const stopping: Action = { type: "stop" };
    if (action.type === "stop") {
      // The stop itself comes before everything, the log too.
      const result = await body.perform(stopping, options);
      logDecision(turn, stopping, null);
      logResult(turn, result);
      return { result, checks: [] };
    }
    const why = obstacle(action);
    if (why !== null) {
      const result = refused(why);
      logDecision(turn, action, null);
      logResult(turn, result);
      return { result, checks: [] };
    }
    const verdict = judge.judge(action, turn);
    const halted = verdict.halt && verdict.kind !== "allow";
    // A plan that begins with a stop stops, whatever becomes of the rest of it.
    if (halted) await body.perform(stopping, options);
    logDecision(turn, action, verdict);
    const { checks } = verdict;
    if (verdict.kind !== "allow") {
      const code = verdict.kind === "refuse" ? verdict.code : "needs-owner";
      const result = refused({ code, sentence: verdict.sentence });
      logResult(turn, result);
      return { result, checks };
    }
    // What is done is the copy that was judged, and it is written down before it is done.
    const judged = verdict.action as Action;
    journal.append("acted", { turn: turn.id, action: judged });
    acting++;
    const result = await carryOut(judged, turn, options).finally(() => {
      acting--;
    });
    logResult(turn, result);
    return { result, checks };
  }
  async function propose(action: unknown, by: ProposedBy, options: O): Promise<Proposed> {
    const source = by.model === undefined ? "rules" : "model";
    const turn: Turn = { id: makeId(), ...by, source, latencyMs: 0 };
    const { data } = gateActionSchema.safeParse(action);
    // Remembering and sending are tools and calls of their own; a mind has them as `call`.
    if (data === undefined || data.type === "remember" || data.type === "communicate") {
      const code = "gate-malformed";
      const result = refused({ code, sentence: errorTable[code].sentence });
      return { result, checks: [{ check: "schema", passed: false, sentence: result.sentence }] };
    }
    return carry(data as Action, turn, options);
  }
  async function confirm(digest: string, yes: boolean, who: string, options: O): Promise<Proposed> {
    const trigger = { value: yes ? "yes" : "no", from: "owner" as const };
    const turn: Turn = { id: makeId(), trigger, who, read: [], source: "owner", latencyMs: 0 };
    if (!yes && judge.reject(digest)) {
      return { result: ended("done", null, "Dropped: it will not be done."), checks: [] };
    }
    const held = yes ? judge.accept(turn, digest) : null;
    if (held?.kind === "act") return carry({ ...held.action }, held.turn, options);
    const code = "confirmation-void";
    return { result: refused({ code, sentence: errorTable[code].sentence }), checks: [] };
  }
  return {
    propose,
    confirm,
    acting: () => acting > 0,
    get identity() {
      const { id, name, epoch } = store.agent();
      return { id, name, epoch };
    },
    capabilities,
    waiting: judge.waiting,
    async perceive(input: Percept): Promise<WorldState> {
      switch (input.type) {
        case "text": {
          const { type: _, ...said } = input;
          const { text, from, who } = said;
          heard = said;
          // A stop is not held up by a disk.
          if (!isStopWord(text)) journal.append("perceived", { type: "text", text, from, who });
          break;
        }
        case "image":
        case "audio":
        case "sensor":
        case "motion":
        case "network":
        case "internal":
          body.notice(input);
          break;
        default:
          input satisfies never;
      }
      return { ...body.sense(), heard };
    },
    async decide(state, options) {
      if (state.heard === heard) heard = null;
      return decider.decide(state, options);
    },
    act,
    async remember(key: string, value: string, from: Provenance): Promise<void> {
      const why = ports.authority?.() ?? lifeRefusal(store.agent()) ?? null;
      if (why !== null) throw new TimmyError(why.code, why.sentence);
      store.remember(key, value, from);
    },
    recall: async (key: string) => store.recall(key),
    search: async (query: string, limit?: number) =>
      store.search(query, limit).map(({ key, text, from }) => ({ key, value: text, from })),
    async communicate(message: { readonly to: string; readonly text: string }): Promise<void> {
      const base = { id: makeId(), who: "", read: [], source: "rules", latencyMs: 0 } as const;
      const turn = { ...base, trigger: { value: "", from: "agent" as const } };
      const why = ports.authority?.() ?? lifeRefusal(store.agent()) ?? null;
      if (why !== null) throw new TimmyError(why.code, why.sentence);
      const verdict = judge.judge({ type: "communicate", ...message }, turn);
      if (verdict.kind === "refuse") throw new TimmyError(verdict.code, verdict.sentence);
      if (verdict.kind === "confirm") throw new TimmyError("needs-owner", verdict.sentence);
      await body.tell(message);
    },
    async exportState(
      target: StateTarget,
      options: CallOptions & { readonly mode: ExportMode },
    ): Promise<ExportReceipt> {
      if (ports.exporter === undefined) throw new TimmyError("no-capability");
      const why = lifeRefusal(store.agent());
      if (why?.code === "agent-departed") throw new TimmyError(why.code, why.sentence);
      if (options.mode === "move" && acting > 0) {
        throw new TimmyError("busy", "It is doing something: stop it before it moves.");
      }
      return ports.exporter(target, options);
    },
    shutdown: () => body.stop(),
  };
}
