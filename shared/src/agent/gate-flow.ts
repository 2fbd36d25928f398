import { type ErrorCode, errorTable } from "../errors.ts";
import { isClean } from "./gate-memory.ts";
import { type OwnerWords, readOwnerWords } from "./gate-owner-words.ts";
import type { BoundKind, GateAction, GateContext } from "./gate-proposal.ts";
import type { ToolRule } from "./gate-tools.ts";
import { targetsOf } from "./plan.ts";

/** Who chose what the action aims at: somebody who may, or somebody who needs the owner's yes. */
export type Flow =
  | { readonly kind: "pass"; readonly sentence: string }
  | { readonly kind: "confirm"; readonly at: "owner" | "treasury"; readonly sentence: string }
  | { readonly kind: "refuse"; readonly code: ErrorCode; readonly sentence: string };

const pass = (sentence: string): Flow => ({ kind: "pass", sentence });
const confirm = (sentence: string, at: "owner" | "treasury" = "owner"): Flow => ({
  kind: "confirm",
  at,
  sentence,
});
const refuse = (code: ErrorCode, sentence: string = errorTable[code].sentence): Flow => ({
  kind: "refuse",
  code,
  sentence,
});

const isBound = (context: GateContext, kind: BoundKind, value: string) =>
  context.bound.some((one) => one.kind === kind && one.value === value);

/** A motion to these places; null stands for one that has no name, such as a turn. */
function judgeMotion(
  targets: readonly (string | null)[],
  context: GateContext,
  owner: OwnerWords,
): Flow {
  if (targets.length === 0) return pass("It aims at nothing.");
  const known = new Set(["start", "dock", ...context.rooms.map(({ id }) => id)]);
  const unknown = targets.find((target) => target !== null && !known.has(target));
  if (unknown !== undefined) return refuse("unknown-room");
  const { from } = context.trigger;
  const clean = isClean(context);
  const records = targets.every((target) => target !== null && isBound(context, "place", target));
  if (from === "agent" && clean && records) return pass("A record of the owner's names the place.");
  if (from !== "owner") return confirm("Somebody who is not the owner asked for motion.");
  if (targets.every((target) => target !== null && owner.places.has(target))) {
    return pass("The owner named the place.");
  }
  if (owner.negated) return confirm("The owner said what not to do.");
  if (clean) return pass("Only the owner's words and the agent's own were read.");
  if (records) return pass("A record of the owner's names the place.");
  return confirm("A stranger's text was read, and the owner did not name the place.");
}

/** Words with which the owner asks that something is sent; the mere name of somebody asks nothing. */
const sendVerbs = [
  "write",
  "send",
  "message",
  "mail",
  "email",
  "text",
  "tell",
  "notify",
  "inform",
].concat(["publish", "post", "forward"]);

/** Something that leaves the agent for somebody: a topic, a recipient. */
function judgeSending(
  kind: "topic" | "recipient",
  to: string,
  context: GateContext,
  owner: OwnerWords,
): Flow {
  const known = isBound(context, kind, to);
  if (kind === "topic" && !known) return refuse("topic-unknown");
  if (context.trigger.from !== "owner") {
    return confirm("Somebody who is not the owner wants a message sent.");
  }
  if (owner.gave(to) && owner.asks(sendVerbs)) return pass("The owner named whom it is for.");
  if (known && !owner.denied && isClean(context))
    return pass("A record of the owner's names whom it is for.");
  return confirm("The owner did not name whom it is for.");
}

function judgeTool(
  rule: ToolRule,
  input: Readonly<Record<string, string>>,
  context: GateContext,
  owner: OwnerWords,
): Flow {
  const mine = context.trigger.from === "owner";
  if (rule.effect === "pay") {
    // A request for money is put before a person, and a stranger cannot put one there.
    return mine
      ? confirm("A payment is approved in the treasury.", "treasury")
      : refuse("stranger-asks");
  }
  const clean = isClean(context);
  const chosen = rule.targets
    .filter((field) => Object.hasOwn(input, field))
    .every((field) => {
      const value = input[field] ?? "";
      return owner.gave(value) || isBound(context, "tool", `${rule.name}.${field}=${value}`);
    });
  const named = chosen && rule.targets.length > 0;
  switch (rule.effect) {
    case "read":
    case "say":
      if (chosen || clean) {
        return pass("Nothing of a stranger's chooses what it reads.");
      }
      return confirm("A stranger's text may have chosen what the tool takes.");
    case "remember":
    case "move":
      if (mine && clean && !owner.denied) return pass("Nothing of a stranger's was read.");
      if (mine && named && owner.asks(rule.verbs ?? [])) return pass("The owner asked for it.");
      return confirm("The owner did not name what the tool takes.");
    case "send":
      if (mine && named && owner.asks(rule.verbs ?? sendVerbs))
        return pass("The owner named whom it is for.");
      return confirm("The owner did not name whom it is for.");
    default:
      return rule.effect satisfies never;
  }
}

/** Information flow: whose words chose the target of what would be done. */
export function judgeFlow(action: GateAction, context: GateContext): Flow {
  const owner = readOwnerWords(context);
  switch (action.type) {
    case "plan":
      return judgeMotion(action.plan.steps.flatMap(targetsOf), context, owner);
    case "goto":
      return judgeMotion([action.place], context, owner);
    case "move":
    case "look":
    case "grip":
    case "sleep":
      return judgeMotion([null], context, owner);
    case "emit":
      return judgeSending("topic", action.topic, context, owner);
    case "communicate":
      if (action.to === "owner") return pass("It is for the owner.");
      return judgeSending("recipient", action.to, context, owner);
    case "call": {
      const rule = context.tools.get(action.tool);
      return rule === undefined
        ? refuse("tool-unknown")
        : judgeTool(rule, action.input, context, owner);
    }
    case "remember":
    case "text":
    case "speak":
      return pass("Words alone move nothing.");
    case "stop":
      return pass("A stop is never refused.");
    default:
      return action satisfies never;
  }
}
