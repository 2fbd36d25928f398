import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";

describe("seeded chance", () => {
  it("repeats itself for a seed and differs between seeds and streams", () => {
    const draw = (seed: number, name: string) => {
      const stream = createRandom(seed).stream(name);
      return [stream.uniform(), stream.uniform(), stream.uniform()];
    };
    expect(draw(1, "gyro")).toEqual(draw(1, "gyro"));
    expect(draw(1, "gyro")).not.toEqual(draw(2, "gyro"));
    expect(draw(1, "gyro")).not.toEqual(draw(1, "sonar"));
  });
  it("is uniform in [0, 1) and normal about 0 (seed 5, 20,000 draws)", () => {
    const random = createRandom(5);
    let sum = 0;
    let sum2 = 0;
    for (let k = 0; k < 20_000; k++) {
      const u = random.uniform();
      expect(u >= 0 && u < 1).toBe(true);
      const n = random.normal();
      sum += n;
      sum2 += n * n;
    }
    expect(Math.abs(sum / 20_000)).toBeLessThan(0.03);
    expect(Math.abs(sum2 / 20_000 - 1)).toBeLessThan(0.05);
  });
});
