import type { Coin, NodeBalance } from "../lightning/backend.ts";
import { leastOf } from "./amount-order.ts";
import { minSweepMsat, sweepHysteresisPercent } from "./limits.ts";

/** What decides about a sweep; nothing else does. */
export interface SweepFacts {
  readonly balance: NodeBalance;
  /** Confirmed coins of the wallet. */
  readonly coins: readonly Coin[];
  /** Channels that were asked for and are not yet in the node's own numbers. */
  readonly openingMsat: bigint;
  readonly atMsat: bigint;
  readonly toMsat: bigint;
  readonly feeCapMsat: bigint;
  /** False from a proposal on until warm has fallen below the limit by its hysteresis. */
  readonly armed: boolean;
}
export type SweepStep =
  | { readonly kind: "none"; readonly armed: boolean }
  | { readonly kind: "propose"; readonly amountMsat: bigint }
  /** Over the limit, but what may go is too little to be worth its fee. */
  | { readonly kind: "tied-up"; readonly freeMsat: bigint };

/** What of warm may leave, whole satoshi: confirmed, not locked, not reserved, not promised. */
export function sweepableMsat(facts: SweepFacts): bigint {
  const { balance, coins, openingMsat, toMsat, feeCapMsat } = facts;
  const inCoins = coins
    .filter((coin) => coin.confirmations > 0)
    .reduce((sum, coin) => sum + coin.amountMsat, 0n);
  const confirmed = leastOf(inCoins, balance.onchainConfirmedMsat);
  const kept = balance.anchorReserveMsat + balance.pendingOpenMsat + openingMsat;
  const free = confirmed - kept - toMsat - feeCapMsat;
  return free > 0n ? free - (free % 1000n) : 0n;
}

/** One step of the sweep's guard: at the limit it proposes once, below 90 % it is armed again. */
export function stepSweep(facts: SweepFacts): SweepStep {
  const { balance, atMsat, armed } = facts;
  const warm = balance.onchainConfirmedMsat;
  const rearm = atMsat - (atMsat * sweepHysteresisPercent) / 100n;
  if (warm < rearm) return { kind: "none", armed: true };
  if (warm < atMsat || !armed) return { kind: "none", armed };
  const amountMsat = sweepableMsat(facts);
  if (amountMsat < minSweepMsat) return { kind: "tied-up", freeMsat: amountMsat };
  return { kind: "propose", amountMsat };
}
