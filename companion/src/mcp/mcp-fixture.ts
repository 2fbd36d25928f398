import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import type {
  CallAnswer,
  CallBody,
  CallOutcome,
  CallRefusal,
  OwnerCall,
} from "@timmy/shared/agent/owner-calls";
import { createIds } from "@timmy/shared/ids";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createRandom } from "@timmy/shared/ports/random";
import { createVirtualTime } from "@timmy/shared/ports/time";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { McpPorts } from "./mcp-server.ts";
import { serveMcp } from "./serve-mcp.ts";
import type { AgentReach } from "./tool.ts";

/** The two revisions of the protocol's opening: the one of 2026, and the older handshake. */
export type Era = "modern" | "legacy";
const result = z.object({
  content: z.tuple([z.object({ type: z.literal("text"), text: z.string() })]),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});
export interface ToolResult {
  /** The answer, or the problem when it is an error. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  readonly chars: number;
}

/** What a call answered, and that its text says the same as its structure. */
export function readResult(answered: unknown): ToolResult {
  const { content, structuredContent, isError = false } = result.parse(answered);
  const [{ text }] = content;
  const value = JSON.parse(text) as Record<string, unknown>;
  const same = JSON.stringify(structuredContent) === text;
  if (!isError && !same) throw new Error("text and structure differ");
  return { value, isError, chars: text.length };
}

/** A pair that carries what JSON carries, and nothing by reference. */
function createWire(): [InMemoryTransport, InMemoryTransport] {
  const pair = InMemoryTransport.createLinkedPair();
  for (const end of pair) {
    const send = end.send.bind(end);
    end.send = (message) => send(JSON.parse(JSON.stringify(message)) as typeof message);
  }
  return pair;
}

/** A client of the package, connected in memory to a server on these ports. */
export async function connectMcp(
  reach: AgentReach,
  options: { readonly era?: Era; readonly name?: string; readonly ports?: Partial<McpPorts> } = {},
) {
  const time = createVirtualTime();
  const logger = createMemoryLogger();
  const ports: McpPorts = {
    ...reach,
    ...{ companion: "companion", version: "0", time, logger },
    makeId: createIds(time.clock, createRandom(5)),
    secrets: { find: () => false },
    ...options.ports,
  };
  const { era = "modern", name = "assistant" } = options;
  const [near, far] = createWire();
  const served = serveMcp(ports, far);
  const mode = era === "modern" ? { pin: "2026-07-28" } : "legacy";
  const client = new Client({ name, version: "1" }, { versionNegotiation: { mode } });
  await client.connect(near);
  onTestFinished(async () => {
    await client.close();
    await served.close();
  });
  const call = async (tool: string, input: Readonly<Record<string, unknown>>) =>
    readResult(await client.callTool({ name: tool, arguments: input }));
  return { client, call, time, logger };
}

type Answers = { [C in OwnerCall]?: CallAnswer<C> | CallRefusal | "silence" };

/** A body that answers as scripted and keeps what it was asked; what is not scripted is refused. */
export function createFakeReach(answers: Answers = {}) {
  const asked: { node: string; call: OwnerCall; ask: Record<string, unknown> }[] = [];
  const where: { now: { readonly node: string } | CallRefusal } = { now: { node: "timmy" } };
  const script = { ...answers };
  const call: CallBody = async <C extends OwnerCall>(
    node: string,
    name: C,
    ask: unknown,
  ): Promise<CallOutcome<C>> => {
    asked.push({ node, call: name, ask: ask as Record<string, unknown> });
    const answer = script[name];
    if (answer === "silence") return new Promise(() => {});
    if (answer === undefined) return { ok: false, code: "robot-away", sentence: "It is away." };
    const refusal = "ok" in answer && answer.ok === false;
    return refusal ? (answer as CallRefusal) : { ok: true, value: answer as CallAnswer<C> };
  };
  const reach: AgentReach = { call, living: async () => where.now };
  return { reach, asked, where, script };
}
