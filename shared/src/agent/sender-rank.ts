import { leastTrusted } from "./provenance.ts";
import type { Provenance } from "./tim-agent.ts";

export type SenderRank = (who: string, from?: Provenance) => Provenance;

/** The companion speaks for the dashboard, whose sessions it checks, under this name. */
export const defaultOwners: readonly string[] = ["owner"];

/**
 * How far words from the broker are trusted. A name is a claim that everybody on the broker can make:
 * this keeps honest programs that pass on what others wrote from speaking as the owner, and leaves
 * keeping strangers off the broker to the broker. `from` says less of the words, never more.
 */
export function createSenderRank(owners: readonly string[]): SenderRank {
  const known = new Set(owners);
  return (who, from) => leastTrusted([known.has(who) ? "owner" : "peer", from ?? "owner"]);
}
