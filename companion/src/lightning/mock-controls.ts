import type { Random } from "@timmy/shared/ports/random";
import type { Clock, Timers } from "@timmy/shared/ports/time";
import type { FailureReason } from "./backend.ts";

export interface MockPorts {
  readonly clock: Clock;
  /** Its seed decides every key, secret and address. */
  readonly random: Random;
  /** Needed only for latency and blocks by themselves. */
  readonly timers?: Timers;
}
export interface MockOptions {
  /** What `snapshot` gave in an earlier life; the network goes on from there. */
  readonly snapshot?: string;
  /** Called after each change, so that the caller can keep a snapshot. */
  readonly onChange?: () => void;
  /** How long a payment takes; 0 without timers. */
  readonly latencyMs?: number;
  /** A block by itself this often; never without timers. */
  readonly blockMs?: number;
}

/** What goes wrong with the next call of its kind; faults wait in a queue, one for each call. */
export type PaymentFault =
  /** It leaves, the stream drops (`unknown`), and it succeeds all the same. */
  | { readonly kind: "drop-then-succeed" }
  /** It leaves, the stream drops, and it fails with this reason. */
  | { readonly kind: "drop-then-fail"; readonly reason: FailureReason }
  /** The stream drops before it leaves: `unknown`, and following it says `not-found`. */
  | { readonly kind: "drop-before-send" }
  /** In flight until `release`; with `drop` the stream drops as well. */
  | { readonly kind: "stuck"; readonly drop?: boolean }
  | { readonly kind: "fail"; readonly reason: FailureReason };

/** The hands of everybody else in the mock's network, for tests and for a newcomer. */
export interface MockControls {
  /** An invoice of a payee two hops away; null: without an amount. */
  makeForeignInvoice(amountMsat: bigint | null, memo: string, expiryS?: number): string;
  /** The payee forgets it: payments end as incorrect-details. */
  forgetForeign(paymentHash: string): void;
  /** The payee keeps payments of it in flight until `release`. */
  holdForeign(paymentHash: string): void;
  /** Ends a payment of ours that is held or stuck. */
  release(paymentHash: string, how: "settle" | FailureReason): void;
  /** A stranger pays an invoice of ours, exactly or more. Throws `payment-failed`. */
  payOurs(bolt11: string, amountMsat?: bigint): void;
  /** A stranger's payment passes through us, from the hub to the bridge; answers our fee. */
  forward(amountMsat: bigint): bigint;
  /** Coins to an address of the wallet, unconfirmed until mined; answers the transaction's id. */
  sendCoins(address: string, amountSat: bigint): string;
  mine(blocks: number): void;
  /** Other than active: calls are refused and subscriptions end. */
  setNode(state: "active" | "away" | "locked" | "starting"): void;
  failNextPayment(fault: PaymentFault): void;
  /** The next invoice is made, but its answer is lost: `lnd-away`. */
  dropNextCreate(): void;
  /** Each event of an invoice is told this often from now on. */
  repeatEvents(times: number): void;
  /** What the network knows of our payments, as the truth beside any ledger. */
  sentMsat(): bigint;
  /** Public key of a node of the network, by its name. */
  pubkeyOf(name: "us" | "hub" | "bridge" | "payee" | "payer"): string;
  /** Everything as text, for `options.snapshot`. */
  snapshot(): string;
}
