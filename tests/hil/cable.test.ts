import { spawn } from "node:child_process";
import { createSerialTransport } from "@timmy/firmware-bridge/serial";
import type { Transport } from "@timmy/firmware-bridge/transport";
import { rtdLacks } from "@timmy/hardware/rtd-build";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cable, cableFaults, layCable } from "./cable.ts";

const lacks = rtdLacks();
const required = process.env["TIMMY_REQUIRE"] === "all";
/** Long enough that the core latches the stop for a silent link (500 ms). */
const linkLostTicks = 700;
const reason = lacks === null ? "" : ` [${lacks}]`;

describe.skipIf(lacks !== null && !required)(`a robot on a serial cable${reason}`, () => {
  let cable: Cable;
  beforeEach(async () => {
    cable = await layCable(() => performance.now());
  });
  afterEach(() => cable.end());

  it.each(cableFaults)(
    "stops within 250 ms when its cable is %s, and is back within 3 s",
    async (fault) => {
      const short = await cable.round(fault, 0);
      const long = await cable.round(fault, linkLostTicks);
      for (const round of [short, long]) {
        expect(round.stopTicks).toBeLessThanOrEqual(250);
        expect(round.backMs).toBeLessThan(3000);
        expect(round.stillMps).toBeLessThan(0.01);
      }
      expect(long.stopReasons).toContain("link-lost");
    },
    30_000,
  );

  it("stays where it is when the frozen robot process goes on: the stop is latched", async () => {
    await cable.link.stop();
    const main = new URL("./driver-main.ts", import.meta.url).pathname;
    const driver = spawn(process.execPath, [main, cable.pattern, "0.1", "serial"], {
      stdio: "inherit",
    });
    const after = async (ticks: number) => {
      const { tick } = await cable.look();
      let fastest = 0;
      for (let now = await cable.look(); now.tick < tick + ticks; now = await cable.look()) {
        fastest = Math.max(fastest, now.mps);
      }
      return fastest;
    };
    for (let now = await cable.look(); now.mps < 0.08; now = await cable.look());
    driver.kill("SIGSTOP");
    await after(500);
    expect(await after(2000)).toBeLessThan(0.01);
    driver.kill("SIGCONT");
    expect(await after(1500)).toBeLessThan(0.01);
    driver.kill("SIGKILL");
  }, 30_000);

  it("stops when the robot process is killed, and its link's process leaves the cable", async () => {
    await cable.link.stop();
    const main = new URL("./driver-main.ts", import.meta.url).pathname;
    const driver = spawn(process.execPath, [main, cable.pattern, "0.1", "serial"], {
      stdio: "inherit",
    });
    for (let now = await cable.look(); now.mps < 0.08; now = await cable.look());
    driver.kill("SIGKILL");
    const { tick } = await cable.look();
    let now = await cable.look();
    while (now.mps >= 0.01) now = await cable.look();
    // Time to live (150 ms), the ramp, and the motors' own lag.
    expect(now.tick - tick).toBeLessThan(150 + 100 + 250);
    const wire = createSerialTransport(cable.pattern);
    await expect.poll(() => opens(wire), { timeout: 5000 }).toBe(true);
    wire.close();
  }, 30_000);
});

/** One try. */
function opens(wire: Transport): Promise<boolean> {
  return new Promise((resolve) => {
    wire.listen({ opened: () => resolve(true), closed: () => resolve(false), bytes() {} });
    wire.open();
  });
}
