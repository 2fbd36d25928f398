import { errorTable } from "../errors.ts";
import { isStopWord } from "../mind/stop-words.ts";
import type { AgentJudge, Turn } from "./agent-judge.ts";
import type { TimAgentPorts } from "./agent-loop.ts";
import { findFact } from "./memory-tools.ts";
import type { MindAnswer } from "./mind.ts";
import { contextFor } from "./mind-context.ts";
import { rankOfWords } from "./provenance.ts";
import { readConsent, readSpokenMemory } from "./spoken-memory.ts";
import type { Action, CallOptions } from "./tim-agent.ts";
import type { WorldState } from "./world-state.ts";

export type DeciderPorts = Pick<
  TimAgentPorts,
  "store" | "mind" | "time" | "makeId" | "rooms" | "prepareSearch"
> & {
  readonly judge: AgentJudge;
};

/** From what was heard to what would be done: reflex, rules, then the mind, within a deadline. */
export function createDecider(ports: DeciderPorts) {
  const { store, mind, time, makeId, judge } = ports;
  /** How an action came about stays with the very object that `decide` made. */
  const turns = new WeakMap<Action, Turn>();
  const now = () => time.clock.monotonicMs();

  /** The mind's answer, or a refusal when none came in time. */
  async function ask(
    text: string,
    isOwners: boolean,
    options: CallOptions,
  ): Promise<{ readonly answer: MindAnswer } & Pick<Turn, "read" | "awayM">> {
    const { promise, resolve } = Promise.withResolvers<MindAnswer>();
    const reason = "deadline-passed";
    const late = { ok: false, reason, sentence: errorTable[reason].sentence } as const;
    const timer = time.timers.after("mind's answer", Math.max(0, options.timeoutMs), () =>
      resolve({ ...late, decidedBy: "rules" }),
    );
    // Memories are read for the owner alone: whoever else asks is not answered out of them.
    if (isOwners) await ports.prepareSearch?.(text, options.signal);
    const context = isOwners ? contextFor(store, text) : { blocks: [], memories: [] };
    const rooms = ports.rooms();
    const answer = mind.decide({ text, rooms, context }, options.signal);
    const found = await Promise.race([answer, promise]).finally(() => timer.cancel());
    // Whatever it says it read: a model was shown all of it.
    const { blocks, memories } = context;
    const read = [...blocks, ...memories].map((one) => ({ value: one.text, from: one.from }));
    const away = rooms.flatMap(({ id, away_m }) => (away_m === undefined ? [] : [[id, away_m]]));
    return {
      answer: found,
      read,
      ...(away.length === 0 ? {} : { awayM: Object.fromEntries(away) }),
    };
  }
  const began = (turn: Turn, action: Action): Action => {
    turns.set(action, turn);
    return action;
  };
  /** What needs no mind: a yes, a no, something to remember or to recall. Null for all else. */
  function decideByRules(text: string, turn: Turn, isOwners: boolean): Action | null {
    const consent = isOwners ? readConsent(text) : null;
    if (isOwners && consent !== "yes") judge.passOver();
    if (consent === "yes") {
      const held = judge.accept(turn);
      if (held?.kind === "act") return began(held.turn, { ...held.action });
      if (held?.kind === "show") {
        return began(turn, { type: "text", text: held.sentence, refusal: "needs-owner" });
      }
    } else if (consent === "no" && judge.reject()) {
      return began(turn, { type: "text", text: "I leave it." });
    }
    const memory = readSpokenMemory(text);
    if (memory?.want === "remember") {
      const { key, value } = memory;
      return began(turn, { type: "call", tool: "remember", input: { key, value } });
    }
    // Whether there is something to recall is the owner's to know: for others the gate answers.
    if (memory?.want === "recall" && (!isOwners || findFact(store, memory.query) !== null)) {
      return began(turn, { type: "call", tool: "recall", input: { query: memory.query } });
    }
    return null;
  }
  async function decide(state: WorldState, options: CallOptions): Promise<Action> {
    const asked = state.heard;
    if (asked === null) return { type: "text", text: "" };
    const { from, who } = asked;
    const startMs = now();
    const trigger = { value: asked.text, from };
    const isOwners = rankOfWords(asked) === "owner";
    const inClear = asked.inClear ?? false;
    const base = { id: makeId(), trigger, who, inClear, isAnswered: true };
    const turn: Turn = { ...base, read: [], source: "rules", latencyMs: 0 };
    if (isStopWord(asked.text)) return began({ ...turn, source: "reflex" }, { type: "stop" });
    const byRules = decideByRules(asked.text, turn, isOwners);
    if (byRules !== null) return byRules;
    const { answer, read, awayM } = await ask(asked.text, isOwners, options);
    const { model, checks } = answer;
    const source = answer.ok ? answer.plan.decided_by : answer.decidedBy;
    const done: Turn = {
      ...turn,
      source,
      latencyMs: now() - startMs,
      ...(source === "model" ? { read } : {}),
      ...(model === undefined ? {} : { model }),
      ...(checks === undefined ? {} : { checks }),
      ...(awayM === undefined ? {} : { awayM }),
    };
    if (!answer.ok) {
      const { sentence, reason } = answer;
      // Nothing fits what he asks to recall: that is an answer too.
      const wish = isOwners && reason === "not-understood" ? readSpokenMemory(asked.text) : null;
      if (wish?.want === "recall") {
        return began(turn, { type: "call", tool: "recall", input: { query: wish.query } });
      }
      return began(done, { type: "text", text: sentence, refusal: reason });
    }
    const { plan } = answer;
    return began(done, { type: "plan", plan, deadlineMs: Math.max(1, options.timeoutMs) });
  }
  return { decide, turnOf: (action: Action): Turn | undefined => turns.get(action) };
}
