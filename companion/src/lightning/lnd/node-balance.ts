import type { PendingOpenChannel, WireChannel, WireLease } from "@timmy/protos/messages";
import { satToMsat } from "@timmy/shared/money/amount";
import type { Channel, NodeBalance } from "../backend.ts";
import { balanceReads } from "./limits.ts";
import type { NodeCalls } from "./node-calls.ts";

const sat = (digits: string | undefined): bigint => satToMsat(BigInt(digits ?? "0"));
const msat = (amount: { readonly msat: string } | null): bigint => BigInt(amount?.msat ?? "0");
const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, one) => sum + one, 0n);

/** Two anchor outputs of 330 sat, paid by who opened (lnd, lnwallet/commitment.go). */
const anchorsSat = 660n;
/**
 * Weight units of a commitment transaction and of each HTLC on it, by which its fee is fixed
 * (BOLT3, "Fee Calculation"; taproot: lnd, input/size.go).
 */
const commitWeights: Readonly<Record<string, bigint>> = {
  LEGACY: 724n,
  STATIC_REMOTE_KEY: 724n,
  ANCHORS: 1124n,
  SCRIPT_ENFORCED_LEASE: 1124n,
  TAPROOT: 968n,
  SIMPLE_TAPROOT: 968n,
  SIMPLE_TAPROOT_OVERLAY: 968n,
};
const htlcWeight = 172n;
const hasAnchors = (type: string) => type !== "LEGACY" && type !== "STATIC_REMOTE_KEY";

/**
 * What is tied up in a channel besides balances and HTLCs: commitment fee and anchors, in msat.
 * LND rounds each balance down to satoshi here, and its `commit_fee` contains the cut parts and
 * dust, so the fee is computed anew from rate and weight and only checked against the rest.
 */
export function reservedMsat(channel: WireChannel): bigint {
  const htlcsSat = total(channel.pending_htlcs.map(({ amount }) => BigInt(amount)));
  const restSat =
    BigInt(channel.capacity) -
    BigInt(channel.local_balance) -
    BigInt(channel.remote_balance) -
    htlcsSat;
  const cutSat = BigInt(channel.pending_htlcs.length) + 1n;
  const weight = commitWeights[channel.commitment_type];
  if (weight !== undefined) {
    const anchors = hasAnchors(channel.commitment_type) ? anchorsSat : 0n;
    // Dust HTLCs have no output and weigh nothing; which ones they are, the rest tells.
    for (let htlcs = 0n; htlcs <= BigInt(channel.pending_htlcs.length); htlcs++) {
      const feeSat = (BigInt(channel.fee_per_kw) * (weight + htlcWeight * htlcs)) / 1000n;
      const missing = restSat - feeSat - anchors;
      if (missing >= 0n && missing <= cutSat) return satToMsat(feeSat + anchors);
    }
  }
  return satToMsat(restSat);
}

/** The same for a channel that waits for confirmations: balances are whole satoshi there. */
export function pendingReservedMsat({ channel }: PendingOpenChannel): bigint {
  if (channel?.initiator !== "INITIATOR_LOCAL") return 0n;
  return sat(channel.capacity) - sat(channel.local_balance) - sat(channel.remote_balance);
}

interface ChannelSums {
  readonly localMsat: bigint;
  readonly outgoingMsat: bigint;
  readonly pendingOpenMsat: bigint;
  readonly reservedMsat: bigint;
  /** Zero when both answers are of the same moment. */
  readonly missingMsat: bigint;
}

async function readChannelSums(calls: NodeCalls, signal?: AbortSignal): Promise<ChannelSums> {
  const [list, balance, pending] = await Promise.all([
    calls.call("listChannels", { peer_alias_lookup: false }, { signal }),
    calls.call("channelBalance", {}, { signal }),
    calls.call("pendingChannels", {}, { signal }),
  ]);
  const { channels } = list;
  const reserved = channels.map(reservedMsat);
  const ours = reserved.filter((_, k) => channels[k]?.initiator === true);
  const balancesMsat =
    msat(balance.local_balance) +
    msat(balance.remote_balance) +
    msat(balance.unsettled_local_balance) +
    msat(balance.unsettled_remote_balance);
  return {
    localMsat: msat(balance.local_balance),
    // LND names HTLCs by who gets them when they settle: ours on their way out are "remote".
    outgoingMsat: msat(balance.unsettled_remote_balance),
    pendingOpenMsat: msat(balance.pending_open_local_balance),
    reservedMsat: total(ours) + total(pending.pending_open_channels.map(pendingReservedMsat)),
    missingMsat: total(channels.map((c) => sat(c.capacity))) - balancesMsat - total(reserved),
  };
}

/**
 * Coins that are locked and not spent yet. LND's own sum also holds those that a published
 * transaction spends, whose change it counts a second time as unconfirmed.
 */
async function readLocked(calls: NodeCalls, signal?: AbortSignal): Promise<bigint> {
  const { locked_utxos: leases } = await calls.call("listLeases", {}, { signal });
  if (leases.length === 0) return 0n;
  const { block_height } = await calls.call("getInfo", {}, { signal });
  // From the newest block to what is in none (-1).
  const heights = { start_height: block_height, end_height: -1 };
  const { transactions } = await calls.call("getTransactions", heights, { signal });
  const spent = new Set(
    transactions.flatMap(({ previous_outpoints: all }) => all.map(({ outpoint }) => outpoint)),
  );
  const isUnspent = ({ outpoint }: WireLease) =>
    !spent.has(`${outpoint?.txid_str}:${outpoint?.output_index}`);
  return total(leases.filter(isUnspent).map(({ value }) => sat(value)));
}

/** The node's money to the msat; reads again while channels change between the calls. */
export async function readBalance(calls: NodeCalls, signal?: AbortSignal): Promise<NodeBalance> {
  let sums = await readChannelSums(calls, signal);
  for (let reads = 1; sums.missingMsat !== 0n && reads < balanceReads; reads++) {
    sums = await readChannelSums(calls, signal);
  }
  const [wallet, lockedMsat] = await Promise.all([
    calls.call("walletBalance", {}, { signal }),
    readLocked(calls, signal),
  ]);
  return {
    channelLocalMsat: sums.localMsat,
    channelUnsettledMsat: sums.outgoingMsat,
    pendingOpenMsat: sums.pendingOpenMsat,
    channelReservedMsat: sums.reservedMsat,
    onchainConfirmedMsat: sat(wallet.confirmed_balance),
    onchainUnconfirmedMsat: sat(wallet.unconfirmed_balance),
    onchainLockedMsat: lockedMsat,
    anchorReserveMsat: sat(wallet.reserved_balance_anchor_chan),
  };
}

export async function readChannels(
  calls: NodeCalls,
  signal?: AbortSignal,
): Promise<readonly Channel[]> {
  const { channels } = await calls.call("listChannels", { peer_alias_lookup: true }, { signal });
  return channels.map((channel) => ({
    id: channel.chan_id,
    point: channel.channel_point,
    peerPubkey: channel.remote_pubkey,
    peerAlias: channel.peer_alias.startsWith("unable to lookup") ? "" : channel.peer_alias,
    capacityMsat: sat(channel.capacity),
    localMsat: sat(channel.local_balance),
    remoteMsat: sat(channel.remote_balance),
    localReserveMsat: sat(channel.local_constraints?.chan_reserve_sat),
    pendingHtlcs: channel.pending_htlcs.length,
    active: channel.active,
    initiator: channel.initiator,
    isPrivate: channel.private,
  }));
}
