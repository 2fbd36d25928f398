import { formatMsat } from "@timmy/shared/money/amount";
import { capabilityOf } from "./capability.ts";
import { type Circumstances, houseBid, houseRate } from "./house-bid.ts";
import type { MarketAgent } from "./personas.ts";

export interface Quote {
  readonly persona: string;
  readonly priceMsat: bigint;
  /** Whether it would bid now: the task suits it, and it has something to stake. */
  readonly able: boolean;
}
export interface Quotes {
  /** In the order of the agents. */
  readonly quotes: readonly Quote[];
  /** For a person. */
  readonly sentence: string;
}

const names = (agents: readonly MarketAgent[]) =>
  agents.map(({ persona }) => persona.name).join(", ");

/** What a task would cost with each agent, by the rules with which they bid; pure. */
export function quoteTask(
  agents: readonly MarketAgent[],
  task: string,
  circumstancesOf: (agent: MarketAgent) => Circumstances,
): Quotes {
  const rows = agents.map((agent) => {
    const circumstances = circumstancesOf(agent);
    const able = houseBid(agent, task, circumstances) !== null;
    return { agent, able, priceMsat: houseRate(agent, task, circumstances) };
  });
  const quotes = rows.map(({ agent, able, priceMsat }) => ({
    ...{ persona: agent.persona.id, priceMsat, able },
  }));
  const [best] = rows
    .filter(({ able }) => able)
    .sort((a, b) => (a.priceMsat < b.priceMsat ? -1 : a.priceMsat > b.priceMsat ? 1 : 0));
  if (best !== undefined) {
    const { persona } = best.agent;
    const price = formatMsat(best.priceMsat);
    return { quotes, sentence: `The lowest price is ${persona.name}'s: ${price}.` };
  }
  const suited = agents.filter(({ persona }) => capabilityOf(persona, task) > 0);
  const sentence =
    suited.length === 0
      ? "Nobody of this house does this kind of work."
      : `It would suit ${names(suited)}, but there is nothing to stake on it.`;
  return { quotes, sentence };
}
