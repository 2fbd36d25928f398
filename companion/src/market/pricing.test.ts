import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { successFactor } from "./learner.ts";
import { calculateRate, complexityOf, type RateInputs } from "./pricing.ts";

const inputs = fc.record({
  complexity: fc.integer({ min: 1, max: 100 }),
  ratePerUnitMsat: fc.bigInt({ min: 1n, max: 1_000_000n }),
  queueDepth: fc.integer({ min: 0, max: 50 }),
  record: fc.record({ succeeded: fc.nat(1000), failed: fc.nat(1000) }),
  costFloorMsat: fc.bigInt({ min: 0n, max: 1_000_000n }),
});
const rises = (change: (i: RateInputs) => RateInputs) =>
  fc.assert(fc.property(inputs, (i) => calculateRate(change(i)) >= calculateRate(i)));

describe("a price", () => {
  it("rises with complexity, demand and success, and falls with failure", () => {
    rises((i) => ({ ...i, complexity: i.complexity + 1 }));
    rises((i) => ({ ...i, queueDepth: i.queueDepth + 1 }));
    rises((i) => ({ ...i, record: { ...i.record, succeeded: i.record.succeeded + 1 } }));
    const worse = (i: RateInputs) => ({ ...i.record, failed: i.record.failed + 1 });
    fc.assert(
      fc.property(inputs, (i) => calculateRate({ ...i, record: worse(i) }) <= calculateRate(i)),
    );
  });
  it("is never below the cost floor", () => {
    fc.assert(fc.property(inputs, (i) => calculateRate(i) >= i.costFloorMsat));
  });
  it("is complexity times rate where nothing waits and nothing is known", () => {
    const record = { succeeded: 0, failed: 0 };
    const plain = {
      complexity: 3,
      ratePerUnitMsat: 1000n,
      queueDepth: 0,
      record,
      costFloorMsat: 1n,
    };
    expect(calculateRate(plain)).toBe(3000n);
    expect(calculateRate({ ...plain, queueDepth: 5 })).toBe(4500n);
  });
});

describe("experience", () => {
  it("stays between one half and one and a half, and one failure is no verdict", () => {
    const counts = fc.record({ succeeded: fc.nat(1_000_000), failed: fc.nat(1_000_000) });
    fc.assert(
      fc.property(counts, (record) => successFactor(record) >= 0.5 && successFactor(record) <= 1.5),
    );
    expect(successFactor({ succeeded: 0, failed: 0 })).toBe(1);
    expect(successFactor({ succeeded: 0, failed: 1 })).toBeCloseTo(0.833, 3);
  });
});

describe("the size of a task", () => {
  it("is a unit for every twelve words", () => {
    expect(complexityOf("")).toBe(1);
    expect(complexityOf("word ".repeat(13))).toBe(2);
  });
});
