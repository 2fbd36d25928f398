import { rtdLacks } from "@timmy/hardware/rtd-build";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cable, cableFaults, layCable } from "./cable.ts";

const lacks = rtdLacks();
const required = process.env["TIMMY_REQUIRE"] === "all";
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
      const round = await cable.round(fault);
      expect(round.stopTicks).toBeLessThanOrEqual(250);
      expect(round.backMs).toBeLessThan(3000);
      expect(round.stopReasons).toContain("link-lost");
    },
    30_000,
  );
});
