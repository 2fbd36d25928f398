import { TimmyError } from "@timmy/shared/errors";
import { satToMsat } from "@timmy/shared/money/amount";
import type { Channel, ChannelPoint, NodeBalance, OpenChannelRequest } from "../backend.ts";
import { reserveMsat } from "./routes.ts";
import {
  channelId,
  isOpen,
  type MockChannel,
  type MockState,
  nodeNames,
  tiedOnOpenMsat,
} from "./state.ts";
import { anchorReserveMsat, chainBalance, confirmationsOf, fund, publish } from "./wallet.ts";

/** Confirmations that a channel waits for. */
const openDepth = 3;
/** lnd's smallest channel. */
const minCapacitySat = 20_000n;

const ofOurs = (state: MockState): readonly MockChannel[] =>
  state.channels.filter((channel) => channel.ends[0] === "us");

export function listChannels(state: MockState): readonly Channel[] {
  return ofOurs(state)
    .filter(isOpen)
    .map((channel) => ({
      id: channel.id,
      point: channel.point,
      peerPubkey: state.pubkeys[channel.ends[1]],
      peerAlias: `mock-${channel.ends[1]}`,
      capacityMsat: channel.capacityMsat,
      localMsat: channel.sideMsat[0],
      remoteMsat: channel.sideMsat[1],
      localReserveMsat: reserveMsat(channel),
      pendingHtlcs: inflight(state).filter((p) => p.hops.some((h) => h.channelId === channel.id))
        .length,
      active: true,
      initiator: true,
      isPrivate: channel.isPrivate,
    }));
}

const inflight = (state: MockState) =>
  Object.values(state.payments).filter((payment) => payment.state === "inflight");

export function balance(state: MockState, nowMs: number): NodeBalance {
  const open = ofOurs(state).filter(isOpen);
  const pending = ofOurs(state).filter((channel) => !isOpen(channel));
  const sum = (channels: readonly MockChannel[], of: (channel: MockChannel) => bigint) =>
    channels.reduce((all, channel) => all + of(channel), 0n);
  const chain = chainBalance(state, nowMs);
  return {
    channelLocalMsat: sum(open, (channel) => channel.sideMsat[0]),
    channelUnsettledMsat: inflight(state).reduce((all, p) => all + p.amountMsat + p.feeMsat, 0n),
    pendingOpenMsat: sum(pending, (channel) => channel.sideMsat[0]),
    channelReservedMsat: sum(ofOurs(state), (channel) => channel.tiedMsat),
    onchainConfirmedMsat: chain.confirmedMsat,
    onchainUnconfirmedMsat: chain.unconfirmedMsat,
    onchainLockedMsat: chain.lockedMsat,
    anchorReserveMsat: anchorReserveMsat(state),
  };
}

export function open(state: MockState, wish: OpenChannelRequest, nowMs: number): ChannelPoint {
  const peer = nodeNames.find((name) => state.pubkeys[name] === wish.peerPubkey);
  if (peer === undefined || peer === "us") throw new TimmyError("lnd-refused", "no such peer");
  if (wish.capacitySat < minCapacitySat) throw new TimmyError("lnd-refused", "channel too small");
  const capacityMsat = satToMsat(wish.capacitySat);
  const out = { amountMsat: capacityMsat, satPerVbyte: wish.satPerVbyte, to: wish.peerPubkey };
  const { txid, rawHex } = fund(state, out, nowMs);
  publish(state, rawHex);
  state.channels.push({
    id: channelId(state.height + 1, state.channels.length, 0),
    point: `${txid}:0`,
    ends: ["us", peer],
    capacityMsat,
    sideMsat: [capacityMsat - tiedOnOpenMsat, 0n],
    tiedMsat: tiedOnOpenMsat,
    isPrivate: wish.isPrivate,
    openHeight: null,
  });
  return { txid, index: 0 };
}

/** After a block: what has enough confirmations is open. */
export function openRipe(state: MockState): void {
  for (const channel of state.channels) {
    const txid = channel.point.slice(0, channel.point.indexOf(":"));
    if (!isOpen(channel) && (confirmationsOf(state, txid) ?? 0) >= openDepth) {
      channel.openHeight = state.height;
    }
  }
}
