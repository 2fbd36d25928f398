import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./ledger-child-main.ts", import.meta.url));

/** What a child said and how it ended. */
export interface Life {
  /** Numbers of the operations that it acknowledged. */
  readonly acks: readonly number[];
  /** `error WHERE CODE`: what it was refused. */
  readonly errors: readonly string[];
  readonly killed: boolean;
}

export interface LifeOptions {
  readonly args: Readonly<Record<string, string | number | boolean>>;
  /** A program and its arguments that run the child, such as strace. */
  readonly under?: readonly string[];
  /** SIGKILL after so many lines, and milliseconds more. */
  readonly killAfter?: { readonly lines: number; readonly delayMs: number };
}

/** One life of `ledger-child-main.ts`, to its end. */
export function live({ args, under = [], killAfter }: LifeOptions): Promise<Life> {
  const own = Object.entries(args)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
  const [command = "", ...rest] = [...under, process.execPath, program, ...own];
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  let part = "";
  child.stdout.on("data", (bytes: Buffer) => {
    const parts = (part + bytes.toString()).split("\n");
    part = parts.pop() ?? "";
    lines.push(...parts);
    if (killAfter !== undefined && lines.length >= killAfter.lines) {
      setTimeout(() => child.kill("SIGKILL"), killAfter.delayMs);
    }
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code !== null && code !== 0) reject(new Error(`The child ended with ${code}.`));
      resolve({
        acks: lines.filter((line) => /^ack \d+$/.test(line)).map((line) => Number(line.slice(4))),
        errors: lines.filter((line) => line !== "open" && !/^ack \d+$/.test(line)),
        killed: signal === "SIGKILL",
      });
    });
  });
}
