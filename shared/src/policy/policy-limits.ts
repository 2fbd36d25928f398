import { type PolicyRule, stricterPolicy } from "../state/policy-rules.ts";

/** What the owner never allows, whoever asks; it travels with the agent as rules of its state file. */
export interface PolicyLimits {
  readonly maxSpeedMps: number;
  /** Hours of the day, 0 to 23, in which nothing is said aloud. */
  readonly quietHours: readonly number[];
  /** Ids of rooms that the robot does not enter. */
  readonly roomsOff: readonly string[];
  readonly paymentsOff: boolean;
  readonly toolsOff: readonly string[];
}

/** No limit beside those of the body. */
export const openPolicy: PolicyLimits = {
  maxSpeedMps: Number.POSITIVE_INFINITY,
  quietHours: [],
  roomsOff: [],
  paymentsOff: false,
  toolsOff: [],
};

const off = (name: string): PolicyRule => ({ name, rule: "allowed", value: false });

/** As a state file holds them: `speed_mps` at most, and what is not allowed by its name. */
export function policyToRules(limits: PolicyLimits): readonly PolicyRule[] {
  const speed: readonly PolicyRule[] = Number.isFinite(limits.maxSpeedMps)
    ? [{ name: "speed_mps", rule: "at-most", value: limits.maxSpeedMps }]
    : [];
  const rules = [
    ...speed,
    ...limits.quietHours.map((hour) => off(`speech:${hour}`)),
    ...limits.roomsOff.map((room) => off(`room:${room}`)),
    ...limits.toolsOff.map((tool) => off(`tool:${tool}`)),
    ...(limits.paymentsOff ? [off("payments")] : []),
  ];
  return stricterPolicy(rules, []);
}

/** Reads the rules that are known here; the others stay in the state file for who knows them. */
export function policyFromRules(rules: readonly PolicyRule[]): PolicyLimits {
  const speeds = rules.flatMap(({ name, rule, value }) =>
    name === "speed_mps" && rule === "at-most" && typeof value === "number" ? [value] : [],
  );
  // What is not a plain "allowed: true" is not allowed: a rule of another kind is no permission.
  const offs = rules
    .filter(({ rule, value }) => rule === "allowed" && value !== true)
    .map(({ name }) => name);
  const named = (prefix: string) =>
    offs.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const hours = named("speech:").map(Number);
  return {
    maxSpeedMps: Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...speeds)),
    quietHours: hours.filter((hour) => Number.isInteger(hour) && hour >= 0 && hour < 24),
    roomsOff: named("room:"),
    paymentsOff: offs.includes("payments"),
    toolsOff: named("tool:"),
  };
}

/** Both limits at once: of two that differ, the stricter. */
export function strictest(a: PolicyLimits, b: PolicyLimits): PolicyLimits {
  return policyFromRules(stricterPolicy(policyToRules(a), policyToRules(b)));
}
