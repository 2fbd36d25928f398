import type { Time } from "@timmy/shared/ports/time";
import { createIdentity } from "./identity.ts";
import { createChain } from "./node-chain.ts";
import { type ChannelSpec, createChannels } from "./node-channels.ts";
import { createInvoices } from "./node-invoices.ts";
import { createPayments } from "./node-payments.ts";
import { createPayees, type ForeignInvoice, type ForeignInvoiceOptions } from "./payees.ts";
import { Refusal } from "./refusal.ts";
import { createAddress } from "./transaction.ts";

export type WalletState =
  | "NON_EXISTING"
  | "LOCKED"
  | "UNLOCKED"
  | "RPC_ACTIVE"
  | "SERVER_ACTIVE"
  | "WAITING_TO_START";
export interface FakeForward {
  readonly atNs: bigint;
  readonly channelIn: bigint;
  readonly channelOut: bigint;
  readonly amountOutMsat: bigint;
  readonly feeMsat: bigint;
}
export interface FakeNodeOptions {
  readonly seed?: string;
  /** By default two: 1,000,000 sat with all of it ours, 1,000,000 sat with none of it ours. */
  readonly channels?: readonly Omit<ChannelSpec, "peerPubkey">[];
  readonly version?: string;
}

interface OpenWish {
  readonly peerPubkey: string;
  readonly capacitySat: bigint;
  readonly satPerVbyte: bigint;
  readonly isPrivate: boolean;
}

const defaultChannels = [
  { peerAlias: "fake-hub", capacitySat: 1_000_000n, localMsat: 1_000_000_000n },
  { peerAlias: "fake-payer", capacitySat: 1_000_000n, localMsat: 0n, initiator: false },
] as const;

/** The wallet that the fake plays, and the world around it: payees, payers, blocks. */
export function createFakeNode(time: Time, options: FakeNodeOptions = {}) {
  const seed = options.seed ?? "a";
  let identity = createIdentity(seed);
  const channels = createChannels();
  const peers = (options.channels ?? defaultChannels).map((spec, k) => {
    const peer = createIdentity(`${seed} peer ${k}`);
    channels.add({ ...spec, peerPubkey: peer.pubkey });
    return peer;
  });
  const invoices = createInvoices({ clock: time.clock, identity: () => identity });
  const payees = createPayees(seed);
  const pubkey = () => identity.pubkey;
  const known = new Set([payees.identity.pubkey, ...peers.map((peer) => peer.pubkey)]);
  const hasRoute = (payee: string) => known.has(payee) || payee === identity.pubkey;
  const payments = createPayments({ time, channels, invoices, payees, pubkey, hasRoute });
  const chain = createChain(time.clock);
  const forwards: FakeForward[] = [];
  const nowS = () => Math.floor(time.clock.wallMs() / 1000);
  const startMsat = channels.localMsat();

  return {
    ...{ channels, invoices, payees, payments, chain, peers, pubkey, nowS },
    alias: "fake-lnd",
    network: "regtest",
    version: options.version ?? "0.21.2-beta commit=fake-lnd",
    state: "SERVER_ACTIVE" as WalletState,
    /** Least bytes of an answer to ListInvoices and ListPayments, in padding. */
    pageBytes: 0,
    forwards: (): readonly FakeForward[] => forwards,
    /** Another wallet behind the same address. */
    changeIdentity(): void {
      identity = createIdentity(`${seed} another`);
    },
    makeForeignInvoice: (
      amountMsat: bigint | null,
      more: Omit<ForeignInvoiceOptions, "amountMsat" | "nowS"> = {},
    ): ForeignInvoice => payees.make({ ...more, amountMsat, nowS: nowS() }),
    /** A stranger pays an invoice of ours, exactly or more. */
    payOurs(hash: string, amountMsat?: bigint): void {
      const asked = invoices.find(hash)?.amountMsat ?? 0n;
      const paidMsat = amountMsat ?? asked;
      const invoice = invoices.payable(hash, paidMsat);
      if (invoice === null) throw new Refusal("UNKNOWN", "fake: the invoice cannot be paid");
      if (channels.receive(paidMsat) === null) throw new Refusal("UNKNOWN", "fake: no room");
      invoices.settle(invoice, paidMsat);
    },
    /** Pays for a channel out of the wallet's coins; it opens with the third block after that. */
    openChannel(wish: OpenWish): { readonly txid: string; readonly vout: number } {
      if (!known.has(wish.peerPubkey)) {
        throw new Refusal("UNKNOWN", `peer ${wish.peerPubkey} is not online`);
      }
      const { address } = createAddress(`funding ${channels.list().length}`);
      const outputs = new Map([[address, wish.capacitySat]]);
      const { psbt } = chain.fund(outputs, wish.satPerVbyte);
      const txid = chain.publish(chain.finalize(psbt).raw, "");
      const { peerPubkey, capacitySat, isPrivate } = wish;
      const localMsat = capacitySat * 1000n;
      channels.add({
        ...{ peerPubkey, capacitySat, isPrivate, localMsat },
        ...{ point: `${txid}:0`, open: false },
      });
      return { txid, vout: 0 };
    },
    mine(blocks: number): void {
      chain.mine(blocks);
      for (const channel of channels.list()) {
        const txid = channel.point.split(":")[0] ?? "";
        if (!channel.open && chain.confirmations(txid) >= 3) {
          channel.open = true;
          channel.active = true;
        }
      }
    },
    /** A stranger's payment passes through us: what it leaves with us is the fee. */
    forward(amountOutMsat: bigint, feeMsat: bigint): void {
      const hash = `forward ${forwards.length}`;
      const via = { outgoingIds: [], lastHop: "" };
      const out = channels.lock(hash, amountOutMsat, via);
      channels.unlock(hash, true);
      const peer = channels.list().find((one) => one !== out?.channel)?.peerPubkey;
      const into = channels.receive(amountOutMsat + feeMsat, peer);
      if (out === null || into === null) throw new Refusal("UNKNOWN", "fake: cannot forward");
      const atNs = BigInt(Math.floor(time.clock.wallMs())) * 1_000_000n;
      const [channelIn, channelOut] = [into.id, out.channel.id];
      forwards.push({ atNs, channelIn, channelOut, amountOutMsat, feeMsat });
    },
    /** Start plus what came, minus what left, minus what the channels hold: always zero. */
    imbalanceMsat(): bigint {
      const fees = forwards.reduce((sum, one) => sum + one.feeMsat, 0n);
      const came = startMsat + invoices.receivedMsat() + fees;
      return came - payments.leftMsat() - channels.localMsat() - channels.unsettledMsat();
    },
  };
}
export type FakeNode = ReturnType<typeof createFakeNode>;
