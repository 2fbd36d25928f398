import { type ErrorCode, errorTable } from "../errors.ts";
import { describeAction, digestOf } from "./gate-digest.ts";
import { judgeFlow } from "./gate-flow.ts";
import { faultOfMemory } from "./gate-memory.ts";
import {
  type GateAction,
  type GateCheck,
  type GateContext,
  type GateVerdict,
  gateActionSchema,
  type Proposal,
} from "./gate-proposal.ts";
import { faultOfInput } from "./gate-tools.ts";
import { targetsOf } from "./plan.ts";

interface Fault {
  readonly code: ErrorCode;
  readonly sentence: string;
}
const fault = (code: ErrorCode, detail = ""): Fault => ({
  code,
  sentence: `${errorTable[code].sentence} ${detail}`.trim(),
});

type Check = (action: GateAction, context: GateContext) => Fault | null;

/** Every text in a value, keys too: a secret hides in any of them. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

/** What of a proposal would go out, as one text: a secret may be told in pieces. */
export function outputOf(action: GateAction): string {
  switch (action.type) {
    case "plan":
      return action.plan.steps
        .flatMap((step) => (step.skill === "say" ? [step.text] : targetsOf(step)))
        .join(" ");
    case "call":
      return [action.tool, ...Object.entries(action.input).flat()].join(" ");
    case "remember":
      return `${action.key} ${action.value}`;
    case "emit":
      return `${action.topic} ${action.text}`;
    case "communicate":
      return `${action.to} ${action.text}`;
    case "text":
    case "speak":
      return action.text;
    default:
      return "";
  }
}

const checkPolicy: Check = (action, { policy, tools, localHour }) => {
  const steps = action.type === "plan" ? action.plan.steps : [];
  const places = action.type === "goto" ? [action.place] : steps.flatMap(targetsOf);
  if (places.some((place) => policy.roomsOff.includes(place))) {
    return fault("policy-off", "That room is off limits.");
  }
  const effect = action.type === "call" ? tools.get(action.tool)?.effect : undefined;
  const aloud =
    action.type === "speak" || effect === "say" || steps.some(({ skill }) => skill === "say");
  if (aloud && policy.quietHours.includes(localHour)) {
    return fault("policy-off", "At this hour nothing is said aloud.");
  }
  if (effect === "pay" && policy.paymentsOff) return fault("policy-off", "Payments are off.");
  if (action.type === "call" && policy.toolsOff.includes(action.tool)) {
    return fault("policy-off", "That tool is off.");
  }
  return null;
};

const checkSecrets: Check = (action, { secrets, outputTail }) => {
  const output = outputOf(action);
  const inside =
    [...textsIn(action), output].some((text) => secrets.find(text)) ||
    secrets.findAcross(outputTail ?? "", output);
  return inside ? fault("secret-inside") : null;
};

const checkTools: Check = (action, { tools }) => {
  if (action.type !== "call") return null;
  const rule = tools.get(action.tool);
  if (rule === undefined) return fault("tool-unknown");
  const wrong = faultOfInput(rule, action.input);
  return wrong === "" ? null : fault("tool-input", wrong);
};

const checkMemory: Check = (action, context) => {
  if (action.type !== "remember") return null;
  const wrong = faultOfMemory(action, context);
  return wrong === "" ? null : fault("memory-rank", wrong);
};

const passes: readonly (readonly [GateCheck["check"], Check, string])[] = [
  ["policy", checkPolicy, "The policy allows it."],
  ["tools", checkTools, "Only known tools, with what fits them."],
  ["secrets", checkSecrets, "No secret stands in it."],
  ["memory", checkMemory, "No memory is trusted more than its sources."],
];

const stopsOnly = (action: GateAction): boolean =>
  action.type === "stop" ||
  (action.type === "plan" &&
    action.plan.steps.length > 0 &&
    action.plan.steps.every(({ skill }) => skill === "stop"));

/** The action in its one form, or null; whatever a mind made of it, this never throws. */
function readAction(proposed: GateAction): GateAction | null {
  try {
    const parsed = gateActionSchema.safeParse(proposed);
    const fits = parsed.success && textsIn(parsed.data).every((text) => text.isWellFormed());
    return fits ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Whether it is a stop, or begins with one, also where the rest of it has no known form. */
function readStop(proposed: GateAction): { readonly alone: boolean; readonly first: boolean } {
  try {
    const alone = proposed.type === "stop";
    const first = proposed.type === "plan" && proposed.plan.steps[0]?.skill === "stop";
    return { alone, first: alone || first };
  } catch {
    return { alone: false, first: false };
  }
}

const allowed = (action: GateAction, halt: boolean, checks: readonly GateCheck[]): GateVerdict => ({
  kind: "allow",
  action,
  halt,
  checks,
});

/** The last check: whose words chose the target, and whether the owner confirmed exactly this. */
function judgeOrigin(
  proposal: Proposal,
  action: GateAction,
  context: GateContext,
  before: readonly GateCheck[],
): GateVerdict {
  const halt = readStop(action).first;
  const flow = judgeFlow(action, context);
  const check = "provenance";
  const { sentence } = flow;
  const checks = [...before, { check, passed: flow.kind === "pass", sentence } as const];
  if (flow.kind === "pass") return allowed(action, halt, checks);
  if (flow.kind === "refuse") {
    return { kind: "refuse", code: flow.code, sentence, check, halt, checks };
  }
  const digest = digestOf(proposal, action, context);
  const { confirmation, epoch, nowMs } = context;
  const confirmed =
    flow.at === "owner" &&
    confirmation !== null &&
    confirmation.digest === digest &&
    confirmation.epoch === epoch &&
    nowMs < confirmation.untilMs;
  if (confirmed) {
    const yes = { check, passed: true, sentence: "The owner confirmed exactly this." } as const;
    return allowed(action, halt, [...before, yes]);
  }
  const question = `${sentence} It would ${describeAction(action)}.`;
  return { kind: "confirm", at: flow.at, digest, sentence: question, action, halt, checks };
}

/**
 * Judges what a mind proposes; pure. Stops pass before any check. What is refused stays refused
 * with the owner's confirmation too: that answers only the question whose words chose the target.
 */
export function judgeAction(proposal: Proposal, context: GateContext): GateVerdict {
  const stop = readStop(proposal.action);
  const halt = stop.first;
  const action = readAction(proposal.action);
  if (action === null ? stop.alone : stopsOnly(action)) {
    const check = { check: "stop", passed: true, sentence: "A stop is never refused." } as const;
    return allowed(action ?? { type: "stop" }, true, [check]);
  }
  if (action === null) {
    const { code, sentence } = fault("gate-malformed");
    const check = { check: "schema", passed: false, sentence } as const;
    return { kind: "refuse", code, sentence, check: "schema", halt, checks: [check] };
  }
  const checks: GateCheck[] = [
    { check: "schema", passed: true, sentence: "Known members only, finite and bounded." },
  ];
  for (const [check, run, fine] of passes) {
    const found = run(action, context);
    checks.push({ check, passed: found === null, sentence: found?.sentence ?? fine });
    if (found !== null) return { kind: "refuse", ...found, check, halt, checks };
  }
  return judgeOrigin(proposal, action, context, checks);
}
