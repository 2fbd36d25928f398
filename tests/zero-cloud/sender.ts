import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { limits } from "./limits.ts";
import type { Packet } from "./packet.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A command line without its options, and without the path of this project. */
export function shortenCommand(words: readonly string[], folder: string): string {
  const named = words.filter((word) => word !== "" && !word.startsWith("-"));
  return named.join(" ").replaceAll(folder, "").slice(0, limits.commandChars);
}

/** The process that holds the packet's socket, by the lines of `ss -Htunap`; null when none does. */
export function pidOfSender(sockets: string, { fromPort }: Packet): number | null {
  if (fromPort === null) return null;
  for (const line of sockets.split("\n")) {
    const [, , , , local = "", , users = ""] = line.trim().split(/\s+/);
    const pid = /pid=(\d+)/.exec(users)?.[1];
    if (local.endsWith(`:${fromPort}`) && pid !== undefined) return Number(pid);
  }
  return null;
}

/** The sender and who started it, as their command lines; looked up at once, sockets are short. */
export function nameSender(packet: Packet): string {
  const { stdout } = spawnSync("ss", ["-Htunap"], { encoding: "utf8" });
  let pid = pidOfSender(stdout, packet);
  if (pid === null) return "a process that had gone, or that used no port";
  const names: string[] = [];
  while (pid !== null && pid > 1 && pid !== process.pid && names.length < limits.ancestors) {
    // Programs that write their own title put spaces between the words.
    const words = read(`/proc/${pid}/cmdline`).split(/[\0 ]/);
    names.push(`${shortenCommand(words, root)} (${pid})`);
    const parent: string | undefined = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1];
    pid = parent === undefined ? null : Number(parent);
  }
  return names.join("\n      started by ");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It ended while we looked.
  }
}
