import type { AgentRecord } from "./agent-store.ts";

/** "This agent lives in my body, in this epoch", signed with the agent's own key. */
export interface EpochClaim {
  readonly agent: string;
  readonly epoch: number;
  readonly node: string;
}

/** The bytes that are signed. */
export const claimText = ({ agent, epoch, node }: EpochClaim): string =>
  `timmy.claim/1\n${agent}\n${epoch}\n${node}`;

/** What a body does about a claim of its own agent whose signature was checked. */
export type ClaimVerdict = "mine" | "stand-still" | "say-again" | "ignore";

/**
 * A higher epoch is another body's life, and ours is over. In the same epoch (a copied disk) the body
 * that was there first lives on; two that claimed unseen by each other go by the names of their nodes.
 */
export function judgeClaim(
  here: Pick<AgentRecord, "id" | "epoch" | "status"> & { readonly node: string },
  claim: EpochClaim,
  claimed: boolean,
): ClaimVerdict {
  if (claim.agent !== here.id) return "ignore";
  if (claim.epoch === here.epoch && claim.node === here.node) return "mine";
  if (here.status !== "living") return "ignore";
  if (claim.epoch > here.epoch) return "stand-still";
  if (claim.epoch < here.epoch) return claimed ? "say-again" : "ignore";
  return claimed && here.node < claim.node ? "say-again" : "stand-still";
}
