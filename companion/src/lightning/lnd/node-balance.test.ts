import type { ChannelBalanceResponse, WireChannel } from "@timmy/protos/messages";
import { describe, expect, it } from "vitest";
import { readBalance, reservedMsat } from "./node-balance.ts";
import type { NodeCalls } from "./node-calls.ts";

/** Figures of a real channel of lnd 0.21.2 on regtest: 1,000,000 sat, 300,000 pushed, 500 sat/kw. */
const channel: WireChannel = {
  active: true,
  remote_pubkey: "02aa",
  channel_point: "ab:0",
  chan_id: "1",
  capacity: "1000000",
  local_balance: "698778",
  remote_balance: "300000",
  commit_fee: "562",
  commit_weight: "1116",
  fee_per_kw: "500",
  unsettled_balance: "0",
  pending_htlcs: [],
  private: false,
  initiator: true,
  commitment_type: "ANCHORS",
  local_constraints: { chan_reserve_sat: "10000" },
  peer_alias: "home",
};
const amount = (msat: bigint) => ({ sat: (msat / 1000n).toString(), msat: msat.toString() });
const balance = (local: bigint, remote: bigint, incoming = 0n, outgoing = 0n) => ({
  local_balance: amount(local),
  remote_balance: amount(remote),
  unsettled_local_balance: amount(incoming),
  unsettled_remote_balance: amount(outgoing),
  pending_open_local_balance: amount(0n),
});
const wallet = {
  confirmed_balance: "100",
  unconfirmed_balance: "20",
  locked_balance: "3000",
  reserved_balance_anchor_chan: "10000",
};

/** A node that gives each of these answers once, the last one for ever. */
function node(answers: Record<string, readonly unknown[]>) {
  const asked: string[] = [];
  const calls = {
    call: async (name: string) => {
      const all = answers[name] ?? [{}];
      const before = asked.filter((one) => one === name).length;
      asked.push(name);
      return all[Math.min(before, all.length - 1)];
    },
  } as unknown as NodeCalls;
  return { calls, asked };
}
const still = {
  pendingChannels: [{ pending_open_channels: [] }],
  walletBalance: [wallet],
  listLeases: [{ locked_utxos: [] }],
};

describe("what is tied up in a channel", () => {
  it("is the commitment fee and two anchors", () => {
    expect(reservedMsat(channel)).toBe(1_222_000n);
  });
  it("is exact although LND cuts both balances to satoshi and adds that to its fee", () => {
    const odd = { ...channel, local_balance: "698765", remote_balance: "300012" };
    expect(reservedMsat({ ...odd, commit_fee: "563" })).toBe(1_222_000n);
  });
  it("grows with each HTLC that is no dust", () => {
    const htlc = { incoming: false, amount: "700" };
    const held = { ...channel, local_balance: "697991", pending_htlcs: [htlc] };
    expect(reservedMsat(held)).toBe(1_308_000n);
    const dust = { incoming: false, amount: "50" };
    expect(reservedMsat({ ...channel, local_balance: "698728", pending_htlcs: [dust] })).toBe(
      1_222_000n,
    );
  });
  it("is the rest where the type of the channel is not known", () => {
    expect(reservedMsat({ ...channel, commitment_type: "OF_TOMORROW" })).toBe(1_222_000n);
  });
});

describe("the balance", () => {
  const read = (list: readonly WireChannel[][], balances: readonly ChannelBalanceResponse[]) =>
    node({
      ...still,
      listChannels: list.map((channels) => ({ channels })),
      channelBalance: balances,
    });

  it("counts our outgoing HTLCs, which LND calls remote, and no incoming ones", async () => {
    const htlcs = [
      { incoming: false, amount: "700" },
      { incoming: true, amount: "500" },
    ];
    const busy = { ...channel, local_balance: "697404", pending_htlcs: htlcs };
    const { calls } = read([[busy]], [balance(697_404_877n, 300_000_000n, 500_000n, 701_123n)]);
    const found = await readBalance(calls);
    expect(found.channelLocalMsat).toBe(697_404_877n);
    expect(found.channelUnsettledMsat).toBe(701_123n);
    expect(found.channelReservedMsat).toBe(1_394_000n);
  });
  it("reserves nothing for channels that the peer opened", async () => {
    const theirs = { ...channel, initiator: false, local_balance: "300000" };
    const { calls } = read(
      [[{ ...theirs, remote_balance: "698778" }]],
      [balance(300_000_000n, 698_778_000n)],
    );
    expect((await readBalance(calls)).channelReservedMsat).toBe(0n);
  });
  it("reads again when a channel changed between two calls", async () => {
    const htlc = { incoming: false, amount: "700" };
    const before = { ...channel, local_balance: "697991", pending_htlcs: [htlc] };
    const after = balance(698_078_000n, 300_700_000n);
    const settled = { ...channel, local_balance: "698078", remote_balance: "300700" };
    const { calls, asked } = read([[before], [settled]], [after]);
    const found = await readBalance(calls);
    expect(found.channelLocalMsat + found.channelReservedMsat).toBe(699_300_000n);
    expect(asked.filter((name) => name === "channelBalance")).toHaveLength(2);
  });
  it("holds fee and anchors of a channel that we are opening", async () => {
    const opening = (initiator: string) => ({
      channel: { capacity: "50000", local_balance: "49056", remote_balance: "0", initiator },
    });
    const { calls } = node({
      ...still,
      listChannels: [{ channels: [] }],
      channelBalance: [balance(0n, 0n)],
      pendingChannels: [
        { pending_open_channels: [opening("INITIATOR_LOCAL"), opening("INITIATOR_REMOTE")] },
      ],
    });
    expect((await readBalance(calls)).channelReservedMsat).toBe(944_000n);
  });
  it("does not count locked coins that a transaction spends already", async () => {
    const lease = (txid: string, value: string) => ({
      id: Buffer.of(1),
      outpoint: { txid_bytes: Buffer.of(), txid_str: txid, output_index: 1 },
      value,
    });
    const { calls } = node({
      ...still,
      listChannels: [{ channels: [] }],
      channelBalance: [balance(0n, 0n)],
      listLeases: [{ locked_utxos: [lease("aa", "1000"), lease("bb", "2000")] }],
      getInfo: [{ block_height: 450 }],
      getTransactions: [
        { transactions: [{ num_confirmations: 0, previous_outpoints: [{ outpoint: "aa:1" }] }] },
      ],
    });
    const found = await readBalance(calls);
    expect(found.onchainLockedMsat).toBe(2_000_000n);
    expect(found.onchainConfirmedMsat).toBe(100_000n);
    expect(found.onchainUnconfirmedMsat).toBe(20_000n);
    expect(found.anchorReserveMsat).toBe(10_000_000n);
  });
});
