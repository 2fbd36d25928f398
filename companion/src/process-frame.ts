import { TimmyError } from "@timmy/shared/errors";
import { stdinIsPipe, watchParent } from "./parent-watch.ts";

export interface RunningPart {
  /** Printed as one line of JSON on standard output once the part is ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** A port number from a command line; throws `usage`. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new TimmyError("usage", `--port ${text} is no port number (0 to 65535).`);
}

function report(error: unknown): void {
  const known = error instanceof TimmyError;
  // What parseArgs throws is the caller's mistake and has a sentence of its own.
  const usage = error instanceof TypeError && "code" in error;
  const words = known || usage ? error.message : String((error as Error)?.stack ?? error);
  process.stderr.write(`${words}\n`);
  process.exitCode = usage || (known && error.code === "usage") ? 2 : 1;
}

/**
 * The frame of a process under the supervisor: says when it is ready, leaves on SIGTERM, SIGINT
 * and when its parent is gone, and says in a sentence why it cannot start.
 */
export async function runProcess(start: () => Promise<RunningPart>): Promise<void> {
  const { promise: asked, resolve: leave } = Promise.withResolvers<void>();
  process.once("SIGTERM", () => leave());
  process.once("SIGINT", () => leave());
  watchParent({ stdin: process.stdin, isPipe: stdinIsPipe(), onGone: leave });
  // Whoever reads our output may be gone before us; that is no reason to crash on the way out.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  try {
    const part = await start();
    process.stdout.write(`${JSON.stringify({ ready: true, ...part.ready })}\n`);
    await asked;
    await part.stop();
  } catch (error) {
    report(error);
  }
  // A watched standard input keeps the process alive; it is left here in every case.
  process.exit();
}
