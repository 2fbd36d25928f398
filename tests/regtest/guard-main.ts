import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * Ends what a network leaves when its process is killed: the pipe on standard input closes, then
 * every watched program gets SIGKILL and the given folders are removed. Lines: `watch PID`,
 * `forget PID`, `folder PATH`, `keep PATH`.
 */
const pids = new Set<number>();
const folders = new Set<string>();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [word, rest = ""] = line.split(/ (.*)/s);
    if (word === "watch") pids.add(Number(rest));
    if (word === "forget") pids.delete(Number(rest));
    if (word === "folder") folders.add(rest);
    if (word === "keep") folders.delete(rest);
  })
  .on("close", () => {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It is gone already.
      }
    }
    for (const folder of folders) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  });
// Ctrl-C reaches the whole group; the guard must outlive the process that it watches.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
