import { parseArgs } from "node:util";
import { TimmyError } from "@timmy/shared/errors";
import { companionNode } from "./house.ts";

export const mcpHelp = `timmy mcp: the agent for other assistants, as an MCP server on standard input and output.

  timmy mcp [--data DIR] [--broker URL] [--node NAME] [--companion NAME]

  --data DIR        the folder of this Timmy, with the owner's key (default .timmy)
  --broker URL      where the bodies meet (default mqtt://127.0.0.1:1883)
  --node NAME       the body to ask; otherwise the one that the agent lives in
  --companion NAME  who is asked for prices (default ${companionNode})

An assistant gets four tools: recall, state and quote only read; propose_action asks for something, and
the agent's own gate judges it as the wish of a peer. What needs the owner's yes waits for it in the
dashboard. A stop is done at once.

Your assistant starts this itself. Example, for Claude Desktop (claude_desktop_config.json):
  { "mcpServers": { "timmy": { "command": "node",
      "args": ["TIMMY/scripts/run.mjs", "timmy.ts", "mcp", "--data", "TIMMY/.timmy"] } } }
and for Zed (settings.json):
  { "context_servers": { "timmy": { "command": "node",
      "args": ["TIMMY/scripts/run.mjs", "timmy.ts", "mcp", "--data", "TIMMY/.timmy"] } } }
with the folder of Timmy, from the root, in the place of TIMMY.

Standard output carries the protocol alone; what happens is logged on standard error.
Exit codes: 0 the assistant left, 1 it could not start, 2 the command line was not understood.
`;

export interface McpOptions {
  readonly help: boolean;
  readonly data: string;
  readonly broker: string;
  /** Null: wherever the agent lives. */
  readonly node: string | null;
  readonly companion: string;
}

function parse(argv: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", short: "h", default: false },
        data: { ...text, default: ".timmy" },
        broker: { ...text, default: "mqtt://127.0.0.1:1883" },
        node: text,
        companion: { ...text, default: companionNode },
      },
    }).values;
  } catch (cause) {
    throw new TimmyError("usage", cause instanceof Error ? cause.message : "", { cause });
  }
}

/** Reads the arguments after `timmy mcp`. Throws `usage`. */
export function readMcpOptions(argv: readonly string[]): McpOptions {
  const { help, data, broker, node, companion } = parse(argv);
  for (const [option, name] of Object.entries({ node, companion })) {
    if (name !== undefined && !/^[a-z0-9_-]{1,32}$/.test(name)) {
      throw new TimmyError("usage", `--${option} wants 1 to 32 of a-z, 0-9, _ and -.`);
    }
  }
  if (!/^mqtts?:\/\/[^/]+$/.test(broker)) {
    throw new TimmyError("usage", "--broker wants an address such as mqtt://127.0.0.1:1883.");
  }
  return { help, data, broker, node: node ?? null, companion };
}
