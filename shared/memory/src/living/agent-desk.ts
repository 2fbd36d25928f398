import type { BodyKind, BodyRefusal } from "@timmy/shared/agent/agent-body";
import type {
  ComposedTimAgent,
  PrepareSearch,
  Proposed,
  ProposedBy,
} from "@timmy/shared/agent/agent-loop";
import type { AgentStore, Episode, Fact } from "@timmy/shared/agent/agent-store";
import type { CallAsked, CallOutcome, CallRefusal } from "@timmy/shared/agent/owner-calls";
import type { Capability } from "@timmy/shared/agent/tim-agent";
import type { AgentView, BlocksView, MemoryView } from "@timmy/shared/agent/views";
import type { Timers } from "@timmy/shared/ports/time";
import { readDecisions } from "./decisions.ts";
import { keptForgotten, proposalAnswerMs } from "./limits.ts";
import type { Mover } from "./mover.ts";
import { type OwnerHandlers, refusedCall } from "./owner-channel.ts";

export interface AgentDeskPorts {
  readonly store: AgentStore;
  readonly agent: () => Pick<ComposedTimAgent, "waiting">;
  readonly kind: BodyKind;
  readonly node: string;
  readonly capabilities: readonly Capability[];
  readonly mover: Mover;
  /** What another mind wants done; a robot makes a task of it. */
  readonly propose: (action: unknown, by: ProposedBy, signal: AbortSignal) => Promise<Proposed>;
  readonly confirm: (
    digest: string,
    yes: boolean,
    who: string,
    signal: AbortSignal,
  ) => Promise<Proposed>;
  readonly prepareSearch?: PrepareSearch;
  readonly timers: Timers;
  /** Why the agent may not act here now, or null. */
  readonly authority: () => BodyRefusal | null;
  readonly onChange: () => void;
}

const factView = ({ id, key, value, from, changedMs }: Fact): MemoryView => ({
  ...{ id, kind: "fact", key, text: value, from, at_ms: changedMs },
});
const episodeView = ({ id, content, from, atMs }: Episode): MemoryView => ({
  ...{ id, kind: "episode", key: "", text: content, from, at_ms: atMs },
});
const viewOf = (row: Fact | Episode) => ("content" in row ? episodeView(row) : factView(row));
const proposed = ({ result, checks }: Proposed): CallOutcome<"agent.propose"> => {
  const { outcome, reason, sentence } = result;
  return { ok: true, value: { outcome, reason, sentence, verdicts: [...checks] } };
};
/** The owner, when he speaks through the desk. */
const owner = "owner";

/** What the owner asks of the agent that lives here, whichever body this is. */
export function createAgentDesk(ports: AgentDeskPorts): OwnerHandlers {
  const { store, mover } = ports;
  /** What was forgotten last, whole: it is nowhere else any more. */
  const forgotten = new Map<string, Fact | Episode>();
  let forgottenBy = "";

  const blocks = (): BlocksView => ({
    blocks: store.coreBlocks().map(({ name, text, from, changedMs }) => ({
      ...{ name, text, from, at_ms: changedMs },
    })),
  });
  function view(): AgentView {
    const { id, name, createdMs, epoch, generation, parentId, status, departedTo } = store.agent();
    return {
      ...{ id, name, epoch, generation, created_ms: createdMs, parent_id: parentId },
      ...{ life: status, departed_to: departedTo, node: ports.node, body: ports.kind },
      capabilities: ports.capabilities.map((one) => ({ ...one })),
      ...store.counts(),
      effects: store.effects.head().seq,
      ...blocks(),
      lineage: store.lineage().map(({ atMs, ...line }) => ({ at_ms: atMs, ...line })),
      waiting: ports
        .agent()
        .waiting()
        .map(({ digest, sentence, from, untilMs }) => ({
          ...{ digest, sentence, from, until_ms: untilMs },
        })),
      moving: mover.moving(),
    };
  }
  /** Only a living agent's memory is changed: what is written after it left is lost. */
  function notHere(): CallRefusal | null {
    const why = ports.authority();
    return why === null ? null : { ok: false, ...why };
  }
  const find = (id: string): Fact | Episode | null =>
    store.facts({ limit: 1, id })[0] ?? store.episodes({ limit: 1, id })[0] ?? null;
  function memories(ask: CallAsked<"agent.memories">): CallOutcome<"agent.memories"> {
    const { facts, episodes } = store.counts();
    const { query, limit, kind, before } = ask;
    const page = { limit, ...(before === undefined ? {} : { beforeId: before }) };
    const newest =
      kind === "fact" ? store.facts(page).map(factView) : store.episodes(page).map(episodeView);
    const found = () =>
      store.search(query, limit).map(({ atMs, ...one }) => ({ ...one, at_ms: atMs }));
    const shown = query.trim() === "" ? newest : found();
    return { ok: true, value: { memories: shown, facts, episodes } };
  }
  /** An edit takes the place of what stood there, and is the owner's word from then on. */
  function keep({ id, key, text }: CallAsked<"agent.keep">): CallOutcome<"agent.keep"> {
    const old = id === undefined ? null : find(id);
    if (id !== undefined && old === null) return refusedCall("unknown-memory");
    if (old !== null && "content" in old) {
      const edited = { ...old, content: text, from: owner, who: owner } as const;
      const noted = store.note(edited);
      store.forget(old.id);
      return { ok: true, value: episodeView(noted) };
    }
    // Another fact of that name would be gone without a word.
    const standing = store.recall(key);
    if (standing !== null && standing.id !== id) return refusedCall("memory-taken");
    const kept = store.remember(key, text, owner);
    if (old !== null && old.id !== kept.id) store.forget(old.id);
    return { ok: true, value: factView(kept) };
  }
  function forget(id: string): CallOutcome<"agent.forget"> {
    const old = find(id);
    if (old === null || !store.forget(id)) return refusedCall("unknown-memory");
    const [oldest] = forgotten.keys();
    if (forgotten.size >= keptForgotten && oldest !== undefined) forgotten.delete(oldest);
    // What one agent forgot is nothing for the next that lives here.
    if (forgottenBy !== store.agent().id) forgotten.clear();
    forgottenBy = store.agent().id;
    forgotten.set(id, old);
    return { ok: true, value: viewOf(old) };
  }
  /** As it was, with who said it: coming back makes nothing more trusted. */
  function restore(id: string): CallOutcome<"agent.restore"> {
    const old = forgottenBy === store.agent().id ? forgotten.get(id) : undefined;
    if (old === undefined) return refusedCall("unknown-memory", "It was forgotten for good.");
    const back = "content" in old ? store.note(old) : store.remember(old.key, old.value, old.from);
    forgotten.delete(id);
    return { ok: true, value: viewOf(back) };
  }
  /** A drive takes longer than anybody waits for an answer: then it is said that it goes on. */
  function answerSoon(work: Promise<Proposed>): Promise<CallOutcome<"agent.propose">> {
    const { promise, resolve } = Promise.withResolvers<CallOutcome<"agent.propose">>();
    const sentence = "It has begun; its task tells what comes of it.";
    const begun = { outcome: "begun", reason: null, sentence, verdicts: [] } as const;
    const timer = ports.timers.after("answer to a proposal", proposalAnswerMs, () =>
      resolve({ ok: true, value: { ...begun, verdicts: [] } }),
    );
    const ended = work.then(proposed).finally(() => {
      timer.cancel();
      ports.onChange();
    });
    return Promise.race([ended, promise]);
  }
  /** What changes the agent: it has to live here, and others are told. */
  const changing =
    <A, R>(run: (ask: A) => R) =>
    (ask: A): R | CallRefusal => {
      const why = notHere();
      if (why !== null) return why;
      const answer = run(ask);
      ports.onChange();
      return answer;
    };
  return {
    "agent.view": () => ({ ok: true, value: view() }),
    "agent.memories": async (ask, { signal }) => {
      await ports.prepareSearch?.(ask.query, signal);
      return memories(ask);
    },
    "agent.keep": changing(keep),
    "agent.forget": changing(({ id }) => forget(id)),
    "agent.restore": changing(({ id }) => restore(id)),
    "agent.block": changing(({ name, text }) => {
      store.setCoreBlock(name, text, owner);
      return { ok: true, value: blocks() };
    }),
    "agent.rename": changing(({ name }) => {
      store.rename(name);
      return { ok: true, value: view() };
    }),
    "agent.decisions": ({ limit }) => ({
      ok: true,
      value: { decisions: readDecisions(store.effects, limit) },
    }),
    "agent.propose": async ({ action, said, who, model = who, from, read }, { signal }) => {
      const trigger = { value: said, from };
      return answerSoon(ports.propose(action, { trigger, who, read, model }, signal));
    },
    "agent.confirm": async ({ digest, yes }, { signal }) => {
      return answerSoon(ports.confirm(digest, yes, owner, signal));
    },
    "agent.move": ({ to }) => mover.move(to),
    "agent.stay": async ({ drop }) => (await mover.stay(drop)) ?? { ok: true, value: view() },
  };
}
