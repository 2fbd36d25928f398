import type { ErrorCode } from "@timmy/shared/errors";

/**
 * The one port to a Lightning node. Three implementations pass one contract suite: `mock` (a little
 * network in memory, which says mock everywhere), `lnd` on regtest, and `lnd` against the fake LND
 * of the tests. Amounts are millisatoshi as bigint, hashes and preimages are lower-case hex of 32
 * bytes, times of invoices are Unix seconds. Every call that can hang takes a signal; a node that
 * does not answer is a `TimmyError` `lnd-away`, `lnd-locked` or `lnd-starting`.
 */
export interface LightningBackend {
  readonly kind: BackendKind;
  readonly network: Network;

  /** Creates the invoice of this preimage; asked again, answers the one that exists. */
  createInvoice(request: InvoiceRequest, signal?: AbortSignal): Promise<Invoice>;
  /** Whether an invoice of ours was paid, and how much came. */
  checkPayment(paymentHash: string, signal?: AbortSignal): Promise<PaymentCheck>;
  getInvoice(paymentHash: string, signal?: AbortSignal): Promise<Invoice | null>;
  /** Invoices with an add index above `afterAddIndex`, in that order, at most `limit`. */
  listInvoices(page: InvoicePage, signal?: AbortSignal): Promise<readonly Invoice[]>;
  /** Plays the payer. Mock only; a real node answers `mock-only`. */
  settleInvoice(paymentHash: string): Promise<Invoice>;
  /** Makes an unpaid invoice of ours unpayable; answers false when it was paid before. */
  cancelInvoice(paymentHash: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Tells each invoice that was added or settled after the cursor, until the signal. Rejects with
   * the reason when the stream ends. A cursor of zero replays nothing: list first.
   */
  subscribeInvoices(
    cursor: InvoiceCursor,
    onInvoice: (invoice: Invoice) => void,
    signal: AbortSignal,
  ): Promise<void>;

  /** Reads an invoice with our own decoder. Throws `bad-invoice` and `wrong-network`. */
  decode(bolt11: string): DecodedInvoice;
  /**
   * Pays, with a fee limit always. Never throws for what may have left: a drop, a time-out or an
   * abort after the request went out is `unknown`. `exists`: the node knows a payment of this hash
   * already; follow it.
   */
  payInvoice(request: PayRequest, follow: Follow): Promise<PaymentOutcome>;
  /** Follows a payment to its end; `not-found` proves nothing by itself. */
  trackPayment(paymentHash: string, follow: Follow): Promise<PaymentOutcome>;

  getBalance(signal?: AbortSignal): Promise<NodeBalance>;
  channels(signal?: AbortSignal): Promise<readonly Channel[]>;
  /** Connects to the peer and opens a channel. */
  openChannel(request: OpenChannelRequest, signal?: AbortSignal): Promise<ChannelPoint>;
  /** Fees earned by forwarding since a time, oldest first, at most `limit`. */
  forwards(page: ForwardPage, signal?: AbortSignal): Promise<readonly Forward[]>;
  /** A fresh address of the node's own wallet, to pay in. */
  newAddress(signal?: AbortSignal): Promise<string>;
  /** Confirmed coins of the wallet, for a sweep. */
  unspent(signal?: AbortSignal): Promise<readonly Coin[]>;
  /** Builds and signs a transaction, and publishes nothing. Coins stay locked for ten minutes. */
  fundSweep(request: SweepRequest, signal?: AbortSignal): Promise<SignedTransaction>;
  /** Publishes a raw transaction; the same one again is no error. */
  publishTransaction(rawHex: string, label: string, signal?: AbortSignal): Promise<void>;
  /** Confirmations of a transaction of the wallet, or null when the wallet does not know it. */
  confirmations(txid: string, signal?: AbortSignal): Promise<number | null>;

  healthCheck(signal?: AbortSignal): Promise<NodeHealth>;
  close(): Promise<void>;
}

export type BackendKind = "mock" | "lnd";
/** As LND names them in GetInfo; BOLT11 prefixes: bc, tb, tbs, bcrt. The mock is on regtest. */
export type Network = "mainnet" | "testnet" | "signet" | "regtest";

export interface InvoiceRequest {
  /** 32 bytes, derived from the order, so that a create that crashed can be repeated. */
  readonly preimage: Uint8Array;
  readonly amountMsat: bigint;
  /** At most 639 bytes of UTF-8 (BOLT11, field d). */
  readonly memo: string;
  readonly expiryS: number;
}
export type InvoiceState = "open" | "accepted" | "settled" | "cancelled";
export interface Invoice {
  readonly paymentHash: string;
  readonly bolt11: string;
  readonly amountMsat: bigint;
  /** What came; zero until settled. May be more than was asked for. */
  readonly paidMsat: bigint;
  readonly memo: string;
  readonly state: InvoiceState;
  readonly createdS: number;
  readonly expiresS: number;
  readonly settledS: number | null;
  readonly addIndex: bigint;
  /** Zero until settled. */
  readonly settleIndex: bigint;
}
export interface PaymentCheck {
  readonly state: InvoiceState | "unknown";
  readonly paidMsat: bigint;
}
export interface InvoicePage {
  readonly afterAddIndex: bigint;
  readonly limit: number;
}
export interface InvoiceCursor {
  readonly addIndex: bigint;
  readonly settleIndex: bigint;
}

export interface DecodedInvoice {
  readonly bolt11: string;
  readonly network: Network;
  readonly paymentHash: string;
  /** Null when the payer chooses. */
  readonly amountMsat: bigint | null;
  readonly description: string;
  readonly descriptionHash: string | null;
  /** Public key of the payee, hex of 33 bytes. */
  readonly payee: string;
  readonly createdS: number;
  readonly expiresS: number;
  readonly minFinalCltvExpiry: number;
}

export interface PayRequest {
  readonly bolt11: string;
  /** Only for an invoice without an amount. */
  readonly amountMsat?: bigint;
  readonly maxFeeMsat: bigint;
  /** Seconds that the node may look for routes. */
  readonly timeoutS: number;
  /** For a circular payment: the channel to leave by and the peer to come back from. */
  readonly circular?: { readonly outgoingChannelId: string; readonly lastHopPubkey: string };
}
export interface Follow {
  readonly signal: AbortSignal;
  /** Told when the node says that an HTLC is on its way. */
  readonly onInflight?: () => void;
}
/** LND's FailureReason in our words. */
export type FailureReason =
  | "timeout"
  | "no-route"
  | "error"
  | "incorrect-details"
  | "insufficient-balance"
  | "canceled";
export type PaymentOutcome =
  | { readonly state: "succeeded"; readonly preimage: string; readonly feeMsat: bigint }
  | { readonly state: "failed"; readonly reason: FailureReason }
  | { readonly state: "exists" }
  | { readonly state: "not-found" }
  /** Refused before anything could leave: bad request, wrong rights, wallet not ready. */
  | { readonly state: "refused"; readonly code: ErrorCode; readonly details: string }
  | { readonly state: "unknown"; readonly why: string };

export interface NodeBalance {
  /** Our side of all open channels. */
  readonly channelLocalMsat: bigint;
  /** Our money in HTLCs on their way out. */
  readonly channelUnsettledMsat: bigint;
  /** Ours in channels that wait for confirmations. */
  readonly pendingOpenMsat: bigint;
  /** Ours, but tied up: commitment fees and anchors of channels that we opened. */
  readonly channelReservedMsat: bigint;
  readonly onchainConfirmedMsat: bigint;
  readonly onchainUnconfirmedMsat: bigint;
  /** Locked by a sweep in the making. */
  readonly onchainLockedMsat: bigint;
  /** What the node keeps for anchor channels. */
  readonly anchorReserveMsat: bigint;
}
export interface Channel {
  /** Short channel id as a decimal string (uint64). */
  readonly id: string;
  readonly point: string;
  readonly peerPubkey: string;
  readonly peerAlias: string;
  readonly capacityMsat: bigint;
  readonly localMsat: bigint;
  readonly remoteMsat: bigint;
  /** What must stay on our side (BOLT2, channel_reserve). */
  readonly localReserveMsat: bigint;
  readonly pendingHtlcs: number;
  readonly active: boolean;
  readonly initiator: boolean;
  readonly isPrivate: boolean;
}
export interface OpenChannelRequest {
  readonly peerPubkey: string;
  /** host:port, or empty when the peer is connected. */
  readonly peerAddress: string;
  readonly capacitySat: bigint;
  readonly satPerVbyte: number;
  readonly isPrivate: boolean;
}
export interface ChannelPoint {
  readonly txid: string;
  readonly index: number;
}
export interface ForwardPage {
  readonly sinceS: number;
  readonly offset: number;
  readonly limit: number;
}
export interface Forward {
  readonly atNs: bigint;
  readonly channelIn: string;
  readonly channelOut: string;
  readonly amountOutMsat: bigint;
  readonly feeMsat: bigint;
}
export interface Coin {
  readonly outpoint: string;
  readonly amountMsat: bigint;
  readonly confirmations: number;
}
export interface SweepRequest {
  readonly address: string;
  readonly amountSat: bigint;
  readonly satPerVbyte: number;
}
export interface SignedTransaction {
  readonly txid: string;
  readonly rawHex: string;
  readonly feeMsat: bigint;
}

export interface NodeHealth {
  readonly state: "active" | "locked" | "starting" | "away" | "refused";
  /** Null when active. */
  readonly code: ErrorCode | null;
  readonly sentence: string;
  readonly alias: string;
  readonly pubkey: string;
  readonly version: string;
  readonly network: Network;
  readonly blockHeight: number;
  readonly syncedToChain: boolean;
  readonly syncedToGraph: boolean;
}
