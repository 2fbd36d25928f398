import { fileURLToPath } from "node:url";
import type { MethodDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type * as wire from "./messages.ts";

const folder = fileURLToPath(new URL("../lnd/", import.meta.url));

/** Our subset of LND's protos, loaded once. 64-bit numbers stay exact because they are strings. */
const loaded = loadSync(
  ["lightning.proto", "invoices.proto", "router.proto", "walletkit.proto", "stateservice.proto"],
  {
    includeDirs: [folder],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);

export type LndMethod<Request, Response> = MethodDefinition<Request, Response>;

/** One method by its service and name; the types are what messages.ts says of its messages. */
function method<Request, Response>(service: string, name: string): LndMethod<Request, Response> {
  const definition = loaded[service] as Record<string, LndMethod<Request, Response>> | undefined;
  const found = definition?.[name];
  if (found === undefined) throw new Error(`protos/lnd has no method ${service}/${name}.`);
  return found;
}

const lightning = "lnrpc.Lightning";
const invoices = "invoicesrpc.Invoices";
const router = "routerrpc.Router";
const wallet = "walletrpc.WalletKit";

/** Every method that Timmy calls. `path` is also the name of the right that a macaroon needs. */
export const lndMethods = {
  getState: method<wire.Empty, { readonly state: wire.WalletState }>("lnrpc.State", "GetState"),
  getInfo: method<wire.Empty, wire.GetInfoResponse>(lightning, "GetInfo"),
  bakeMacaroon: method<wire.BakeMacaroonRequest, { readonly macaroon: string }>(
    lightning,
    "BakeMacaroon",
  ),

  addInvoice: method<wire.AddInvoiceRequest, wire.AddInvoiceResponse>(lightning, "AddInvoice"),
  lookupInvoice: method<{ readonly payment_hash: Uint8Array }, wire.WireInvoice>(
    invoices,
    "LookupInvoiceV2",
  ),
  listInvoices: method<wire.ListInvoiceRequest, wire.ListInvoiceResponse>(
    lightning,
    "ListInvoices",
  ),
  subscribeInvoices: method<wire.InvoiceSubscription, wire.WireInvoice>(
    lightning,
    "SubscribeInvoices",
  ),
  cancelInvoice: method<{ readonly payment_hash: Uint8Array }, wire.Empty>(
    invoices,
    "CancelInvoice",
  ),

  sendPayment: method<wire.SendPaymentRequest, wire.WirePayment>(router, "SendPaymentV2"),
  trackPayment: method<wire.TrackPaymentRequest, wire.WirePayment>(router, "TrackPaymentV2"),

  channelBalance: method<wire.Empty, wire.ChannelBalanceResponse>(lightning, "ChannelBalance"),
  walletBalance: method<wire.Empty, wire.WalletBalanceResponse>(lightning, "WalletBalance"),
  listChannels: method<{ readonly peer_alias_lookup: boolean }, wire.ListChannelsResponse>(
    lightning,
    "ListChannels",
  ),
  pendingChannels: method<wire.Empty, wire.PendingChannelsResponse>(lightning, "PendingChannels"),
  connectPeer: method<
    {
      readonly addr: { readonly pubkey: string; readonly host: string };
      readonly perm: boolean;
      readonly timeout: string;
    },
    wire.Empty
  >(lightning, "ConnectPeer"),
  openChannel: method<wire.OpenChannelRequest, wire.WireChannelPoint>(lightning, "OpenChannelSync"),
  forwardingHistory: method<wire.ForwardingHistoryRequest, wire.ForwardingHistoryResponse>(
    lightning,
    "ForwardingHistory",
  ),

  newAddress: method<{ readonly type: string }, { readonly address: string }>(
    lightning,
    "NewAddress",
  ),
  listUnspent: method<
    { readonly min_confs: number; readonly max_confs: number },
    { readonly utxos: readonly wire.WireUtxo[] }
  >(wallet, "ListUnspent"),
  fundPsbt: method<wire.FundPsbtRequest, wire.FundPsbtResponse>(wallet, "FundPsbt"),
  finalizePsbt: method<{ readonly funded_psbt: Uint8Array }, wire.FinalizePsbtResponse>(
    wallet,
    "FinalizePsbt",
  ),
  releaseOutput: method<
    {
      readonly id: Uint8Array;
      readonly outpoint: { readonly txid_bytes: Uint8Array; readonly output_index: number };
    },
    wire.Empty
  >(wallet, "ReleaseOutput"),
  listLeases: method<wire.Empty, { readonly locked_utxos: readonly wire.WireLease[] }>(
    wallet,
    "ListLeases",
  ),
  publishTransaction: method<
    { readonly tx_hex: Uint8Array; readonly label: string },
    { readonly publish_error: string }
  >(wallet, "PublishTransaction"),
  getTransaction: method<{ readonly txid: string }, wire.WireTransaction>(wallet, "GetTransaction"),
  getTransactions: method<
    wire.GetTransactionsRequest,
    { readonly transactions: readonly wire.WireTransaction[] }
  >(lightning, "GetTransactions"),
} as const;
