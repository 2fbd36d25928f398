import { TimmyError } from "@timmy/shared/errors";
import type { ConnectLine } from "./state-moving.ts";
import { readStateOptions, stateHelp } from "./state-options.ts";

/** `timmy state`: answers the exit code. */
export async function state(argv: readonly string[], connect: ConnectLine): Promise<number> {
  const options = readStateOptions(argv);
  if (options.help || options.command === "help") {
    process.stdout.write(stateHelp);
    return 0;
  }
  const { stateCommands } = await import("./state-commands.ts");
  const command = Object.hasOwn(stateCommands, options.command)
    ? stateCommands[options.command]
    : undefined;
  if (command === undefined) {
    throw new TimmyError("usage", `There is no command "state ${options.command}".`);
  }
  return command(options, connect);
}
