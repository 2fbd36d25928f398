import { z } from "zod";
import type { BodyRefusal } from "./agent-body.ts";
import type { AgentStore } from "./agent-store.ts";
import { memoryRank } from "./gate-memory.ts";
import type { GateContext } from "./gate-proposal.ts";
import type { ToolRule } from "./gate-tools.ts";

/** A tool that the agent may call, and what it does once the gate let it pass. */
export interface AgentTool {
  readonly rule: ToolRule;
  run(
    input: Readonly<Record<string, string>>,
    context: GateContext,
    signal: AbortSignal,
  ): Promise<ToolAnswer>;
}
export type ToolAnswer =
  | { readonly ok: true; readonly sentence: string }
  | (BodyRefusal & { readonly ok: false });

const text = (max: number) => z.string().min(1).max(max);

/** What is kept under a key, else the fact that fits the words best. */
export function findFact(store: AgentStore, query: string) {
  const exact = store.recall(query);
  if (exact !== null) return { text: exact.value, from: exact.from };
  return store.search(query, 5).find(({ kind }) => kind === "fact") ?? null;
}

const speaker = { owner: "You told me", agent: "I noted", peer: "I was told", world: "I read" };

/** Remembering and recalling are tools: they pass the gate like everything else. */
export function createMemoryTools(store: AgentStore): readonly AgentTool[] {
  return [
    {
      rule: {
        name: "remember",
        effect: "remember",
        input: z.strictObject({ key: text(200), value: text(20_000) }),
        targets: [],
      },
      async run({ key = "", value = "" }, context) {
        const before = store.recall(key);
        store.remember(key, value, memoryRank(key, value, context));
        // Of his own words the owner is told what they took the place of: he may have meant both. A
        // stranger's are not told on the way: a model that reads the answer would take them for ours.
        const isHis = before?.from === "owner" && context.trigger.from === "owner";
        const isOther = isHis && before.value !== value;
        const old = isOther ? ` Before it was: ${before.value.slice(0, 200)}.` : "";
        return { ok: true, sentence: `I will remember: ${value}.${old}` };
      },
    },
    {
      rule: {
        name: "recall",
        effect: "read",
        input: z.strictObject({ query: text(2000) }),
        // What is told is chosen by the query: a stranger's query tells nothing by itself.
        targets: ["query"],
      },
      async run({ query = "" }) {
        const found = findFact(store, query);
        if (found === null) {
          const sentence = `I remember nothing about ${query.slice(0, 100)}.`;
          return { ok: false, code: "unknown-memory", sentence };
        }
        return { ok: true, sentence: `${speaker[found.from]}: ${found.text.slice(0, 300)}.` };
      },
    },
  ];
}
