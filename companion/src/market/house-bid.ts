import { capabilityOf } from "./capability.ts";
import type { TrackRecord } from "./learner.ts";
import type { MarketAgent } from "./personas.ts";
import { calculateRate, complexityOf } from "./pricing.ts";

/** What an agent's price and bond depend on besides the task. */
export interface Circumstances {
  readonly record: TrackRecord;
  readonly queueDepth: number;
  readonly availableMsat: bigint;
  readonly costFloorMsat: bigint;
}

/** What an agent of this house asks for a task, whether it suits the agent or not. */
export function houseRate(agent: MarketAgent, task: string, circumstances: Circumstances): bigint {
  return calculateRate({
    complexity: complexityOf(task),
    ratePerUnitMsat: agent.persona.ratePerUnitMsat,
    queueDepth: circumstances.queueDepth,
    record: circumstances.record,
    costFloorMsat: circumstances.costFloorMsat,
  });
}

/**
 * What an agent of this house bids by itself: its rate as the price, and as the bond as much of it
 * as it is sure of, never more than it has. Null: this is nothing for it, or it has nothing to stake.
 */
export function houseBid(
  agent: MarketAgent,
  task: string,
  circumstances: Circumstances,
): { readonly priceMsat: bigint; readonly bondMsat: bigint } | null {
  const capability = capabilityOf(agent.persona, task);
  if (capability === 0) return null;
  const priceMsat = houseRate(agent, task, circumstances);
  let bondMsat = (priceMsat * BigInt(Math.round(capability * 1000))) / 1000n;
  if (bondMsat > circumstances.availableMsat) bondMsat = circumstances.availableMsat;
  return bondMsat > 0n ? { priceMsat, bondMsat } : null;
}
