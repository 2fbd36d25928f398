import type { CallBody } from "@timmy/shared/agent/owner-calls";
import { leastTrusted } from "@timmy/shared/agent/provenance";
import type { MemoryView } from "@timmy/shared/agent/views";
import type { ToolDesk } from "../mind/chat-desk.ts";
import { maxMemoryChars } from "../mind/limits.ts";
import type { ModelTool } from "../mind/model-server.ts";

/** What a model may ask for in a chat, and the action of the contract that it stands for. */
const tools: readonly (ModelTool & {
  readonly toAction: (input: Readonly<Record<string, string>>) => unknown;
})[] = [
  {
    name: "go_to",
    description: "Drive to a room.",
    fields: { room: "the room's id, such as kitchen or living_room" },
    toAction: ({ room = "" }) => planOf({ skill: "goto", place: room }),
  },
  {
    name: "say_aloud",
    description: "Say a sentence aloud in the house.",
    fields: { text: "the sentence" },
    toAction: ({ text = "" }) => planOf({ skill: "say", text }),
  },
  {
    name: "go_home",
    description: "Drive to the charger.",
    fields: {},
    toAction: () => planOf({ skill: "dock" }),
  },
  {
    name: "stop",
    description: "Stop all motion at once.",
    fields: {},
    toAction: () => ({ type: "stop" }),
  },
  {
    name: "remember",
    description: "Keep a fact for ever.",
    fields: { key: "what it is about, a word or two", value: "the fact, in one sentence" },
    toAction: (input) => ({ type: "call", tool: "remember", input }),
  },
];
const recall: ModelTool = {
  name: "recall",
  description: "Look into the memory.",
  fields: { query: "words to look for" },
};
const deadlineMs = 600_000;
const planOf = (step: object) => ({
  type: "plan",
  plan: { id: "chat", decided_by: "model", steps: [step] },
  deadlineMs,
});
const memoriesRead = 5;
/** Texts that go along with a proposal. */
const maxRead = 31;

export interface ChatToolPorts {
  readonly call: CallBody;
  readonly node: string;
  /** What the owner said last: his words began whatever the model does about them. */
  readonly said: string;
  readonly model: string;
}

/** The tools of one chat turn: reading is a call, everything else passes the agent's own gate. */
export function createChatTools({ call, node, said, model }: ChatToolPorts): ToolDesk {
  return {
    tools: [...tools.map(({ toAction: _, ...tool }) => tool), recall],
    async call({ name, input }, read) {
      if (name === recall.name) {
        const ask = { query: input["query"] ?? "", limit: memoriesRead, kind: "fact" } as const;
        const found = await call(node, "agent.memories", ask);
        if (!found.ok) return told(`failed: ${found.sentence}`, "agent");
        const { memories } = found.value;
        const from = leastTrusted(["agent", ...memories.map((memory) => memory.from)]);
        const text = memories.map((memory) => `(${memory.from}) ${wordsOf(memory)}`).join("\n");
        return told(text === "" ? "Nothing is remembered about it." : text, from);
      }
      const tool = tools.find((one) => one.name === name);
      const action = tool?.toAction(input) ?? { type: "call", tool: name, input };
      // A model from a registry may have a longer name than a decision shows.
      const by = { who: "owner", from: "owner", model: model.slice(0, 64) } as const;
      const how = { said: said.slice(0, 2000), ...by };
      // However much was read, the least trusted of it counts.
      const least = {
        value: "The least trusted of all that was read.",
        from: leastTrusted(read.map(({ from }) => from)),
      };
      const newest = read.slice(-maxRead).map(({ value, from }) => ({
        ...{ value: value.slice(0, 500), from },
      }));
      const cut = [least, ...newest];
      const done = await call(node, "agent.propose", { action, ...how, read: cut });
      if (!done.ok) return told(`refused: ${done.sentence}`, "agent");
      const { outcome, sentence } = done.value;
      return told(`${outcome}: ${sentence}`, "agent");
    },
  };
}

const wordsOf = ({ key, text }: MemoryView): string =>
  (key === "" ? text : `${key}: ${text}`).slice(0, maxMemoryChars).toWellFormed();
const told = (outcome: string, from: "owner" | "agent" | "peer" | "world") => ({
  outcome,
  said: { value: outcome, from },
});
