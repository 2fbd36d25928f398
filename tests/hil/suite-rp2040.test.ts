import { expect, it } from "vitest";
import { createRp2040Host } from "./rp2040-host.ts";
import { runSuite } from "./run-suite.ts";

it("the conformance suite gives the committed traces on the image that is flashed", async () => {
  expect((await runSuite(createRp2040Host())).wrong).toEqual([]);
}, 600_000);
