import { spawnSync } from "node:child_process";

const wanted = [
  ["unshare", "--version"],
  ["mount", "--version"],
  ["ip", "-V"],
  ["ss", "-V"],
  ["tcpdump", "--version"],
] as const;

/** What a machine has of what a network of our own needs. */
export interface Machine {
  readonly platform: string;
  /** The programs that it lacks. */
  readonly missing: readonly string[];
  readonly isRoot: boolean;
  /** What the kernel said to a namespace, "" when it made one. */
  readonly refusal: string;
}

/** Why there can be no network of our own there, as a sentence with the remedy, or null. */
export function lackOf({ platform, missing, isRoot, refusal }: Machine): string | null {
  if (platform !== "linux") return "it needs Linux, for its network namespaces.";
  if (missing.length > 0) {
    return `${missing.join(", ")} missing: apt-get install tcpdump iproute2 util-linux.`;
  }
  if (!isRoot) return "it needs root, to make a network namespace: sudo.";
  return refusal === "" ? null : `this machine allows no network namespace (${refusal}).`;
}

/** The same of this machine. */
export function findLack(): string | null {
  const { platform } = process;
  const linux = platform === "linux";
  const isMissing = ([name, option]: readonly [string, string]) =>
    spawnSync(name, [option]).error !== undefined;
  const missing = linux ? wanted.filter(isMissing).map(([name]) => name) : [];
  const isRoot = process.getuid?.() === 0;
  const tried = linux && isRoot && missing.length === 0;
  const made = tried
    ? spawnSync("unshare", ["--net", "--mount", "true"], { encoding: "utf8" })
    : null;
  const refusal = made === null || made.status === 0 ? "" : made.stderr.trim();
  return lackOf({ platform, missing, isRoot, refusal });
}
