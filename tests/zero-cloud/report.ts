import { limits } from "./limits.ts";
import type { Packet } from "./packet.ts";

/** A packet that left, and whose it was. */
export interface Sighting {
  readonly packet: Packet;
  readonly sender: string;
}

/** When the tests of a file ran, in milliseconds since 1970. */
export interface TestRun {
  readonly file: string;
  readonly startMs: number;
  readonly endMs: number;
}

interface Attempt extends Sighting {
  readonly what: string;
  readonly count: number;
}

/** What tried to leave, a few lines each: what it was, who it was, and what was tested meanwhile. */
export function describeSightings(
  sightings: readonly Sighting[],
  runs: readonly TestRun[],
): string[] {
  const attempts = gatherAttempts(sightings);
  const lines = attempts.slice(0, limits.attemptsShown).flatMap((attempt) => {
    const { what, count, sender, packet } = attempt;
    const files = filesAt(packet.timeS * 1000, runs);
    return [
      `  ${what}, ${count} ${count === 1 ? "packet" : "packets"}`,
      `    sent by ${sender}`,
      ...(files.length > 0 ? [`    while these ran: ${files.join(", ")}`] : []),
    ];
  });
  const more = attempts.length - limits.attemptsShown;
  return more > 0 ? [...lines, `  and ${more} more`] : lines;
}

/** Packets that say the same from the same sender are one attempt: a repeated SYN, a question. */
function gatherAttempts(sightings: readonly Sighting[]): Attempt[] {
  const attempts = new Map<string, Attempt>();
  for (const { packet, sender } of sightings) {
    const what = whatIs(packet);
    const key = `${what}, ${sender}`;
    const known = attempts.get(key) ?? { packet, sender, what, count: 0 };
    attempts.set(key, { ...known, count: known.count + 1 });
  }
  return [...attempts.values()];
}

function whatIs({ protocol, from, to, toPort, says }: Packet): string {
  const target = toPort === null ? to : `${to} port ${toPort}`;
  // Sequence numbers and the numbers of questions differ each time.
  const brief = says.replace(/, seq .*$/, "").replace(/^\d+\+?\s+/, "");
  return `${protocol} from ${from} to ${target}: ${brief}`;
}

/** vitest reports from a file's first test on; what a hook before it sends counts for the file too. */
function filesAt(atMs: number, runs: readonly TestRun[]): string[] {
  return runs
    .filter(({ startMs, endMs }) => startMs - limits.hooksMs <= atMs && atMs <= endMs)
    .sort((a, b) => Math.abs(a.startMs - atMs) - Math.abs(b.startMs - atMs))
    .slice(0, limits.filesNamed)
    .map(({ file }) => file);
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

/** The files of vitest's own JSON report, with their paths from `root` on. */
export function readTestRuns(json: string, root: string): TestRun[] {
  const { testResults } = JSON.parse(json) as VitestReport;
  return testResults.map(({ name, startTime, endTime }) => ({
    file: name.startsWith(root) ? name.slice(root.length) : name,
    startMs: startTime,
    endMs: endTime,
  }));
}
