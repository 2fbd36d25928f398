import { canonicalJson } from "../state/canonical.ts";
import type { GateAction, GateContext, Proposal } from "./gate-proposal.ts";
import { describeStep } from "./plan.ts";

/** Names exactly what would be done, by whom, in which life: one changed character is another one. */
export function digestOf(
  proposal: Proposal,
  action: GateAction,
  context: Pick<GateContext, "agentId" | "epoch" | "sha256">,
): string {
  const { agentId, epoch } = context;
  const bound = { schema: "timmy.proposal/1", agent: agentId, epoch, id: proposal.id, action };
  return context.sha256(canonicalJson(bound));
}

/** Text that somebody else wrote, as one line that cannot redraw the words around it. */
const shown = (text: string) => `"${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd")}"`;

/** What would be done, in our words; a mind's own words stand in quotes only. */
export function describeAction(action: GateAction): string {
  switch (action.type) {
    case "plan":
      return action.plan.steps
        .map((step) => (step.skill === "say" ? `say ${shown(step.text)}` : describeStep(step)))
        .join(", then ");
    case "move":
      return `drive ${action.goal.xM.toFixed(2)} m ahead and ${action.goal.yM.toFixed(2)} m left`;
    case "goto":
      return `go to the ${action.place.replaceAll("_", " ")}`;
    case "look":
      return `turn to ${Math.round((action.headingRad * 180) / Math.PI)} degrees`;
    case "grip":
      return action.closed ? "close the gripper" : "open the gripper";
    case "call": {
      const fields = Object.entries(action.input).map(([name, value]) => `${name} ${shown(value)}`);
      return `use ${shown(action.tool)} with ${fields.join(", ") || "nothing"}`;
    }
    case "emit":
      return `publish ${shown(action.text)} to ${shown(action.topic)}`;
    case "communicate":
      return `send ${shown(action.text)} to ${shown(action.to)}`;
    case "remember":
      return `remember ${shown(action.key)} as ${shown(action.value)}`;
    case "sleep":
      return `sleep for ${Math.round(action.durationMs / 1000)} s`;
    case "speak":
    case "text":
      return `say ${shown(action.text)}`;
    case "stop":
      return "stop";
    default:
      return action satisfies never;
  }
}
