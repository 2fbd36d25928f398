import { fstatSync } from "node:fs";
import type { Readable } from "node:stream";

/** Whether standard input is a pipe or socket, as a supervisor makes it; a terminal is neither. */
export function stdinIsPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}

/**
 * Calls `onGone` once when whoever started this process is gone: its end of our standard input
 * closes even when it was killed and could say nothing. Started by hand or by systemd (terminal,
 * /dev/null) there is nothing to watch.
 */
export function watchParent(options: {
  readonly stdin: Readable;
  readonly isPipe: boolean;
  readonly onGone: () => void;
}): void {
  const { stdin, isPipe, onGone } = options;
  if (!isPipe) return;
  let gone = false;
  const leave = () => {
    if (gone) return;
    gone = true;
    onGone();
  };
  stdin.on("end", leave);
  stdin.on("close", leave);
  stdin.on("error", leave);
  stdin.resume();
}
