import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { limits } from "./limits.ts";
import { Ended } from "./wait.ts";

/** Keeps the network's programs from outliving it, also after kill -9 (see guard-main.ts). */
export interface Guard {
  watch(pid: number): void;
  forget(pid: number): void;
  /** The folder is removed at the end, unless it is to be kept after all. */
  folder(path: string): void;
  keep(path: string): void;
  /** Lets go: whatever is still watched is killed. */
  end(): Promise<void>;
}

export function startGuard(): Guard {
  const script = join(import.meta.dirname, "guard-main.ts");
  const child = spawn(process.execPath, [script], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  // A guard that died takes nothing with it; the network then ends by its own `stop` only.
  child.stdin.on("error", () => {});
  const tell = (word: string, rest: string) => void child.stdin.write(`${word} ${rest}\n`);
  return {
    watch: (pid) => tell("watch", String(pid)),
    forget: (pid) => tell("forget", String(pid)),
    folder: (path) => tell("folder", path),
    keep: (path) => tell("keep", path),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.stdin.end();
      await gone;
    },
  };
}

/** A running btcd or lnd. */
export interface Program {
  readonly pid: number;
  running(): boolean;
  /** Throws, with the end of its log, when it is gone. */
  check(): void;
  signal(name: "SIGTERM" | "SIGKILL"): Promise<void>;
}

export function startProgram(options: {
  readonly name: string;
  readonly binary: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly guard: Guard;
}): Program {
  const { name, guard } = options;
  const logFile = join(options.folder, "program.log");
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(options.binary, options.args, {
    stdio: ["ignore", log, log],
    // Their own group: Ctrl-C in a terminal ends the network in order.
    detached: true,
    env: { HOME: options.folder, PATH: "/usr/bin:/bin" },
  });
  closeSync(log);
  const pid = child.pid ?? 0;
  if (pid !== 0) guard.watch(pid);
  const exit = new Promise<void>((resolve) => {
    child.once("exit", () => {
      guard.forget(pid);
      resolve();
    });
    child.once("error", () => resolve());
  });
  const running = () => pid !== 0 && child.exitCode === null && child.signalCode === null;
  return {
    pid,
    running,
    check() {
      if (running()) return;
      const tail = readFileSync(logFile, "utf8").slice(-limits.tailBytes);
      throw new Ended(`regtest: ${name} ended by itself. The end of its log:\n${tail}`);
    },
    async signal(sign) {
      if (!running()) return;
      child.kill(sign);
      const late = setTimeout(() => child.kill("SIGKILL"), limits.stopMs);
      await exit;
      clearTimeout(late);
    },
  };
}
