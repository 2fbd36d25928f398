import { rtdLacks } from "@timmy/hardware/rtd-build";
import { describe, expect, it } from "vitest";
import { freeze, frozenHows } from "./frozen.ts";

const lacks = rtdLacks();
const required = process.env["TIMMY_REQUIRE"] === "all";
const reason = lacks === null ? "" : ` [${lacks}]`;

describe.skipIf(lacks !== null && !required)(`a robot process that is gone${reason}`, () => {
  it.each(frozenHows)(
    "stands by time to live and ramp, and nothing of it moves a motor later: %s, rtd",
    async (how) => {
      const result = await freeze("rtd", how);
      expect(result.stillTicks).toBeLessThanOrEqual(result.boundTicks);
      expect(result).toMatchObject({ movedTicks: 0, motorTicks: 0 });
    },
    40_000,
  );
});

describe("a robot process that is gone", () => {
  it("would be caught moving again: a ghost that drives on is seen", async () => {
    const result = await freeze("wasm", "SIGSTOP", true);
    expect(result.motorTicks).toBeGreaterThan(100);
  }, 40_000);
});
