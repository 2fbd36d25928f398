import type { FakeNode } from "./fake-node.ts";
import { bytesOf, digits, type Handlers, hexOf, satOf } from "./handler.ts";
import { uri } from "./methods.ts";
import { type FakeChannel, type FakeHtlc, reserveSat } from "./node-channels.ts";

interface OpenChannel {
  readonly node_pubkey: Uint8Array;
  readonly local_funding_amount: string;
  readonly sat_per_vbyte: string;
  readonly private: boolean;
}

const amount = (amountMsat: bigint) => ({ sat: satOf(amountMsat), msat: digits(amountMsat) });

const channelMessage = (channel: FakeChannel, htlcs: readonly FakeHtlc[]) => {
  const own = htlcs.filter((one) => one.channel === channel);
  const unsettledMsat = own.reduce((sum, one) => sum + one.amountMsat, 0n);
  const constraints = { csv_delay: 144, chan_reserve_sat: digits(reserveSat(channel)) };
  return {
    active: channel.active,
    remote_pubkey: channel.peerPubkey,
    channel_point: channel.point,
    chan_id: digits(channel.id),
    capacity: digits(channel.capacitySat),
    local_balance: satOf(channel.localMsat),
    remote_balance: satOf(channel.remoteMsat),
    commit_fee: digits(channel.commitFeeSat - 660n),
    commit_weight: "1124",
    fee_per_kw: "2500",
    unsettled_balance: satOf(unsettledMsat),
    pending_htlcs: own.map((one) => ({
      incoming: false,
      amount: satOf(one.amountMsat),
      hash_lock: bytesOf(one.hash),
    })),
    private: channel.isPrivate,
    initiator: channel.initiator,
    commitment_type: "ANCHORS",
    local_constraints: constraints,
    remote_constraints: constraints,
    peer_alias: channel.peerAlias,
  };
};

/** Balances, channels, forwards; GetInfo says that this is a fake. */
export function createChannelHandlers(node: FakeNode): Handlers {
  const { channels, chain } = node;
  const info = () => ({
    version: node.version,
    identity_pubkey: node.pubkey(),
    alias: node.alias,
    num_active_channels: channels.list().filter((one) => one.active).length,
    block_height: chain.height(),
    synced_to_chain: true,
    synced_to_graph: true,
    chains: [{ chain: "bitcoin", network: node.network }],
  });
  return {
    unary: {
      [uri.getInfo]: info,
      [uri.channelBalance]: () => ({
        local_balance: amount(channels.localMsat()),
        remote_balance: amount(channels.remoteMsat()),
        // What leaves is "remote": lnd counts the incoming HTLCs as local (rpcserver.go).
        unsettled_local_balance: amount(0n),
        unsettled_remote_balance: amount(channels.unsettledMsat()),
        pending_open_local_balance: amount(channels.pendingMsat()),
        pending_open_remote_balance: amount(0n),
      }),
      [uri.listChannels]: () => ({
        channels: channels
          .list()
          .filter((one) => one.open)
          .map((one) => channelMessage(one, channels.htlcs())),
      }),
      [uri.pendingChannels]: () => ({
        pending_open_channels: channels
          .list()
          .filter((one) => !one.open)
          .map((one) => ({
            channel: {
              remote_node_pub: one.peerPubkey,
              channel_point: one.point,
              capacity: digits(one.capacitySat),
              local_balance: satOf(one.localMsat),
              remote_balance: satOf(one.remoteMsat),
              initiator: one.initiator ? "INITIATOR_LOCAL" : "INITIATOR_REMOTE",
              commitment_type: "ANCHORS",
            },
            commit_fee: digits(one.commitFeeSat - 660n),
          })),
      }),
      [uri.connectPeer]: () => ({ status: "fake" }),
      [uri.openChannelSync](request: OpenChannel) {
        const { txid, vout } = node.openChannel({
          peerPubkey: hexOf(request.node_pubkey),
          capacitySat: BigInt(request.local_funding_amount),
          satPerVbyte: BigInt(request.sat_per_vbyte),
          isPrivate: request.private,
        });
        return { funding_txid_bytes: bytesOf(txid).reverse(), output_index: vout };
      },
      [uri.forwardingHistory](request: ForwardingHistory) {
        const some = node
          .forwards()
          .filter((one) => one.atNs >= BigInt(request.start_time) * 1_000_000_000n)
          .slice(request.index_offset, request.index_offset + (request.num_max_events || 100));
        return {
          forwarding_events: some.map((one) => ({
            chan_id_in: digits(one.channelIn),
            chan_id_out: digits(one.channelOut),
            amt_out_msat: digits(one.amountOutMsat),
            amt_in_msat: digits(one.amountOutMsat + one.feeMsat),
            fee_msat: digits(one.feeMsat),
            timestamp_ns: digits(one.atNs),
          })),
          last_offset_index: request.index_offset + some.length,
        };
      },
    },
    streams: {},
  };
}
interface ForwardingHistory {
  readonly start_time: string;
  readonly index_offset: number;
  readonly num_max_events: number;
}
