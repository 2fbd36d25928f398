/**
 * The messages of `protos/lnd` as they are in JavaScript: 64-bit numbers are strings of digits,
 * bytes are buffers, enums are their names, absent fields have their default.
 */
export type Empty = Readonly<Record<string, never>>;

export type WalletState =
  | "NON_EXISTING"
  | "LOCKED"
  | "UNLOCKED"
  | "RPC_ACTIVE"
  | "SERVER_ACTIVE"
  | "WAITING_TO_START";

export interface GetInfoResponse {
  readonly version: string;
  readonly identity_pubkey: string;
  readonly alias: string;
  readonly block_height: number;
  readonly synced_to_chain: boolean;
  readonly synced_to_graph: boolean;
  readonly chains: readonly { readonly network: string }[];
}

export interface AddInvoiceRequest {
  readonly memo: string;
  readonly r_preimage: Uint8Array;
  readonly value_msat: string;
  readonly expiry: string;
  readonly private: boolean;
}
export interface AddInvoiceResponse {
  readonly r_hash: Buffer;
  readonly payment_request: string;
  readonly add_index: string;
}
export interface WireInvoice {
  readonly memo: string;
  readonly r_hash: Buffer;
  readonly value_msat: string;
  readonly creation_date: string;
  readonly settle_date: string;
  readonly payment_request: string;
  readonly expiry: string;
  readonly add_index: string;
  readonly settle_index: string;
  readonly amt_paid_msat: string;
  readonly state: "OPEN" | "SETTLED" | "CANCELED" | "ACCEPTED";
}
export interface ListInvoiceRequest {
  readonly index_offset: string;
  readonly num_max_invoices: string;
}
export interface ListInvoiceResponse {
  readonly invoices: readonly WireInvoice[];
}
export interface InvoiceSubscription {
  readonly add_index: string;
  readonly settle_index: string;
}

export interface SendPaymentRequest {
  readonly payment_request: string;
  readonly timeout_seconds: number;
  readonly amt_msat?: string;
  readonly fee_limit_msat: string;
  readonly outgoing_chan_ids?: readonly string[];
  readonly last_hop_pubkey?: Uint8Array;
  readonly allow_self_payment?: boolean;
  readonly no_inflight_updates: boolean;
  readonly cancelable: boolean;
}
export interface TrackPaymentRequest {
  readonly payment_hash: Uint8Array;
  readonly no_inflight_updates: boolean;
}
export interface WirePayment {
  readonly payment_hash: string;
  readonly payment_preimage: string;
  readonly value_msat: string;
  readonly fee_msat: string;
  readonly status: "UNKNOWN" | "IN_FLIGHT" | "SUCCEEDED" | "FAILED" | "INITIATED";
  readonly failure_reason: string;
  readonly htlcs: readonly { readonly status: "IN_FLIGHT" | "SUCCEEDED" | "FAILED" }[];
}

interface Amount {
  readonly sat: string;
  readonly msat: string;
}
export interface ChannelBalanceResponse {
  readonly local_balance: Amount | null;
  readonly remote_balance: Amount | null;
  readonly unsettled_local_balance: Amount | null;
  readonly unsettled_remote_balance: Amount | null;
  readonly pending_open_local_balance: Amount | null;
}
export interface WalletBalanceResponse {
  readonly confirmed_balance: string;
  readonly unconfirmed_balance: string;
  readonly locked_balance: string;
  readonly reserved_balance_anchor_chan: string;
}
export interface WireChannel {
  readonly active: boolean;
  readonly remote_pubkey: string;
  readonly channel_point: string;
  readonly chan_id: string;
  readonly capacity: string;
  readonly local_balance: string;
  readonly remote_balance: string;
  readonly commit_fee: string;
  readonly commit_weight: string;
  readonly fee_per_kw: string;
  readonly unsettled_balance: string;
  readonly pending_htlcs: readonly { readonly incoming: boolean; readonly amount: string }[];
  readonly private: boolean;
  readonly initiator: boolean;
  readonly commitment_type: string;
  readonly local_constraints: { readonly chan_reserve_sat: string } | null;
  readonly peer_alias: string;
}
export interface ListChannelsResponse {
  readonly channels: readonly WireChannel[];
}
export interface PendingOpenChannel {
  readonly channel: {
    readonly capacity: string;
    readonly local_balance: string;
    readonly remote_balance: string;
    readonly initiator: string;
  } | null;
}
export interface PendingChannelsResponse {
  readonly pending_open_channels: readonly PendingOpenChannel[];
}
export interface OpenChannelRequest {
  readonly sat_per_vbyte: string;
  readonly node_pubkey: Uint8Array;
  readonly local_funding_amount: string;
  readonly private: boolean;
  readonly min_confs: number;
}
/** The oneof arrives as one of two; the bytes are in internal (reversed) order. */
export interface WireChannelPoint {
  readonly funding_txid_bytes?: Buffer;
  readonly funding_txid_str?: string;
  readonly output_index: number;
}
export interface ForwardingHistoryRequest {
  readonly start_time: string;
  readonly end_time: string;
  readonly index_offset: number;
  readonly num_max_events: number;
}
export interface ForwardingHistoryResponse {
  readonly forwarding_events: readonly {
    readonly chan_id_in: string;
    readonly chan_id_out: string;
    readonly fee_msat: string;
    readonly amt_out_msat: string;
    readonly timestamp_ns: string;
  }[];
}

export interface WireUtxo {
  readonly amount_sat: string;
  readonly outpoint: { readonly txid_str: string; readonly output_index: number } | null;
  readonly confirmations: string;
}
export interface FundPsbtRequest {
  readonly raw: { readonly inputs: readonly never[]; readonly outputs: Record<string, string> };
  readonly sat_per_vbyte: string;
  readonly min_confs: number;
}
export interface WireLease {
  readonly id: Buffer;
  readonly outpoint: {
    readonly txid_bytes: Buffer;
    readonly txid_str: string;
    readonly output_index: number;
  } | null;
  readonly value: string;
}
export interface FundPsbtResponse {
  readonly funded_psbt: Buffer;
  readonly change_output_index: number;
  readonly locked_utxos: readonly WireLease[];
}
export interface FinalizePsbtResponse {
  readonly signed_psbt: Buffer;
  readonly raw_final_tx: Buffer;
}
export interface WireTransaction {
  readonly num_confirmations: number;
  readonly previous_outpoints: readonly { readonly outpoint: string }[];
}
export interface GetTransactionsRequest {
  readonly start_height: number;
  readonly end_height: number;
}
export interface BakeMacaroonRequest {
  readonly permissions: readonly { readonly entity: string; readonly action: string }[];
  readonly root_key_id: string;
}
