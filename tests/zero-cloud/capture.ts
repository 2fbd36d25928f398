import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { limits } from "./limits.ts";

export interface Capture {
  /** Ends it; answers how many packets the kernel could not hand over in time. */
  stop(): Promise<{ readonly dropped: number }>;
}

/**
 * What leaves any interface but the loopback (whose index is 1 in each namespace): into a pcap
 * file, and line by line to `hear` at once. Listens when the promise is kept.
 */
export async function startCapture(file: string, hear: (line: string) => void): Promise<Capture> {
  const output = ["-n", "-tt", "-l", "-U", "--immediate-mode", "--print", "-Z", "root", "-w", file];
  // The kernel's ring has a place for each packet of the longest length: eight, unless told of less. A
  // busy machine loses the ninth.
  const ring = ["-s", "2048", "-B", "16384"];
  const which = ["-i", "any", "-Q", "out", ...ring, ...output, "not", "ifindex", "1"];
  const child = spawn("tcpdump", which, {
    stdio: ["ignore", "pipe", "pipe"],
  });
  createInterface({ input: child.stdout }).on("line", hear);
  let said = "";
  const ended = once(child, "close");
  const timer = setTimeout(() => child.kill(), limits.captureMs);
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("listening on")) resolve();
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`tcpdump could not listen: ${said}`)));
  }).finally(() => clearTimeout(timer));
  return {
    async stop() {
      child.kill("SIGINT");
      await ended;
      const dropped = /(\d+) packets? dropped by kernel/.exec(said)?.[1];
      if (dropped === undefined) throw new Error(`tcpdump ended without its figures: ${said}`);
      return { dropped: Number(dropped) };
    },
  };
}
