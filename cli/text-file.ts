import { closeSync, openSync, writeFileSync } from "node:fs";
import { TimmyError } from "@timmy/shared/errors";

/** Whoever reads our output has enough of it (`| head`). */
const isEnough = (cause: unknown): boolean => (cause as NodeJS.ErrnoException).code === "EPIPE";

/** To a file that only its owner may read, or to standard output. Throws `bad-file`. */
export function writeLines(path: string | null, lines: Iterable<string>): void {
  let file: number | null = null;
  try {
    file = path === null ? 1 : openSync(path, "w", 0o600);
    // This writes all of a line, and a bare write may write a part of it.
    for (const line of lines) writeFileSync(file, line);
  } catch (cause) {
    if (cause instanceof TimmyError) throw cause;
    if (path === null && isEnough(cause)) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    const name = path ?? "standard output";
    throw new TimmyError("bad-file", `${name} cannot be written: ${why}.`, { cause });
  } finally {
    if (path !== null && file !== null) closeSync(file);
  }
  if (path !== null) process.stderr.write(`Written to ${path}.\n`);
}
