import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const cache = join(import.meta.dirname, "../../.cache");

/** Builds a C helper of this folder, unless it was built before; answers its path. */
export function buildHelper(name: string, more: readonly string[] = []): string {
  const source = join(import.meta.dirname, `${name}.c`);
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const binary = join(cache, `${name}-${hash}`);
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const fresh = `${binary}.${process.pid}`;
  const flags = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror"];
  execFileSync("cc", [...flags, ...more, source, "-o", fresh]);
  renameSync(fresh, binary);
  return binary;
}

export interface PeerProcess {
  /** Sends a command and answers the line that it says to it. */
  ask(command: string): Promise<string>;
  /** The next line that it says of itself. */
  next(): Promise<string>;
  end(): void;
}

/** Starts tests/hil/peer.c with these words and waits for its first line. */
export async function startPeer(...words: string[]): Promise<PeerProcess> {
  const child = spawn(buildHelper("peer"), words, { stdio: ["pipe", "pipe", "inherit"] });
  const held: string[] = [];
  const readers: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const reader = readers.shift();
    if (reader === undefined) held.push(line);
    else reader(line);
  });
  const next = () =>
    new Promise<string>((resolve) => {
      const line = held.shift();
      if (line === undefined) readers.push(resolve);
      else resolve(line);
    });
  await next();
  return {
    next,
    ask(command) {
      child.stdin.write(`${command}\n`);
      return next();
    },
    end: () => void child.stdin.end(),
  };
}
