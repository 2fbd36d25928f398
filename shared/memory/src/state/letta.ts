import type { Provenance } from "@timmy/shared/agent/tim-agent";
import { z } from "zod";
import type { ForeignMemory } from "./foreign-memory.ts";

/*
 * Letta's agent file (.af), as its server writes it and its examples show: `agents` with `block_ids`
 * and `messages`, and `blocks` beside them; before that a single agent with `core_memory`. A message's
 * content is a text or parts of which those of type `text` are read. Of tools, sources, secrets and
 * model settings nothing is taken.
 */
const block = z.looseObject({
  id: z.string().optional(),
  label: z.string().nullish(),
  value: z.string(),
});
const part = z.looseObject({ type: z.string().optional(), text: z.string().nullish() });
const message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(part)]).nullish(),
  text: z.string().nullish(),
  created_at: z.string().nullish(),
  name: z.string().nullish(),
});
const agent = z.looseObject({
  name: z.string().nullish(),
  block_ids: z.array(z.string()).nullish(),
  memory_blocks: z.array(block).nullish(),
  core_memory: z.array(block).nullish(),
  messages: z.array(message).nullish(),
});
const agentFile = z.union([
  z.looseObject({ agents: z.array(agent).min(1), blocks: z.array(block).nullish() }),
  agent.extend({ agent_type: z.string(), messages: z.array(message) }),
]);

/** Who spoke, when the owner answers for the file; else both are strangers. */
const roles: Readonly<Record<string, Provenance>> = { assistant: "agent", user: "owner" };

function textOf({ content, text }: z.infer<typeof message>): string {
  if (typeof content === "string") return content;
  const parts = (content ?? []).map((one) => one.text ?? "").filter((one) => one !== "");
  return parts.length > 0 ? parts.join("\n") : (text ?? "");
}

/** Milliseconds of an ISO time, or null for one that is none. */
function msOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? "");
  return Number.isFinite(ms) ? ms : null;
}

/** Reads the JSON of an `.af` file; null when it is none. The first agent of several is taken. */
export function readLetta(json: unknown): ForeignMemory | null {
  const parsed = agentFile.safeParse(json);
  if (!parsed.success) return null;
  const file = parsed.data;
  const one = agent.parse("agents" in file ? (file as { agents: unknown[] }).agents[0] : file);
  const shared = "agents" in file ? z.array(block).parse(file["blocks"] ?? []) : [];
  const ids = new Set(one.block_ids ?? []);
  const blocks = [
    ...(one.core_memory ?? []),
    ...(one.memory_blocks ?? []),
    ...shared.filter(({ id }) => id !== undefined && ids.has(id)),
  ];
  return {
    name: one.name ?? null,
    blocks: blocks.map(({ label, value }, i) => ({ name: label ?? `block ${i}`, text: value })),
    episodes: (one.messages ?? [])
      // A system message repeats the blocks and the program's own instructions.
      .filter(({ role }) => role === "user" || role === "assistant")
      .map((said) => ({
        atMs: msOf(said.created_at),
        text: textOf(said),
        who: said.name ?? said.role,
        from: "peer" as const,
        asOwner: roles[said.role] ?? "world",
      }))
      .filter(({ text }) => text !== ""),
    leftOut: [],
  };
}
