import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFrameDecoder, encodeFrame } from "@timmy/firmware-bridge/frame-codec";
import { describe, expect, it } from "vitest";
import { runDoctor } from "./doctor.ts";
import {
  type DoctorPorts,
  latenessOf,
  measureLink,
  measureRights,
  measureRtd,
  measureSupply,
} from "./doctor-probes.ts";
import { inPlainText, isHealthy, judge, type Measurements } from "./doctor-report.ts";

const laptop: Measurements = {
  platform: "linux x64",
  sleep: { p50Us: 60, p99Us: 400, maxUs: 900 },
  rtd: null,
  pins: false,
  link: null,
  realtimePriority: 0,
  lockableBytes: 8_388_608,
  undervoltage: null,
};
const rtd = {
  tier: "firm",
  fifo: true,
  memoryLocked: true,
  preemptRt: true,
  ticks: 3000,
  p50Us: 5,
  p99Us: 40,
  maxUs: 90,
  edges: 6000,
  lostEdges: 0,
  writeMeanUs: 9,
  writeMaxUs: 60,
};

/** Files and programs of a machine that is made up. */
function machine(
  files: Record<string, string>,
  programs: Record<string, { out: string; ok: boolean }> = {},
): DoctorPorts {
  return {
    read: (path) => files[path] ?? null,
    list: (folder) => [
      ...new Set(
        Object.keys(files)
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""),
      ),
    ],
    run: async (program) => programs[program] ?? null,
  };
}
const levels = (measurements: Measurements) =>
  Object.fromEntries(judge(measurements).findings.map(({ id, level }) => [id, level]));

describe("the doctor's judgement", () => {
  it("of a laptop without any hardware: simulated, said plainly, nothing to mend", () => {
    const report = judge(laptop);
    expect(report.tier).toBe("simulated");
    expect(isHealthy(report)).toBe(true);
    const text = inPlainText(report);
    expect(text).toContain("no real core was found here");
    expect(text).toContain("rtd, the core's host on Linux, is not built here.");
    expect(text).toContain("Nothing is wrong.");
  });
  it("of a robot with all rights: firm, with its own figures", () => {
    const robot = {
      ...laptop,
      rtd,
      pins: true,
      realtimePriority: 95,
      lockableBytes: Number.MAX_SAFE_INTEGER,
    };
    expect(judge(robot).tier).toBe("firm");
    expect(levels(robot)).toMatchObject({
      "rtd-jitter": "good",
      "rtd-tier": "good",
      "pwm-write": "good",
      "edge-rate": "good",
      scheduling: "good",
      "memory-lock": "good",
    });
    expect(inPlainText(judge(robot))).toContain("2000 edges a second");
  });
  it("of missing rights names each, and what grants them", () => {
    const text = inPlainText(
      judge({ ...laptop, rtd: { ...rtd, tier: "soft", fifo: false, preemptRt: false } }),
    );
    expect(text).toContain("it lacks the right to SCHED_FIFO and a PREEMPT_RT kernel");
    expect(text).toContain("LimitRTPRIO");
  });
  it("of a motor board takes the tier from the board itself", () => {
    expect(judge({ ...laptop, link: { p50Ms: 2, maxMs: 6, tier: "hard" } }).tier).toBe("hard");
  });
  it.each<[string, Partial<Measurements>, string]>([
    ["a silent core", { link: "it is silent" }, "link"],
    ["a supply that is too low now", { undervoltage: { now: true, before: true } }, "supply"],
    ["a supply that was too low", { undervoltage: { now: false, before: true } }, "supply"],
    ["lost edges", { rtd: { ...rtd, lostEdges: 3 }, pins: true }, "edge-rate"],
    ["slow PWM", { rtd: { ...rtd, writeMaxUs: 900 }, pins: true }, "pwm-write"],
    ["a robot's late loop", { rtd: { ...rtd, p99Us: 2000 }, pins: true }, "rtd-jitter"],
    ["an rtd that cannot start", { rtd: "no GPIO chip" }, "rtd"],
  ])("of %s is bad, and says what to do", (_what, change, id) => {
    const report = judge({ ...laptop, ...change });
    const finding = report.findings.find((f) => f.id === id);
    expect(finding).toMatchObject({ level: "bad" });
    expect(finding?.remedy).not.toBe("");
    expect(isHealthy(report)).toBe(false);
    expect(inPlainText(report)).toContain("to mend before it drives");
  });
});

describe("the doctor's probes", () => {
  it("read a Raspberry Pi's undervoltage flags, or its sensor, or none", async () => {
    const pi = (out: string) => machine({}, { vcgencmd: { out, ok: true } });
    expect(await measureSupply(pi("throttled=0x0\n"))).toEqual({ now: false, before: false });
    expect(await measureSupply(pi("throttled=0x50005\n"))).toEqual({ now: true, before: true });
    expect(await measureSupply(pi("throttled=0x50000\n"))).toEqual({ now: false, before: true });
    const sensor = {
      "/sys/class/hwmon/hwmon0/name": "cpu\n",
      "/sys/class/hwmon/hwmon1/name": "rpi_volt\n",
    };
    const alarm = { ...sensor, "/sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n" };
    expect(await measureSupply(machine(alarm))).toEqual({ now: true, before: true });
    expect(await measureSupply(machine({}))).toBeNull();
  });
  it("read limits and capabilities", () => {
    const limits =
      "Max locked memory         8388608              8388608              bytes\nMax realtime priority     0                    0\n";
    const plain = machine({ "/proc/self/limits": limits });
    expect(measureRights(plain)).toEqual({ realtimePriority: 0, lockableBytes: 8_388_608 });
    const root = machine({
      "/proc/self/limits": limits,
      "/proc/self/status": "CapEff:\t000001ffffffffff\n",
    });
    expect(measureRights(root)).toEqual({
      realtimePriority: 99,
      lockableBytes: Number.MAX_SAFE_INTEGER,
    });
    expect(measureRights(machine({}))).toEqual({ realtimePriority: null, lockableBytes: null });
  });
  it("take rtd's figures, or its last sentence when it fails", async () => {
    const path = "rtd";
    const ran = machine({}, { rtd: { out: JSON.stringify(rtd), ok: true } });
    expect(await measureRtd(ran, { path, seconds: 1 })).toEqual(rtd);
    const failed = machine({}, { rtd: { out: "rtd: no GPIO chip", ok: false } });
    expect(await measureRtd(failed, { path, seconds: 1 })).toBe("rtd: no GPIO chip");
    expect(await measureRtd(machine({}), { path, seconds: 1 })).toBe("rtd cannot be run");
  });
  it("measure a link by its hellos, and give up on a silent one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "timmy-doctor-"));
    const socketPath = join(folder, "core");
    let silent = false;
    const core = createServer((socket) => {
      const decoder = createFrameDecoder();
      socket.on("error", () => undefined);
      socket.on("data", (bytes) =>
        decoder.push(bytes, ({ payload }) => {
          if (silent || !("session" in payload)) return;
          const { session } = payload;
          const said = { session, nonce: 1, build: 1, generation: 0, tier: 0, capabilities: 0 };
          socket.write(encodeFrame({ type: "core-hello", seq: 1, tick: 1, payload: said }));
        }),
      );
    });
    await new Promise<void>((resolve) => core.listen(socketPath, resolve));
    expect(await measureLink({ socketPath })).toMatchObject({ tier: "hard" });
    silent = true;
    expect(await measureLink({ socketPath })).toBe("it is silent");
    core.close();
    expect(await measureLink({ socketPath: join(folder, "absent") })).toContain("cannot be opened");
    rmSync(folder, { recursive: true, force: true });
  });
  it("sort lateness", () => {
    expect(latenessOf([5, 1, 9])).toEqual({ p50Us: 5, p99Us: 9, maxUs: 9 });
    expect(latenessOf([])).toEqual({ p50Us: 0, p99Us: 0, maxUs: 0 });
  });
});

describe("timmy-robot doctor", () => {
  it("works where there is nothing, in sentences and as JSON, with its exit code", async () => {
    let said = "";
    const nothing = machine({}, { rtd: { out: "rtd: no GPIO chip", ok: false } });
    const write = (text: string) => {
      said += text;
    };
    const words = ["--seconds", "1", "--rtd", "rtd"];
    expect(await runDoctor([...words, "--json"], write, nothing)).toBe(1);
    expect(JSON.parse(said)).toMatchObject({ tier: "simulated", measurements: { pins: false } });
    said = "";
    expect(await runDoctor(words, write, nothing)).toBe(1);
    expect(said).toContain("Tier: simulated");
    await expect(runDoctor(["--seconds", "none"], write, nothing)).rejects.toThrow("--seconds");
  });
});
