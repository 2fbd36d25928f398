import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface ChildHandle {
  /** Lines of standard output and standard error, without their ends. */
  onLine(listen: (from: "stdout" | "stderr", line: string) => void): void;
  /** Told once: the exit code or the signal, or why it could not be started at all. */
  onExit(listen: (exit: ChildExit) => void): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: string | null;
}
export type Spawn = (command: string, args: readonly string[]) => ChildHandle;

/**
 * A child whose standard input is a pipe that we hold and never write: it closes with us, however
 * we end, and the child leaves (see `parent-watch.ts`). Each child leads a group of its own: Ctrl-C
 * in a terminal reaches only us, who stop the robot before what it stands on.
 */
export const spawnChild: Spawn = (command, args) => {
  const child = spawn(command, [...args], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  child.stdin.on("error", () => {});
  let listenLine: (from: "stdout" | "stderr", line: string) => void = () => {};
  let listenExit: (exit: ChildExit) => void = () => {};
  let ended = false;
  const end = (exit: ChildExit) => {
    if (ended) return;
    ended = true;
    listenExit(exit);
  };
  const readLines = (from: "stdout" | "stderr", stream: Readable) => {
    stream.on("error", () => {});
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) =>
      listenLine(from, line),
    );
  };
  readLines("stdout", child.stdout);
  readLines("stderr", child.stderr);
  child.once("error", (error) => end({ code: null, signal: null, error: error.message }));
  // "close" comes after the last line, so that the reason of a death has been read.
  child.once("close", (code, signal) => end({ code, signal, error: null }));
  return {
    onLine: (listen) => {
      listenLine = listen;
    },
    onExit: (listen) => {
      listenExit = listen;
    },
    kill: (signal) => {
      child.kill(signal);
    },
  };
};
