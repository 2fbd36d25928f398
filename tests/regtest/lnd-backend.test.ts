import { lightningContract } from "@timmy/companion/lightning/backend-contract";
import { describe } from "vitest";
import { createLndFixture } from "./lnd-fixture.ts";
import { skipped } from "./presence.ts";

describe.skipIf(skipped.yes)(`on the real network${skipped.reason}`, () => {
  lightningContract("a real lnd", createLndFixture);
});
