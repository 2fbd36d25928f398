import { limits } from "./limits.ts";
import type { LndNode } from "./lnd-node.ts";
import { until } from "./wait.ts";

/** An invoice of any kind that lnd makes; the REST interface's field names. */
export interface InvoiceWish {
  readonly value_msat?: string;
  readonly memo?: string;
  readonly expiry?: string;
  readonly private?: boolean;
  readonly r_preimage?: string;
  readonly description_hash?: string;
  readonly fallback_addr?: string;
  readonly cltv_expiry?: string;
  readonly is_amp?: boolean;
  readonly is_blinded?: boolean;
}

const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");

export async function addInvoice(node: LndNode, wish: InvoiceWish): Promise<string> {
  return (await node.rest<{ payment_request: string }>("POST", "/v1/invoices", wish))
    .payment_request;
}

/** A hold invoice: the payee takes the HTLC and neither settles nor refuses it until told. */
export async function addHoldInvoice(
  node: LndNode,
  paymentHash: string,
  amountMsat: bigint,
): Promise<string> {
  const wish = { hash: base64(paymentHash), value_msat: amountMsat.toString() };
  const made = await node.rest<{ payment_request: string }>("POST", "/v2/invoices/hodl", wish);
  return made.payment_request;
}

/** Until the payment of a hold invoice lies at its payee. */
export async function waitHeld(node: LndNode, paymentHash: string): Promise<void> {
  const hash = encodeURIComponent(base64(paymentHash));
  const path = `/v2/invoices/lookup?payment_hash=${hash}`;
  await until(`${node.name} holds the payment`, limits.syncMs, async () => {
    return (await node.rest<{ state: string }>("GET", path)).state === "ACCEPTED";
  });
}

export const settleHold = (node: LndNode, preimage: string): Promise<unknown> =>
  node.rest("POST", "/v2/invoices/settle", { preimage: base64(preimage) });

export const cancelHold = (node: LndNode, paymentHash: string): Promise<unknown> =>
  node.rest("POST", "/v2/invoices/cancel", { payment_hash: base64(paymentHash) });

export interface Paid {
  readonly status: string;
  readonly failure_reason: string;
  readonly payment_preimage: string;
  readonly fee_msat: string;
}

/** Pays as a person would with lncli, and answers when the payment has ended. */
export function pay(
  node: LndNode,
  bolt11: string,
  options: {
    readonly maxFeeMsat?: bigint;
    readonly amountMsat?: bigint;
    readonly outgoingChannelId?: string;
  } = {},
): Promise<Paid> {
  return node.rest<Paid>("POST", "/v2/router/send", {
    payment_request: bolt11,
    timeout_seconds: 20,
    fee_limit_msat: (options.maxFeeMsat ?? 10_000n).toString(),
    no_inflight_updates: true,
    ...(options.amountMsat === undefined ? {} : { amt_msat: options.amountMsat.toString() }),
    ...(options.outgoingChannelId === undefined
      ? {}
      : { outgoing_chan_ids: [options.outgoingChannelId] }),
  });
}

export async function paymentHashOf(node: LndNode, bolt11: string): Promise<string> {
  return (await node.rest<{ payment_hash: string }>("GET", `/v1/payreq/${bolt11}`)).payment_hash;
}

/** The short id of the channel between two nodes, as lnd's interfaces take it. */
export async function channelId(node: LndNode, peer: LndNode): Promise<string> {
  const { channels } = await node.rest<{
    channels: readonly { readonly chan_id: string; readonly remote_pubkey: string }[];
  }>("GET", "/v1/channels");
  const found = channels.find((channel) => channel.remote_pubkey === peer.pubkey());
  if (found === undefined) throw new Error(`${node.name} has no channel with ${peer.name}`);
  return found.chan_id;
}
