import type { Time } from "@timmy/shared/ports/time";
import type { ChildExit, ChildHandle, Spawn } from "./child-process.ts";
import { keptErrorLines, keptLineChars, killAfterMs, readyTimeoutMs } from "./limits.ts";

export interface ProcessSpec {
  /** As a person says it: "robot". */
  readonly name: string;
  readonly command: string;
  /** The arguments, or how they follow from the ready lines of the parts before it. */
  readonly args: readonly string[] | ((ready: ReadonlyMap<string, string>) => readonly string[]);
  /** The line on standard output that says that it is ready. */
  readonly readyLine: RegExp;
  /** Stopped before all others, as a robot is. */
  readonly stopFirst?: boolean;
  /** Without it nothing goes on; true unless said otherwise. */
  readonly essential?: boolean;
  readonly readyTimeoutMs?: number;
}

export type ReadyOutcome =
  | { readonly ok: true; readonly line: string }
  | { readonly ok: false; readonly exit: ChildExit | null };

/** How a process ended, in words that follow its name. */
export function describeExit(exit: ChildExit): string {
  if (exit.error !== null) return `could not be run (${exit.error})`;
  if (exit.signal !== null) return `was killed (${exit.signal})`;
  return exit.code === 0 ? "ended" : `ended with exit code ${exit.code}`;
}

/** One life of one process: from its start over its ready line to its end. */
export interface Life {
  readonly ready: Promise<ReadyOutcome>;
  readonly ended: Promise<ChildExit>;
  /** Its last lines of standard error. */
  errors(): readonly string[];
  /** SIGTERM, and SIGKILL when that does not help; answers when it is gone. */
  end(): Promise<ChildExit>;
}

export function beginLife(
  spec: ProcessSpec,
  ready: ReadonlyMap<string, string>,
  ports: { readonly time: Time; readonly spawn: Spawn },
): Life {
  const { timers } = ports.time;
  const args = typeof spec.args === "function" ? spec.args(ready) : spec.args;
  const child: ChildHandle = ports.spawn(spec.command, args);
  const errors: string[] = [];
  const becameReady = Promise.withResolvers<ReadyOutcome>();
  const ended = Promise.withResolvers<ChildExit>();
  const waitMs = spec.readyTimeoutMs ?? readyTimeoutMs;
  const patience = timers.after(`${spec.name} is ready`, waitMs, () =>
    becameReady.resolve({ ok: false, exit: null }),
  );
  child.onLine((from, line) => {
    if (from === "stdout" && spec.readyLine.test(line)) {
      patience.cancel();
      becameReady.resolve({ ok: true, line });
    }
    if (from === "stdout") return;
    if (errors.length === keptErrorLines) errors.shift();
    errors.push(line.slice(0, keptLineChars));
  });
  child.onExit((exit) => {
    patience.cancel();
    becameReady.resolve({ ok: false, exit });
    ended.resolve(exit);
  });
  return {
    ready: becameReady.promise,
    ended: ended.promise,
    errors: () => [...errors],
    async end() {
      const last = timers.after(`${spec.name} is killed`, killAfterMs, () => child.kill("SIGKILL"));
      child.kill("SIGTERM");
      const exit = await ended.promise;
      last.cancel();
      return exit;
    },
  };
}
