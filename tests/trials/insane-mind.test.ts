import { createHash } from "node:crypto";
import { createRandom } from "@timmy/shared/ports/random";
import { describe, expect, it } from "vitest";
import { prepareLlama } from "../llama/llama-package.ts";
import { createRandomGguf } from "../llama/random-gguf.ts";
import { trial } from "./insane-mind.ts";

const llama = prepareLlama();
const required = process.env["TIMMY_REQUIRE"] === "all";
const skip = "lack" in llama && !required;
const lacks = "lack" in llama ? ` [missing here: ${llama.lack}]` : "";

describe("the trial insane-mind", () => {
  it("makes the same model of about half a megabyte from the same seed", () => {
    const hashOf = (seed: number) =>
      createHash("sha256")
        .update(createRandomGguf(createRandom(seed), ["plan"]))
        .digest("hex");
    expect(hashOf(1)).toBe(hashOf(1));
    expect(hashOf(1)).not.toBe(hashOf(2));
    const bytes = createRandomGguf(createRandom(1), []);
    expect(bytes.subarray(0, 8).toString("latin1")).toBe("GGUF\u0003\0\0\0");
    expect(bytes.length).toBeLessThan(600_000);
  });

  it.skipIf(skip)(`passes${lacks}`, async () => {
    const { pass, figures } = await trial.run({ n: 60, seed: 7, plant: false });
    expect({ pass, figures }).toMatchObject({ pass: true });
  });

  it.skipIf(skip)(`fails when the gate asks nobody${lacks}`, async () => {
    const { pass } = await trial.run({ n: 60, seed: 7, plant: true });
    expect(pass).toBe(false);
  });
});
