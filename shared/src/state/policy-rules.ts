import type { StateRecord } from "./records.ts";
import { compareTexts } from "./text-order.ts";

/** A limit that travels with the agent: at most, at least, or whether it is allowed at all. */
export type PolicyRule = StateRecord<"policy">;

const keyOf = (rule: PolicyRule) => `${rule.name}\n${rule.rule}`;

function stricterOf(a: PolicyRule, b: PolicyRule): PolicyRule {
  switch (a.rule) {
    case "at-most":
      return Number(b.value) < Number(a.value) ? b : a;
    case "at-least":
      return Number(b.value) > Number(a.value) ? b : a;
    case "allowed":
      return b.value === true ? a : b;
    default:
      return a.rule satisfies never;
  }
}

/** All rules of both; of two for the same thing the stricter, whoever it comes from. By name. */
export function stricterPolicy(
  a: readonly PolicyRule[],
  b: readonly PolicyRule[],
): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const rule of [...a, ...b]) {
    const known = rules.get(keyOf(rule));
    rules.set(keyOf(rule), known === undefined ? rule : stricterOf(known, rule));
  }
  return [...rules.values()].sort(
    (x, y) => compareTexts(x.name, y.name) || compareTexts(x.rule, y.rule),
  );
}

/** What the agent was able to do where it comes from and is not here: "cannot speak here". */
export function missingCapabilities(
  required: readonly string[],
  here: readonly { readonly name: string; readonly available: boolean }[],
): readonly string[] {
  return required
    .filter((name) => !here.some((one) => one.name === name && one.available))
    .map((name) => `cannot ${name} here`);
}
