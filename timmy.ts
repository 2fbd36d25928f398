#!/usr/bin/env node
import { TimmyError } from "@timmy/shared/errors";

const help = `timmy: the agent you can move, and the robot that cannot pretend it stopped.

  timmy up        a house, a robot in it, and a page to talk to it (npm start)
  timmy treasury  whose money it is, whether it adds up, who approves
  timmy lnd       connect a Lightning node: connect, bake, status
  timmy state     the agent as a file: export, import, verify, diff, show, move
  timmy mcp       the agent for other assistants: an MCP server on standard input and output
  timmy log       what it perceived, decided and did: verify, replay, show
  timmy help      this page
  timmy version   the version

Each command has --help. Example: timmy up --headless --once "go to the kitchen" --json
`;

async function run(argv: readonly string[]): Promise<number> {
  const [command = "help", ...rest] = argv;
  switch (command) {
    case "up": {
      const { up } = await import("./cli/up.ts");
      return up(rest);
    }
    case "treasury": {
      const { treasury } = await import("./cli/treasury.ts");
      return treasury(rest);
    }
    case "lnd": {
      const { lnd } = await import("./cli/lnd.ts");
      return lnd(rest);
    }
    case "state": {
      const { state } = await import("./cli/state.ts");
      const { connectOwner } = await import("./cli/owner-line.ts");
      return state(rest, connectOwner);
    }
    case "log": {
      const { log } = await import("./cli/effect-log.ts");
      return log(rest);
    }
    case "mcp": {
      const { mcp } = await import("./cli/mcp.ts");
      const { connectOwner } = await import("./cli/owner-line.ts");
      const { createLog } = await import("@timmy/companion/log");
      const logger = createLog({ name: "mcp" });
      const { stdin: input, stdout: output } = process;
      return mcp(rest, { connect: connectOwner, input, output, logger });
    }
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(help);
      return 0;
    case "version":
    case "--version": {
      const { version } = await import("./cli/house.ts");
      process.stdout.write(`${version}\n`);
      return 0;
    }
    default:
      throw new TimmyError("usage", `There is no command "${command}".`);
  }
}

try {
  const code = await run(process.argv.slice(2));
  // Whatever still waits for something (a broken connection, a timer), the answer is there.
  process.exit(code);
} catch (error) {
  const expected = error instanceof TimmyError;
  if (expected && process.argv.includes("--json")) {
    const { code, message: sentence } = error;
    process.stdout.write(`${JSON.stringify({ ok: false, code, sentence })}\n`);
  }
  process.stderr.write(`${expected ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exitCode = expected && error.code === "usage" ? 2 : 1;
}
