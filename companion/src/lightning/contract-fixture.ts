import type { LightningBackend } from "./backend.ts";

/** What not every network can play: the way to do it, or why not, which the suite reports. */
export type Ability<T> = T | { readonly cannot: string };

/**
 * A node of ours in a running network, and the hands of everybody around it. The suite needs
 * 300,000 sat to spend, 300,000 sat to receive, and a default forwarding fee (1 sat) on the way to
 * the payee. One fixture serves all cases; each makes its own invoices.
 */
export interface ContractFixture {
  readonly backend: LightningBackend;
  /** The node's Unix time in seconds. */
  nowS(): number;
  /** An invoice of a payee at least two hops away; null: without an amount. */
  makeForeignInvoice(amountMsat: bigint | null, memo: string, expiryS?: number): Promise<string>;
  /** A stranger pays an invoice of ours; rejects when his payment fails. */
  payOurs(bolt11: string): Promise<void>;
  /** Closes backend and network. */
  stop(): Promise<void>;

  /** Lets this much time pass for the node, or waits for it. */
  readonly passTime: Ability<(seconds: number) => Promise<void>>;
  /** An invoice whose payment stays in flight until the payee settles or cancels it. */
  readonly makeHeldInvoice: Ability<(amountMsat: bigint) => Promise<HeldInvoice>>;
  /** The payee forgets his invoice: payments of it end as incorrect-details. */
  readonly forgetForeign: Ability<(bolt11: string) => Promise<void>>;
  /** A channel to leave by and a peer to come back from, for 10,000 sat. */
  readonly circle: Ability<{ readonly outgoingChannelId: string; readonly lastHopPubkey: string }>;
  /** A stranger's payment of this amount passes through our node. */
  readonly forward: Ability<(amountMsat: bigint) => Promise<void>>;
  /** Sends coins of the chain to an address; unconfirmed until mined. */
  readonly sendCoins: Ability<(address: string, amountSat: bigint) => Promise<void>>;
  readonly mine: Ability<(blocks: number) => Promise<void>>;
  /** A node to open a channel of 100,000 sat with; our wallet can pay for it. */
  readonly peer: Ability<{ readonly pubkey: string; readonly address: string }>;
  /** The node goes away, then comes back. */
  readonly outage: Ability<{ begin(): Promise<void>; end(): Promise<void> }>;
}

export interface HeldInvoice {
  readonly bolt11: string;
  settle(): Promise<void>;
  cancel(): Promise<void>;
}
