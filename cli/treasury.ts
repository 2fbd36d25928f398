import { TimmyError } from "@timmy/shared/errors";
import { readTreasuryOptions, treasuryHelp } from "./treasury-options.ts";

/** `timmy treasury`: answers the exit code. */
export async function treasury(argv: readonly string[]): Promise<number> {
  const options = readTreasuryOptions(argv);
  if (options.help || options.command === "help") {
    process.stdout.write(treasuryHelp);
    return 0;
  }
  const { treasuryCommands } = await import("./treasury-commands.ts");
  const command = treasuryCommands[options.command];
  if (command === undefined) {
    throw new TimmyError("usage", `There is no command "treasury ${options.command}".`);
  }
  return command(options);
}
