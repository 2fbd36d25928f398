import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import { createMemoryLogger, type Logger } from "@timmy/shared/ports/logger";
import { loadWorld } from "@timmy/sim/world";
import { describeOnce, type OnceResult } from "./once-result.ts";
import { readUpOptions, type UpOptions, upHelp } from "./up-options.ts";

/** Progress on stderr: what is done now, with the time in the house. */
function tellTask(task: EventPayload<"task">, atS: number): void {
  const at = `${atS.toFixed(1).padStart(6)} s  `;
  const step = task.steps[task.step] ?? "";
  if (task.phase === "step-started") process.stderr.write(`${at}${step} ...\n`);
  if (task.phase === "step-ended") process.stderr.write(`${at}${task.outcome}: ${task.sentence}\n`);
}

async function runLockstep(options: UpOptions, instruction: string): Promise<OnceResult> {
  const { runOnce } = await import("./lockstep.ts");
  const logger: Logger = createMemoryLogger();
  return runOnce({
    world: loadWorld(options.world, { closedDoors: options.closed }),
    seed: options.seed,
    logger,
    instruction,
    wallMs: () => performance.now(),
    onTask: tellTask,
  });
}

function printOnce(result: OnceResult, json: boolean): number {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : describeOnce(result));
  return result.status === "done" ? 0 : 1;
}

/** `timmy up`: answers the exit code. */
export async function up(argv: readonly string[]): Promise<number> {
  const { LIGHTNING_BACKEND: backend, TIMMY_MODEL: model } = process.env;
  const options = readUpOptions(argv, backend || undefined, model || undefined);
  if (options.help) {
    process.stdout.write(upHelp);
    return 0;
  }
  if (options.once !== null && options.speed === "lockstep") {
    return printOnce(await runLockstep(options, options.once), options.json);
  }
  const { runProcesses } = await import("./processes.ts");
  const { once } = options;
  if (once === null) return runProcesses(options, null);
  return runProcesses(options, async (house) => {
    const { runOnceLive } = await import("./once-live.ts");
    return printOnce(await runOnceLive(house, once, tellTask), options.json);
  });
}
