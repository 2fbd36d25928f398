import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createFrameHost } from "./frame-host.ts";
import type { HilHost } from "./hil-host.ts";

/** A program that is the core on standard input and output (hardware/realtime/hosts/pipe). */
export function createPipeHost(name: string, program: string): HilHost {
  const child: ChildProcess = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new RangeError("a pipe is missing");
  const words = stdout[Symbol.asyncIterator]();
  // A program that died is told by its output's end.
  stdin.on("error", () => {});
  return createFrameHost({
    name,
    write(bytes) {
      stdin.write(bytes);
    },
    async read() {
      const { done, value } = await words.next();
      if (done === true) throw new RangeError(`${name} ended with ${child.exitCode}`);
      return value as Uint8Array;
    },
    async close() {
      stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  });
}
