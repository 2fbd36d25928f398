import { z } from "zod";
import { maxListed, maxNameChars, maxQueryChars, readMs } from "./limits.ts";
import { type AgentReach, type AgentTool, bounded } from "./tool.ts";

const input = z.strictObject({
  task: z.string().min(1).max(maxQueryChars).describe("The task, in words."),
});
const output = z.object({
  quotes: z.array(
    z.object({
      persona: z.string(),
      price_msat: z.string().describe("Millisatoshi, in digits."),
      able: z.boolean().describe("Whether it would take the task now."),
    }),
  ),
  sentence: z.string(),
});

/** `quote`: what a task would cost; nothing is ordered. `companion` is the node that sells. */
export function createQuoteTool(
  { call }: Pick<AgentReach, "call">,
  companion: string,
): AgentTool<z.output<typeof input>, z.output<typeof output>> {
  return {
    name: "quote",
    title: "Ask what a task would cost",
    description:
      "The price of a task with each persona of this house. Asking orders nothing and pays nothing.",
    reads: true,
    timeoutMs: readMs,
    input,
    output,
    async run({ task }, { signal, timeoutMs }) {
      const quoted = await call(companion, "market.quote", { task }, { signal, timeoutMs });
      if (!quoted.ok) return quoted;
      const quotes = quoted.value.quotes
        .slice(0, maxListed)
        .map(({ persona, price_msat, able }) => ({
          persona: bounded(persona, maxNameChars),
          price_msat: bounded(price_msat, maxNameChars),
          able,
        }));
      return { ok: true, value: { quotes, sentence: bounded(quoted.value.sentence) } };
    },
  };
}
