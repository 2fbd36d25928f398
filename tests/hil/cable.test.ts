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
});
