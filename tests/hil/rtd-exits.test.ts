import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rtdLacks } from "@timmy/hardware/rtd-build";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakePins, type FakePins } from "./rtd-fake.ts";
import { connectMaster, type RtdMaster } from "./rtd-master.ts";
import { type RtdProcess, startRtd } from "./rtd-process.ts";

const lacks = rtdLacks();
const required = process.env["TIMMY_REQUIRE"] === "all";
const reason = lacks === null ? "" : ` [${lacks}]`;
const modeArmed = 2;

describe.skipIf(lacks !== null && !required)(`rtd makes its pins safe${reason}`, () => {
  let folder = "";
  let pins: FakePins;
  let rtd: RtdProcess | null = null;
  let master: RtdMaster | null = null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "timmy-exits-"));
    pins = createFakePins(join(folder, "pins"));
    pins.setBattery(7400);
  });
  afterEach(async () => {
    master?.close();
    master = null;
    await rtd?.end();
    rtd = null;
    pins.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A robot without sonars whose wheels are pushed: enable is high and there is duty. */
  async function driving(...more: string[]): Promise<RtdProcess> {
    const socket = join(folder, "link");
    rtd = await startRtd([
      ...["--fake", join(folder, "pins"), "--listen", socket, "--stall-ms", "300"],
      ...["--set", "sonars=0", "--set", "sonarsAhead=0", ...more],
    ]);
    master = await connectMaster(socket);
    await master.next("state", ({ mode, armingCheck }) => mode === 1 && armingCheck === 0);
    expect(await master.arm()).toBe(0);
    const stop = master.drive(0.2);
    await master.next("state", ({ leftDuty }) => leftDuty > 1000);
    stop();
    expect(pins.enable()).toBe(1);
    expect(pins.duty()[0]).toBeGreaterThan(0);
    return rtd;
  }
  function expectSafe(): void {
    expect(pins.enable()).toBe(0);
    expect(pins.duty()).toEqual([0, 0]);
  }

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "when it is told to end by %s",
    async (signal) => {
      const running = await driving();
      running.child.kill(signal);
      expect(await running.ended()).toBe(0);
      expectSafe();
    },
  );

  it.each(["SIGKILL", "SIGSEGV", "SIGQUIT", "SIGABRT", "SIGFPE", "SIGUSR1", "SIGALRM"] as const)(
    "when its loop dies of %s",
    async (signal) => {
      const running = await driving();
      process.kill(running.loopPid(), signal);
      expect(await running.ended()).toBe(70);
      expectSafe();
    },
  );

  it.each(["SIGTERM", "SIGINT"] as const)("when its loop alone gets %s", async (signal) => {
    const running = await driving();
    process.kill(running.loopPid(), signal);
    expect(await running.ended()).toBe(0);
    expectSafe();
  });

  it.each(["assertion", "badAccess"] as const)("when its loop has a bug: %s", async (how) => {
    const running = await driving();
    pins.die(how);
    expect(await running.ended()).toBe(70);
    expectSafe();
  });

  it("when its loop hangs: the guard ends it", async () => {
    const running = await driving();
    pins.die("hang");
    expect(await running.ended()).toBe(70);
    expect(running.said()).toContain("the loop stood still for 300 ms");
    expectSafe();
  });

  it("when its loop is frozen: the guard ends it", async () => {
    const running = await driving();
    process.kill(running.loopPid(), "SIGSTOP");
    expect(await running.ended()).toBe(70);
    expectSafe();
  });

  it("when its guard is killed: the loop does not go on alone", async () => {
    const running = await driving();
    const before = pins.safes();
    process.kill(running.child.pid ?? 0, "SIGKILL");
    expect(await running.ended()).toBe("SIGKILL");
    await expect.poll(() => pins.safes()).toBeGreaterThan(before);
    expectSafe();
  });

  it("when its time is over", async () => {
    const running = await driving("--seconds", "3");
    expect(await running.ended()).toBe(0);
    expectSafe();
  });

  it("and goes on when a client breaks the pipe: the core stops by its own rules", async () => {
    await driving();
    master?.close();
    const second = await connectMaster(join(folder, "link"), undefined, 0x6262);
    const { payload } = await second.next("state", ({ mode }) => mode > modeArmed);
    expect(payload.reasons & 8).toBe(8);
    await expect.poll(() => pins.enable()).toBe(0);
    second.close();
  });

  it.each([
    ["a word that it does not know", ["--bogus", "1"]],
    ["a parameter out of range", ["--set", "wheelRadiusM=9"]],
    ["a name that it does not know", ["--set", "wings=2"]],
    ["a value that is no number", ["--set", "kp=much"]],
    ["a configuration that is not there", ["--config", "absent.conf"]],
  ])("before it refuses to start for %s", async (_what, words) => {
    pins.leaveDriving();
    rtd = await startRtd([...words, "--fake", join(folder, "pins")]);
    expect(await rtd.ended()).toBe(2);
    expect(rtd.said()).toMatch(/^rtd: .+/);
    expectSafe();
  });

  it("before it refuses to start because its link is taken", async () => {
    const running = await driving();
    const other = join(folder, "other");
    const left = createFakePins(other);
    left.leaveDriving();
    const second = await startRtd(["--fake", other, "--listen", join(folder, "link")]);
    expect(await second.ended()).toBe(1);
    expect(left.enable()).toBe(0);
    left.close();
    expect(running.child.exitCode).toBeNull();
    const third = await connectMaster(join(folder, "link"), undefined, 0x7373);
    await third.next("state");
    third.close();
  });

  it("with --safe after both its processes were killed at once: nobody else was left to", async () => {
    const running = await driving();
    const loop = running.loopPid();
    process.kill(running.child.pid ?? 0, "SIGSTOP");
    process.kill(loop, "SIGKILL");
    process.kill(running.child.pid ?? 0, "SIGKILL");
    await running.ended();
    expect(pins.enable()).toBe(1);
    rtd = await startRtd(["--fake", join(folder, "pins"), "--safe"]);
    expect(await rtd.ended()).toBe(0);
    expectSafe();
  });

  it("with --safe and nothing else, for whoever cleans up after it", async () => {
    pins.leaveDriving();
    rtd = await startRtd(["--fake", join(folder, "pins"), "--safe"]);
    expect(await rtd.ended()).toBe(0);
    expectSafe();
  });

  it("and starts again where a killed one left its socket behind", async () => {
    const running = await driving();
    process.kill(running.child.pid ?? 0, "SIGKILL");
    await running.ended();
    master?.close();
    rtd = await startRtd(["--fake", join(folder, "pins"), "--listen", join(folder, "link")]);
    expect(rtd.said()).toContain("rtd: ready");
  });

  it("reads its configuration: names, comments, pins", async () => {
    const config = join(folder, "rtd.conf");
    writeFileSync(config, "# mk1\nlinearMps = 0.3\n\nled = 18  # GPIO 18\nbumper_left = 5\n");
    rtd = await startRtd(["--fake", join(folder, "pins"), "--config", config, "--safe"]);
    expect(await rtd.ended()).toBe(0);
  });
});
