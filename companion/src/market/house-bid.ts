import { capabilityOf } from "./capability.ts";
import type { TrackRecord } from "./learner.ts";
import type { MarketAgent } from "./personas.ts";
import { calculateRate, complexityOf } from "./pricing.ts";

/**
 * What an agent of this house bids by itself: its rate as the price, and as the bond as much of it
 * as it is sure of, never more than it has. Null: this is nothing for it, or it has nothing to stake.
 */
export function houseBid(
  agent: MarketAgent,
  task: string,
  circumstances: {
    readonly record: TrackRecord;
    readonly queueDepth: number;
    readonly availableMsat: bigint;
    readonly costFloorMsat: bigint;
  },
): { readonly priceMsat: bigint; readonly bondMsat: bigint } | null {
  const capability = capabilityOf(agent.persona, task);
  if (capability === 0) return null;
  const priceMsat = calculateRate({
    complexity: complexityOf(task),
    ratePerUnitMsat: agent.persona.ratePerUnitMsat,
    queueDepth: circumstances.queueDepth,
    record: circumstances.record,
    costFloorMsat: circumstances.costFloorMsat,
  });
  let bondMsat = (priceMsat * BigInt(Math.round(capability * 1000))) / 1000n;
  if (bondMsat > circumstances.availableMsat) bondMsat = circumstances.availableMsat;
  return bondMsat > 0n ? { priceMsat, bondMsat } : null;
}
