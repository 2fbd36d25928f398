import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBoard } from "@timmy/hardware/board";
import { coreParams } from "@timmy/hardware/core-params";
import { rtdLacks } from "@timmy/hardware/rtd-build";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PeerProcess, startPeer } from "./peer-process.ts";
import { createFakePins, type FakePins } from "./rtd-fake.ts";
import { connectMaster, type RtdMaster } from "./rtd-master.ts";
import { type RtdProcess, startRtd } from "./rtd-process.ts";

const lacks = rtdLacks();
const required = process.env["TIMMY_REQUIRE"] === "all";
const reason = lacks === null ? "" : ` [${lacks}]`;

describe.skipIf(lacks !== null && !required)(`rtd on its pins${reason}`, () => {
  let folder = "";
  let pins: FakePins;
  let rtd: RtdProcess;
  let master: RtdMaster;
  let peer: PeerProcess | null = null;

  async function start(args: readonly string[] = [], env: Record<string, string> = {}) {
    const link = join(folder, "link");
    // A shared machine may stand still for longer than a robot may.
    const words = ["--fake", join(folder, "pins"), "--listen", link, "--stall-ms", "2000"];
    rtd = await startRtd([...words, ...args], { env });
    master = await connectMaster(link);
    await master.next("state");
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "timmy-pins-"));
    pins = createFakePins(join(folder, "pins"));
    pins.setBattery(7400);
  });
  afterEach(async () => {
    master.close();
    await rtd.end();
    peer?.end();
    peer = null;
    pins.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("counts a wheel from the edges of its two channels, both ways", async () => {
    await start();
    for (let period = 0; period < 100; period++) {
      // Forward: channel A leads. The right wheel turns backward.
      for (const high of [true, false]) {
        pins.edge("leftA", high, 0);
        pins.edge("rightB", high, 0);
        pins.edge("leftB", high, 0);
        pins.edge("rightA", high, 0);
      }
      // No more than 40 counts in a tick, or an encoder has jumped.
      if (period % 5 === 4) await master.next("state");
    }
    const { payload } = await master.next("state");
    const { wheel_radius_m, counts_per_rev, track_m } = loadBoard();
    const wayM = (400 * 2 * Math.PI * wheel_radius_m) / counts_per_rev;
    expect(payload.headingRad).toBeCloseTo((-2 * wayM) / track_m, 3);
    expect(payload.xM).toBeCloseTo(0, 3);
  });

  it("measures an echo between its edges, and takes the long pulse for silence", async () => {
    await start();
    await expect.poll(() => pins.triggers()).toBeGreaterThan(0);
    pins.edge("echoFront", true, 1_000_000);
    pins.edge("echoFront", false, 1_005_831);
    const seen = await master.next("state", ({ flags }) => (flags & 8) !== 0);
    // 5,831 us are a metre there and back.
    expect(Math.abs(seen.payload.frontMm - 1000)).toBeLessThan(3);
    pins.edge("echoFront", true, 2_000_000);
    pins.edge("echoFront", false, 2_038_000);
    const silent = await master.next("state", ({ frontAgeMs }) => frontAgeMs < 40);
    expect(silent.payload.frontMm).toBeGreaterThan(900);
  });

  it("believes an open e-stop contact, and both bumpers only where they are wired", async () => {
    await start(["--set", "bumper_left=5"]);
    const pressed = await master.next("state");
    expect(pressed.payload.flags & 3).toBe(1);
    pins.setLevel("bumperLeft", true);
    pins.setLevel("estop", true);
    const { payload } = await master.next("state", ({ mode }) => mode >= 3);
    expect(payload.reasons).toBe(4);
    expect(payload.flags & 4).toBe(4);
  });

  it("says soft without the right to be on time, and tells its tier in its hello", async () => {
    await start();
    const hello = master.next("core-hello");
    master.send("hello");
    expect((await hello).payload.tier).toBe(2);
    expect(rtd.said()).toContain("soft; no right to SCHED_FIFO, the speed is capped");
  });

  it("drives no faster than the cap of a soft host, whatever it is asked for", async () => {
    await start(["--set", "sonars=0", "--set", "sonarsAhead=0"]);
    await master.next("state", ({ mode, armingCheck }) => mode === 1 && armingCheck === 0);
    const raised = master.next("param");
    master.send("hello");
    await master.next("core-hello");
    master.send("param-set", { id: coreParams.linearMps, value: 0.5 });
    expect((await raised).payload.code).toBe(0);
    expect(master.state().payload.ceilingMps).toBeLessThanOrEqual(0.2001);
  });

  it("tells systemd that it is ready, that it lives, and that it leaves", async () => {
    const socket = join(folder, "notices");
    peer = await startPeer("notices", socket);
    await start([], { NOTIFY_SOCKET: socket });
    const first = await peer.next();
    expect(first).toMatch(/^READY=1,STATUS=soft/);
    expect(await peer.next()).toBe("WATCHDOG=1");
    expect(await peer.next()).toBe("WATCHDOG=1");
    rtd.child.kill("SIGTERM");
    let last = "";
    while (last !== "STOPPING=1") last = await peer.next();
    expect(await rtd.ended()).toBe(0);
  });

  it("does not tell systemd that it lives when its loop stands still", async () => {
    const socket = join(folder, "notices");
    peer = await startPeer("notices", socket);
    await start(["--stall-ms", "400"], { NOTIFY_SOCKET: socket });
    pins.die("hang");
    expect(await rtd.ended()).toBe(70);
    expect(pins.enable()).toBe(0);
  });

  it("keeps two clients' bytes apart", async () => {
    await start();
    const second = await connectMaster(join(folder, "link"), undefined, 0x7777);
    await second.next("state");
    const half = second.encode("hello");
    second.raw(half.subarray(0, 5));
    // The half was read before the other's whole frame.
    await master.next("state");
    await master.next("state");
    const answered = master.next("core-hello", ({ session }) => session === 0x5151);
    master.send("hello");
    await answered;
    const other = second.next("core-hello", ({ session }) => session === 0x7777);
    second.raw(half.subarray(5));
    await other;
    expect(master.state().payload.badFrames).toBe(0);
    second.close();
  });

  it("knows every parameter by the name that TypeScript gives it", async () => {
    await start();
    const source = new URL("../../hardware/realtime/hosts/linux/param-names.c", import.meta.url);
    const names = [...readFileSync(source, "utf8").matchAll(/= "(\w+)"/g)].map(([, name]) => name);
    expect(names).toEqual(Object.keys(coreParams));
  });
});
