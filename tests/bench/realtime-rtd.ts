import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildRtd } from "@timmy/hardware/rtd-build";

const run = promisify(execFile);

/** Lateness of a 1 kHz loop, microseconds. */
interface Late {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}
export interface RtdPair {
  readonly load: "idle" | "stress-ng";
  readonly rtd: Late;
  readonly cyclictest: Late;
  /** rtd's over cyclictest's in the same seconds: the figure that a shared machine allows. */
  readonly p99Ratio: number;
}

/** The target: rtd is at most this much later than a loop that does nothing. */
export const rtdTargetRatio = 1.5;
const priority = 80;

/** Programs that the bench needs and this machine lacks. */
export async function rtdBenchLacks(): Promise<string[]> {
  const lacks: string[] = [];
  for (const [program, from] of [
    ["cyclictest", "rt-tests"],
    ["stress-ng", "stress-ng"],
  ] as const) {
    await run(program, ["--help"]).catch((error: { code?: unknown }) => {
      if (error.code === "ENOENT") lacks.push(`${program} (apt-get install ${from})`);
    });
  }
  return lacks;
}

/** Percentiles from cyclictest's histogram: lines of "microseconds count". */
export function readHistogram(text: string): Late {
  const bins: [number, number][] = [];
  let overflowed = 0;
  for (const line of text.split("\n")) {
    const [, us, count] = /^(\d+)\s+(\d+)$/.exec(line.trim()) ?? [];
    if (us !== undefined && count !== undefined) bins.push([Number(us), Number(count)]);
    overflowed = Number(/^# Histogram Overflows: (\d+)/.exec(line)?.[1] ?? overflowed);
  }
  const maxUs = Number(/^# Max Latencies: (\d+)/m.exec(text)?.[1] ?? 0);
  const total = bins.reduce((sum, [, count]) => sum + count, overflowed);
  const at = (share: number): number => {
    let seen = 0;
    for (const [us, count] of bins) {
      seen += count;
      if (seen >= share * total) return us;
    }
    return maxUs;
  };
  return { p50Us: at(0.5), p99Us: at(0.99), maxUs };
}

/** Both loops side by side, same priority class, same processor, same seconds. */
async function measurePair(seconds: number, cpu: number): Promise<[Late, Late]> {
  const file = join(tmpdir(), `timmy-cyclictest-${process.pid}`);
  const rtd = run(buildRtd(), ["--seconds", String(seconds), "--cpu", String(cpu)]);
  const cyclictest = run("cyclictest", [
    ...["-m", "-q", "-t1", "-i1000", `-p${priority}`, `-a${cpu}`, `-D${seconds}`],
    ...["-h", "50000", `--histfile=${file}`],
  ]);
  const [{ stdout }] = await Promise.all([rtd, cyclictest]);
  const histogram = readHistogram(readFileSync(file, "utf8"));
  rmSync(file);
  const { p50Us, p99Us, maxUs } = JSON.parse(stdout) as Late;
  return [{ p50Us, p99Us, maxUs }, histogram];
}

async function endLoad(load: ChildProcess | null): Promise<void> {
  if (load === null || load.exitCode !== null) return;
  load.kill("SIGINT");
  await once(load, "exit");
}

/** rtd beside cyclictest, idle and under stress-ng. */
export async function benchRtd(seconds = 10, cpu = 0): Promise<RtdPair[]> {
  const pairs: RtdPair[] = [];
  for (const load of ["idle", "stress-ng"] as const) {
    const words = ["--cpu", "2", "--vm", "1", "--vm-bytes", "64M", "--timeout", `${seconds + 5}s`];
    const stress = load === "idle" ? null : spawn("stress-ng", words, { stdio: "ignore" });
    try {
      const [rtd, cyclictest] = await measurePair(seconds, cpu);
      const p99Ratio = Math.round((rtd.p99Us / Math.max(1, cyclictest.p99Us)) * 100) / 100;
      pairs.push({ load, rtd, cyclictest, p99Ratio });
    } finally {
      await endLoad(stress);
    }
  }
  return pairs;
}
