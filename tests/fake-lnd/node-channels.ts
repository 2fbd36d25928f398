export interface FakeChannel {
  readonly id: bigint;
  readonly point: string;
  readonly peerPubkey: string;
  readonly peerAlias: string;
  readonly capacitySat: bigint;
  /** What LND names local balance: commitment fee and anchors are off already. */
  localMsat: bigint;
  remoteMsat: bigint;
  readonly commitFeeSat: bigint;
  readonly initiator: boolean;
  readonly isPrivate: boolean;
  /** False while it waits for confirmations. */
  open: boolean;
  active: boolean;
}
export interface FakeHtlc {
  readonly hash: string;
  readonly channel: FakeChannel;
  readonly amountMsat: bigint;
}
export interface ChannelSpec {
  readonly peerPubkey: string;
  readonly peerAlias?: string;
  readonly capacitySat: bigint;
  readonly localMsat: bigint;
  readonly initiator?: boolean;
  readonly isPrivate?: boolean;
  readonly point?: string;
  readonly open?: boolean;
}
export interface Via {
  readonly outgoingIds: readonly bigint[];
  readonly lastHop: string;
}

/** 1 % of the capacity stays with each side (BOLT 2, channel_reserve_satoshis, as lnd sets it). */
export const reserveSat = (channel: FakeChannel): bigint => channel.capacitySat / 100n;
/**
 * An opener pays two anchors of 330 sat and, in this fake, a commitment fee that never changes:
 * 1,124 weight units at 2,500 sat per 1,000 of them (BOLT 3, fee calculation).
 */
const anchorsSat = 660n;
const commitFeeSat = 2_810n;

/** The channels of the fake and the HTLCs in them; all amounts to the msat. */
export function createChannels() {
  const channels: FakeChannel[] = [];
  const htlcs = new Map<string, FakeHtlc>();
  const spendable = (channel: FakeChannel) => channel.localMsat - reserveSat(channel) * 1000n;

  return {
    list: (): readonly FakeChannel[] => channels,
    htlcs: (): readonly FakeHtlc[] => [...htlcs.values()],
    add(spec: ChannelSpec): FakeChannel {
      const initiator = spec.initiator ?? true;
      const n = BigInt(channels.length);
      const tiedMsat = (commitFeeSat + anchorsSat) * 1000n;
      const channel: FakeChannel = {
        id: ((500n + n) << 40n) | (1n << 16n),
        point: spec.point ?? `${(n + 1n).toString(16).padStart(64, "0")}:0`,
        peerPubkey: spec.peerPubkey,
        peerAlias: spec.peerAlias ?? "fake-peer",
        capacitySat: spec.capacitySat,
        localMsat: spec.localMsat - (initiator ? tiedMsat : 0n),
        remoteMsat: spec.capacitySat * 1000n - spec.localMsat - (initiator ? 0n : tiedMsat),
        commitFeeSat: commitFeeSat + anchorsSat,
        initiator,
        isPrivate: spec.isPrivate ?? false,
        open: spec.open ?? true,
        active: spec.open ?? true,
      };
      channels.push(channel);
      return channel;
    },
    /** Puts an HTLC into the first channel that can carry it; null when none can. */
    lock(hash: string, amountMsat: bigint, via: Via): FakeHtlc | null {
      const channel = channels.find(
        (one) =>
          one.active &&
          spendable(one) >= amountMsat &&
          (via.outgoingIds.length === 0 || via.outgoingIds.includes(one.id)),
      );
      if (channel === undefined) return null;
      const htlc = { hash, channel, amountMsat };
      channel.localMsat -= amountMsat;
      htlcs.set(hash, htlc);
      return htlc;
    },
    /** The HTLC is over: with true it went to the peer, with false it comes back. */
    unlock(hash: string, paid: boolean): void {
      const htlc = htlcs.get(hash);
      if (htlc === undefined) return;
      htlcs.delete(hash);
      if (paid) htlc.channel.remoteMsat += htlc.amountMsat;
      else htlc.channel.localMsat += htlc.amountMsat;
    },
    /** Money that comes in, by the channel with that peer or the first with room. */
    receive(amountMsat: bigint, fromPeer = ""): FakeChannel | null {
      const channel = channels.find(
        (one) =>
          one.active &&
          one.remoteMsat - reserveSat(one) * 1000n >= amountMsat &&
          (fromPeer === "" || one.peerPubkey === fromPeer),
      );
      if (channel === undefined) return null;
      channel.remoteMsat -= amountMsat;
      channel.localMsat += amountMsat;
      return channel;
    },
    localMsat: () => channels.filter((c) => c.open).reduce((sum, c) => sum + c.localMsat, 0n),
    remoteMsat: () => channels.filter((c) => c.open).reduce((sum, c) => sum + c.remoteMsat, 0n),
    pendingMsat: () => channels.filter((c) => !c.open).reduce((sum, c) => sum + c.localMsat, 0n),
    unsettledMsat: () => [...htlcs.values()].reduce((sum, h) => sum + h.amountMsat, 0n),
  };
}
export type Channels = ReturnType<typeof createChannels>;
