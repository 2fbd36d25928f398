import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  openPolicy,
  type PolicyLimits,
  policyFromRules,
  policyToRules,
  strictest,
} from "./policy-limits.ts";

const some: PolicyLimits = {
  maxSpeedMps: 0.3,
  quietHours: [22, 23, 7],
  roomsOff: ["bedroom"],
  paymentsOff: false,
  toolsOff: ["shell"],
};
const sorted = (limits: PolicyLimits) => ({
  ...limits,
  quietHours: [...limits.quietHours].sort((a, b) => a - b),
  roomsOff: [...limits.roomsOff].sort(),
  toolsOff: [...limits.toolsOff].sort(),
});
const names = fc.uniqueArray(fc.constantFrom("study", "kitchen", "shell", "web"));
const any: fc.Arbitrary<PolicyLimits> = fc.record({
  maxSpeedMps: fc.constantFrom(0, 0.2, 0.5, Number.POSITIVE_INFINITY),
  quietHours: fc.uniqueArray(fc.integer({ min: 0, max: 23 })),
  roomsOff: names,
  paymentsOff: fc.boolean(),
  toolsOff: names,
});
const all = ["quietHours", "roomsOff", "toolsOff"] as const;

describe("policy limits", () => {
  it("travel as rules and come back the same", () => {
    expect(sorted(policyFromRules(policyToRules(some)))).toEqual(sorted(some));
    expect(policyFromRules(policyToRules(openPolicy))).toEqual(openPolicy);
  });
  it("are the stricter of two in everything, whoever they come from", () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const both = strictest(a, b);
        expect(sorted(both)).toEqual(sorted(strictest(b, a)));
        expect(both.maxSpeedMps).toBe(Math.min(a.maxSpeedMps, b.maxSpeedMps));
        expect(both.paymentsOff).toBe(a.paymentsOff || b.paymentsOff);
        for (const name of all) {
          expect(new Set(both[name].map(String))).toEqual(
            new Set([...a[name], ...b[name]].map(String)),
          );
        }
      }),
      { seed: 21, numRuns: 200 },
    );
  });
  it("take no odd rule for a permission, and no odd value for a limit", () => {
    const limits = policyFromRules([
      { name: "payments", rule: "allowed", value: 1 },
      { name: "speech:99", rule: "allowed", value: false },
      { name: "speed_mps", rule: "at-most", value: -3 },
      { name: "unknown", rule: "at-least", value: 3 },
    ]);
    expect(limits).toEqual({ ...openPolicy, paymentsOff: true, maxSpeedMps: 0 });
  });
});
