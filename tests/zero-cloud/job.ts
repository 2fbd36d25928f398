import { readlinkSync } from "node:fs";
import type { NetworkKind } from "./network.ts";

/** What `main.ts` tells `inside-main.ts` to do, as its one argument in JSON. */
export interface Job {
  readonly network: NetworkKind;
  /** A folder for the capture, vitest's report and the files that stand in for /etc. */
  readonly folder: string;
  /** The namespaces of the machine, which must not be touched. */
  readonly outside: readonly string[];
  readonly commands: readonly (readonly string[])[];
  /** Whether the commands leak on purpose. */
  readonly plant: boolean;
}

/** The names of a process's network and mount namespaces. */
export function namespacesOf(process: string): string[] {
  return ["net", "mnt"].map((kind) => readlinkSync(`/proc/${process}/ns/${kind}`));
}
