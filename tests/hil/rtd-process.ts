import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { buildRtd } from "@timmy/hardware/rtd-build";

/** A running rtd, for tests: without real-time priority, because the machine is shared. */
export interface RtdProcess {
  readonly child: ChildProcess;
  /** The process of the loop; the child itself is its guard. */
  loopPid(): number;
  /** What it wrote to stderr so far. */
  said(): string;
  /** Its exit code, or the name of the signal that killed it. */
  ended(): Promise<number | string>;
  /** Ends it and waits. */
  end(): Promise<void>;
}

export interface RtdOptions {
  readonly binary?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Resolve without waiting for the sentence that it is ready. */
  readonly atOnce?: boolean;
}

/** Starts rtd and waits until it is ready or gone. */
export async function startRtd(
  args: readonly string[],
  options: RtdOptions = {},
): Promise<RtdProcess> {
  const words = ["--priority", "0", ...args];
  const child = spawn(options.binary ?? buildRtd(), words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin", ...options.env },
  });
  let said = "";
  const exit = once(child, "exit") as Promise<[number | null, string | null]>;
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said += `${line}\n`;
      if (line.startsWith("rtd: ready")) resolve();
    });
  });
  const ended = async () => {
    const [code, signal] = await exit;
    return code ?? signal ?? "";
  };
  if (options.atOnce !== true) await Promise.race([ready, exit]);
  return {
    child,
    loopPid: () => loopOf(child.pid ?? 0),
    said: () => said,
    ended,
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await exit;
    },
  };
}

/** The one child of the guard. */
function loopOf(guard: number): number {
  const children = readFileSync(`/proc/${guard}/task/${guard}/children`, "utf8").trim();
  if (!/^\d+$/.test(children)) throw new Error(`rtd has no loop: "${children}"`);
  return Number(children);
}
