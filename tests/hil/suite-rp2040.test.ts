import { expect, it } from "vitest";
import { createRp2040Host } from "./rp2040-host.ts";
import { runSuite } from "./run-suite.ts";

// The emulator takes minutes for all of it: `npm run hil -- --host rp2040`, which CI runs too.
it("one script in twelve gives the committed traces on the image that is flashed", async () => {
  expect((await runSuite(createRp2040Host(), 12)).wrong).toEqual([]);
}, 300_000);
