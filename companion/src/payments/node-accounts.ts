import type { Ledger } from "../ledger/port.ts";
import type { NodeBalance } from "../lightning/backend.ts";

/** What the node says that the ledger has too little of, by place; below zero: too much. */
export interface Gaps {
  /** Hot and in flight together: what is on its way is known by the node as it really is. */
  readonly hotMsat: bigint;
  readonly reservedMsat: bigint;
  readonly pendingMsat: bigint;
  /** All coins of the wallet, confirmed or not. */
  readonly chainMsat: bigint;
  /** Of these the unconfirmed ones. */
  readonly unconfirmedMsat: bigint;
}

/** The node's side of each gap. */
export const nodeSide = (node: NodeBalance): Gaps => ({
  hotMsat: node.channelLocalMsat + node.channelUnsettledMsat,
  reservedMsat: node.channelReservedMsat,
  pendingMsat: node.pendingOpenMsat,
  chainMsat: node.onchainConfirmedMsat + node.onchainUnconfirmedMsat + node.onchainLockedMsat,
  unconfirmedMsat: node.onchainUnconfirmedMsat,
});

/** The ledger's side. */
export function ledgerSide(ledger: Pick<Ledger, "balance">): Gaps {
  const of = (account: string) => ledger.balance(account).postedMsat;
  const unconfirmedMsat = of("asset:onchain-pending");
  return {
    hotMsat: of("asset:ln-hot") + of("asset:ln-inflight"),
    reservedMsat: of("asset:ln-reserved"),
    pendingMsat: of("asset:ln-pending"),
    chainMsat: of("asset:onchain-warm") + unconfirmedMsat,
    unconfirmedMsat,
  };
}

export const gapsOf = (node: Gaps, ledger: Gaps): Gaps => ({
  hotMsat: node.hotMsat - ledger.hotMsat,
  reservedMsat: node.reservedMsat - ledger.reservedMsat,
  pendingMsat: node.pendingMsat - ledger.pendingMsat,
  chainMsat: node.chainMsat - ledger.chainMsat,
  unconfirmedMsat: node.unconfirmedMsat - ledger.unconfirmedMsat,
});

/** Only for comparing two reads. */
export const sameBalance = (a: NodeBalance, b: NodeBalance): boolean =>
  (Object.keys(a) as (keyof NodeBalance)[]).every((name) => a[name] === b[name]);
