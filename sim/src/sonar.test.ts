import { describe, expect, it } from "vitest";
import { createRayCaster, type RayBox } from "./ray-caster.ts";
import { createReplayRandom } from "./replay-random.ts";
import { coneRangeM, createSonar } from "./sonar.ts";

const place = { xM: 0, yM: 0, headingRad: 0 };
const wall = (distance: number, heading_rad = 0, label = "wall"): RayBox => ({
  label,
  x_m: distance + 0.5,
  y_m: 0,
  size_x_m: 1,
  size_y_m: 20,
  heading_rad,
});
const range = (boxes: readonly RayBox[], soft: readonly string[] = []) =>
  coneRangeM(createRayCaster(boxes, soft), place);

describe("the cone", () => {
  it("measures the nearest point of a wall head on", () => {
    expect(range([wall(1.2)])).toBeCloseTo(1.2, 9);
  });

  it("meets a post beside the axis, but not outside of 15 degrees", () => {
    const post = (y_m: number): RayBox => ({
      ...wall(1),
      x_m: 1,
      y_m,
      size_x_m: 0.06,
      size_y_m: 0.06,
    });
    expect(range([post(0.2)])).toBeLessThan(1.1);
    expect(range([post(0.4)])).toBe(Number.POSITIVE_INFINITY);
  });

  it("loses a hard wall that is steeper than 45 degrees, and hears a soft one", () => {
    const steep: RayBox = { ...wall(1), x_m: 1.5, size_x_m: 0.1, heading_rad: 1.2 };
    expect(range([steep])).toBe(Number.POSITIVE_INFINITY);
    expect(range([{ ...steep, label: "curtain" }], ["curtain"])).toBeLessThan(2);
  });

  it("does not hear cloth from far away", () => {
    expect(range([wall(3, 0, "sofa")], ["sofa"])).toBe(Number.POSITIVE_INFINITY);
    expect(range([wall(3)])).toBeCloseTo(3, 9);
  });
});

function measure(distance: number, times: number): { echoes: number[]; timeouts: number } {
  const sonar = createSonar(
    createRayCaster([wall(distance)]),
    createReplayRandom(7, "sonar front"),
  );
  const echoes: number[] = [];
  let timeouts = 0;
  for (let ms = 0; ms < times * 60; ms++) {
    const echo = sonar.poll(ms);
    if (echo > 0) echoes.push(echo);
    if (echo === -1) timeouts++;
    if (ms % 60 === 0) sonar.trigger(ms, place);
  }
  return { echoes, timeouts };
}

describe("createSonar", () => {
  it("measures 1 m with about 1 % of noise and 3 % of dropouts", () => {
    const { echoes, timeouts } = measure(1, 4000);
    const metres = echoes.map((us) => (us * 343) / 2e6);
    const mean = metres.reduce((sum, m) => sum + m, 0) / metres.length;
    const variance = metres.reduce((sum, m) => sum + (m - mean) ** 2, 0) / metres.length;
    expect(mean).toBeCloseTo(1, 2);
    expect(Math.sqrt(variance)).toBeGreaterThan(0.008);
    expect(Math.sqrt(variance)).toBeLessThan(0.012);
    expect(timeouts / 4000).toBeGreaterThan(0.02);
    expect(timeouts / 4000).toBeLessThan(0.04);
  });

  it("times out on an empty room every time, 38 ms after the trigger", () => {
    expect(measure(9, 50)).toEqual({ echoes: [], timeouts: 50 });
    const sonar = createSonar(createRayCaster([]), createReplayRandom(1, "sonar front"));
    sonar.trigger(100, place);
    expect([137, 138, 139].map((ms) => sonar.poll(ms))).toEqual([0, -1, 0]);
  });

  it("reads 2 cm when it is nearer than that", () => {
    const { echoes } = measure(0.001, 20);
    expect(new Set(echoes)).toEqual(new Set([Math.round((2e6 * 0.02) / 343)]));
  });

  it("ends the echo after the time that sound takes, and ignores triggers until then", () => {
    const sonar = createSonar(createRayCaster([wall(1.715)]), createReplayRandom(3, "sonar front"));
    expect(sonar.trigger(0, place)).toBe(true);
    expect(sonar.trigger(5, place)).toBe(false);
    const ended = Array.from({ length: 40 }, (_, ms) => ms).filter((ms) => sonar.poll(ms) !== 0);
    expect(ended).toHaveLength(1);
    expect(Math.abs((ended[0] ?? 0) - 10.5)).toBeLessThan(1.5);
    expect(sonar.trigger(41, place)).toBe(true);
  });
});
