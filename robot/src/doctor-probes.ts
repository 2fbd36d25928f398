import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { createFrameDecoder, encodeFrame } from "@timmy/firmware-bridge/frame-codec";
import { createSerialTransport } from "@timmy/firmware-bridge/serial";
import { createSocketTransport } from "@timmy/firmware-bridge/socket";
import type { CorePlace } from "@timmy/firmware-bridge/worker-messages";
import { builtRtd } from "@timmy/hardware/rtd-build";
import type { Lateness, Measurements, RtdFigures } from "./doctor-report.ts";

/** What the doctor needs of a machine. */
export interface DoctorPorts {
  /** The text of a file, null when there is none. */
  read(path: string): string | null;
  list(folder: string): string[];
  /** What a program says, null when it cannot be run or fails. */
  run(program: string, args: readonly string[]): Promise<{ out: string; ok: boolean } | null>;
}

const installedRtd = "/usr/lib/timmy/rtd";
/** No limit, as a number that JSON knows. */
const unlimited = Number.MAX_SAFE_INTEGER;
const askMs = 1000;
const hellos = 20;
const tierNames = ["hard", "firm", "soft", "simulated"] as const;

export const systemDoctorPorts: DoctorPorts = {
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  },
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
  async run(program, args) {
    try {
      const { stdout } = await promisify(execFile)(program, [...args], { timeout: 60_000 });
      return { out: stdout, ok: true };
    } catch (error) {
      const { stderr, code } = error as { stderr?: string; code?: unknown };
      if (code === "ENOENT" || code === "EACCES") return null;
      return { out: (stderr ?? "").trim(), ok: false };
    }
  },
};

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

export function latenessOf(lateUs: readonly number[]): Lateness {
  const sorted = [...lateUs].sort((a, b) => a - b);
  return { p50Us: at(sorted, 0.5), p99Us: at(sorted, 0.99), maxUs: sorted.at(-1) ?? 0 };
}

/** Sleeps 1 ms at a time for so long, in a thread of its own. */
export async function measureSleep(seconds: number): Promise<Lateness> {
  const worker = new Worker(new URL("./jitter-worker.ts", import.meta.url), {
    workerData: { seconds },
  });
  return new Promise((resolve, reject) => {
    worker.once("message", (late: number[]) => resolve(latenessOf(late)));
    worker.once("error", reject);
  });
}

/** rtd's own figures; with a configuration it takes the robot's pins, enable stays low. */
export async function measureRtd(
  ports: DoctorPorts,
  options: { readonly path?: string; readonly config?: string; readonly seconds: number },
): Promise<Measurements["rtd"]> {
  const path = options.path ?? builtRtd() ?? (existsSync(installedRtd) ? installedRtd : null);
  if (path === null) return null;
  const config = options.config === undefined ? [] : ["--config", options.config];
  const done = await ports.run(path, [...config, "--seconds", String(options.seconds)]);
  if (done === null) return `${path} cannot be run`;
  if (!done.ok) return done.out.split("\n").at(-1) ?? "it failed";
  return JSON.parse(done.out) as RtdFigures;
}

/** Says hello so many times and measures the answers; takes nothing over and moves nothing. */
export async function measureLink(place: CorePlace): Promise<Measurements["link"]> {
  const transport =
    "socketPath" in place
      ? createSocketTransport(place.socketPath)
      : createSerialTransport(place.serialPath);
  const decoder = createFrameDecoder();
  const took: number[] = [];
  let tier = "";
  let seq = 0;
  let sentMs = 0;
  const ended = Promise.withResolvers<string | null>();
  const session = 0x0d0c_7025;
  function ask(): void {
    sentMs = performance.now();
    transport.send(encodeFrame({ type: "hello", seq: ++seq, tick: 0, payload: { session } }));
  }
  transport.listen({
    opened: ask,
    closed: () => ended.resolve("the line cannot be opened, or was closed"),
    bytes: (bytes) =>
      decoder.push(bytes, (frame) => {
        if (frame.type !== "core-hello" || frame.payload.session !== session) return;
        took.push(performance.now() - sentMs);
        tier = tierNames[frame.payload.tier] ?? "simulated";
        if (took.length < hellos) ask();
        else ended.resolve(null);
      }),
  });
  const limit = setTimeout(() => ended.resolve("it is silent"), askMs * 2);
  transport.open();
  const failure = await ended.promise;
  clearTimeout(limit);
  transport.close();
  if (failure !== null) return failure;
  const sorted = took.sort((a, b) => a - b);
  const rounded = (ms: number) => Math.round(ms * 10) / 10;
  return { p50Ms: rounded(at(sorted, 0.5)), maxMs: rounded(sorted.at(-1) ?? 0), tier };
}

/** The soft limit of this process by its name in /proc. */
function limitOf(ports: DoctorPorts, name: string): number | null {
  const line = ports
    .read("/proc/self/limits")
    ?.split("\n")
    .find((l) => l.startsWith(name));
  const value = line?.slice(name.length).trim().split(/\s+/)[0];
  if (value === undefined) return null;
  return value === "unlimited" ? unlimited : Number(value);
}

/** Root may do it all, whatever its limits say. */
function hasCapability(ports: DoctorPorts, bit: bigint): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(ports.read("/proc/self/status") ?? "")?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> bit) & 1n) === 1n;
}
const capIpcLock = 14n;
const capSysNice = 23n;

export function measureRights(
  ports: DoctorPorts,
): Pick<Measurements, "realtimePriority" | "lockableBytes"> {
  const priority = limitOf(ports, "Max realtime priority");
  const bytes = limitOf(ports, "Max locked memory");
  return {
    realtimePriority: priority !== null && hasCapability(ports, capSysNice) ? 99 : priority,
    lockableBytes: bytes !== null && hasCapability(ports, capIpcLock) ? unlimited : bytes,
  };
}

/** The firmware's flags of a Raspberry Pi (bit 0 now, bit 16 since the start), else its sensor. */
export async function measureSupply(ports: DoctorPorts): Promise<Measurements["undervoltage"]> {
  const said = await ports.run("vcgencmd", ["get_throttled"]);
  const flags = /throttled=0x([0-9a-f]+)/i.exec(said?.out ?? "")?.[1];
  if (flags !== undefined) {
    const bits = Number.parseInt(flags, 16);
    return { now: (bits & 1) !== 0, before: (bits & 0x1_0000) !== 0 };
  }
  const folder = "/sys/class/hwmon";
  for (const name of ports.list(folder)) {
    if (ports.read(join(folder, name, "name"))?.trim() !== "rpi_volt") continue;
    const alarm = ports.read(join(folder, name, "in0_lcrit_alarm"))?.trim() === "1";
    return { now: alarm, before: alarm };
  }
  return null;
}
