import { outcomes } from "@timmy/shared/agent/tim-agent";
import type { ProposalView } from "@timmy/shared/agent/views";
import { errorTable } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { z } from "zod";
import { maxWhyChars, proposeMs } from "./limits.ts";
import { actionOf, proposalSchema, wordsOf } from "./proposal-actions.ts";
import { type AgentReach, type AgentTool, bounded, knownCode } from "./tool.ts";

const input = z.strictObject({
  action: proposalSchema,
  why: z
    .string()
    .min(1)
    .max(maxWhyChars)
    .refine((text) => text.isWellFormed(), "half a character")
    .describe("Why it should be done; the owner reads this."),
});
const output = z.object({
  outcome: z.enum([...outcomes, "begun", "waiting"]),
  code: z.string().nullable().describe("Null when done or begun; otherwise why not."),
  sentence: z.string(),
  remedy: z.string().describe("What to do next; empty when done."),
});
export type ProposeAnswer = z.output<typeof output>;

const forOwner =
  "It waits: the owner confirms it in the dashboard, or by saying yes to the agent. " +
  "Nobody else can; do not propose it again.";

function show({ outcome, reason, sentence }: ProposalView): ProposeAnswer {
  if (outcome === "done" || outcome === "begun") {
    return { outcome, code: null, sentence: bounded(sentence), remedy: "" };
  }
  const code = knownCode(reason ?? "");
  if (outcome === "refused" && code === "needs-owner") {
    return { outcome: "waiting", code, sentence: bounded(sentence), remedy: forOwner };
  }
  return { outcome, code, sentence: bounded(sentence), remedy: errorTable[code].remedy };
}

/** A stop is a stop, whatever else stands beside it. */
function readStop(value: unknown): z.output<typeof input> | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "action")) return null;
  const { action } = value as { readonly action: unknown };
  if (typeof action !== "object" || action === null || !Object.hasOwn(action, "do")) return null;
  if ((action as { readonly do: unknown }).do !== "stop") return null;
  return { action: { do: "stop" }, why: "An assistant says stop." };
}

/** `propose_action`: asks the agent to do something; its own gate decides. */
export function createProposeTool(
  reach: AgentReach,
  makeId: MakeId,
): AgentTool<z.output<typeof input>, ProposeAnswer> {
  return {
    name: "propose_action",
    title: "Propose that the agent does something",
    description:
      "Proposes one action. The agent's own gate judges it as the wish of a peer, whatever is said: " +
      "motion and memory wait for the owner's yes. A stop is done at once.",
    reads: false,
    timeoutMs: proposeMs,
    input,
    output,
    urgent: readStop,
    async run({ action, why }, { who, signal, timeoutMs, reading }) {
      const where = await reach.living();
      if (!("node" in where)) return where;
      const ask = {
        action: actionOf(action, makeId),
        said: `${why} It asks to: ${wordsOf(action)}`,
        who,
        from: "peer" as const,
        read: [...reading.all()],
      };
      const outcome = await reach.call(where.node, "agent.propose", ask, { signal, timeoutMs });
      return outcome.ok ? { ok: true, value: show(outcome.value) } : outcome;
    },
  };
}
