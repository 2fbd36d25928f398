import type { DecodedInvoice } from "@timmy/companion/lightning/backend";
import { decodeInvoice } from "@timmy/companion/lightning/bolt11";
import type { Time } from "@timmy/shared/ports/time";
import { type FailureReason, type Fault, type PaymentStatus, words } from "./faults.ts";
import type { Channels, Via } from "./node-channels.ts";
import type { Invoices } from "./node-invoices.ts";
import type { Payees } from "./payees.ts";
import { Refusal } from "./refusal.ts";

export interface FakePayment {
  readonly hash: string;
  readonly bolt11: string;
  readonly payee: string;
  readonly valueMsat: bigint;
  readonly feeLimitMsat: bigint;
  readonly via: Via;
  readonly index: bigint;
  readonly createdMs: number;
  /** Zero until an HTLC is on its way. */
  feeMsat: bigint;
  status: PaymentStatus;
  reason: "FAILURE_REASON_NONE" | FailureReason | "FAILURE_REASON_CANCELED";
  preimage: string;
}
export interface SendOrder {
  readonly bolt11: string;
  readonly amountMsat: bigint;
  readonly feeLimitMsat: bigint;
  readonly via: Via;
  readonly allowSelf: boolean;
}
export interface PaymentPorts {
  readonly time: Time;
  readonly channels: Channels;
  readonly invoices: Invoices;
  readonly payees: Payees;
  readonly pubkey: () => string;
  readonly hasRoute: (payee: string) => boolean;
}
type Listener = (payment: FakePayment) => void;

const existsWords = {
  INITIATED: words.exists,
  IN_FLIGHT: words.inTransition,
  SUCCEEDED: words.alreadyPaid,
} as const;

/** Reading means recovering a key, which is slow; trials read the same invoice often. */
const known = new Map<string, DecodedInvoice>();
const maxKnown = 1000;

/** The decoder of the fake; what it cannot read lnd could not either. */
export function readInvoice(bolt11: string): DecodedInvoice {
  const before = known.get(bolt11);
  if (before !== undefined) return before;
  try {
    const decoded = decodeInvoice(bolt11);
    if (known.size === maxKnown) known.clear();
    known.set(bolt11, decoded);
    return decoded;
  } catch (error) {
    throw new Refusal("UNKNOWN", error instanceof Error ? error.message : "invalid invoice");
  }
}

/** Payments that the fake sends: one life per hash, as lnd's control tower allows. */
export function createPayments(ports: PaymentPorts) {
  const payments = new Map<string, FakePayment>();
  const listeners = new Map<string, Set<Listener>>();
  let index = 0n;

  const tell = (payment: FakePayment) => {
    for (const listen of [...(listeners.get(payment.hash) ?? [])]) listen(payment);
  };

  function fail(payment: FakePayment, reason: FakePayment["reason"]): void {
    ports.channels.unlock(payment.hash, false);
    Object.assign(payment, { status: "FAILED", reason, feeMsat: 0n });
    tell(payment);
  }
  function succeed(payment: FakePayment): void {
    const own = ports.invoices.payable(payment.hash, payment.valueMsat);
    const foreign = ports.payees.find(payment.hash);
    // An invoice of ours may have expired or been cancelled while the HTLC was on its way round.
    if (own === null && foreign === null) {
      return fail(payment, "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS");
    }
    ports.channels.unlock(payment.hash, true);
    if (foreign !== null) foreign.timesPaid++;
    if (own !== null) {
      ports.channels.receive(payment.valueMsat, payment.via.lastHop);
      ports.invoices.settle(own, payment.valueMsat);
    }
    payment.preimage = own?.preimage ?? foreign?.preimage ?? "";
    payment.status = "SUCCEEDED";
    tell(payment);
  }
  function end(payment: FakePayment, reason: FailureReason | null): void {
    if (payment.status !== "IN_FLIGHT") return;
    if (reason === null) succeed(payment);
    else fail(payment, reason);
  }

  /** Looks for a way and puts the HTLC on it; false when the payment failed at that. */
  function depart(payment: FakePayment, fault: Fault): boolean {
    const foreign = ports.payees.find(payment.hash);
    const own = ports.invoices.payable(payment.hash, payment.valueMsat);
    const usualMsat = foreign?.feeMsat ?? 1000n;
    const over = fault.overCapMsat;
    const feeMsat = over === undefined ? usualMsat : payment.feeLimitMsat + over;
    const reachable = ports.hasRoute(payment.payee);
    if (!reachable || (over === undefined && feeMsat > payment.feeLimitMsat)) {
      fail(payment, "FAILURE_REASON_NO_ROUTE");
      return false;
    }
    if (ports.channels.lock(payment.hash, payment.valueMsat + feeMsat, payment.via) === null) {
      fail(payment, "FAILURE_REASON_INSUFFICIENT_BALANCE");
      return false;
    }
    payment.feeMsat = feeMsat;
    payment.status = "IN_FLIGHT";
    tell(payment);
    if ((foreign === null || foreign.forgotten) && own === null) {
      fail(payment, "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS");
      return false;
    }
    return true;
  }

  return {
    /** Writes the payment down as INITIATED, or refuses as lnd does. */
    begin(order: SendOrder): FakePayment {
      const decoded = readInvoice(order.bolt11);
      const nowMs = ports.time.clock.wallMs();
      if (nowMs > decoded.expiresS * 1000) {
        const until = new Date(decoded.expiresS * 1000).toISOString();
        throw new Refusal("UNKNOWN", `invoice expired. Valid until ${until}`);
      }
      if (decoded.amountMsat === null && order.amountMsat === 0n) {
        throw new Refusal("UNKNOWN", "amount must be specified when paying a zero amount invoice");
      }
      if (decoded.amountMsat !== null && order.amountMsat !== 0n) {
        throw new Refusal(
          "UNKNOWN",
          "amount must not be specified when paying a non-zero amount invoice",
        );
      }
      if (decoded.payee === ports.pubkey() && !order.allowSelf) {
        throw new Refusal("UNKNOWN", words.selfPayment);
      }
      const before = payments.get(decoded.paymentHash)?.status ?? "FAILED";
      if (before !== "FAILED") throw new Refusal("ALREADY_EXISTS", existsWords[before]);
      index += 1n;
      const payment: FakePayment = {
        ...{ hash: decoded.paymentHash, bolt11: order.bolt11, payee: decoded.payee, index },
        ...{ valueMsat: decoded.amountMsat ?? order.amountMsat, feeLimitMsat: order.feeLimitMsat },
        ...{ via: order.via, createdMs: nowMs, feeMsat: 0n, status: "INITIATED", preimage: "" },
        reason: "FAILURE_REASON_NONE",
      };
      payments.set(payment.hash, payment);
      return payment;
    },
    /** Sends the HTLC and, unless the payee holds it, ends the payment as the fault says. */
    run(payment: FakePayment, fault: Fault): void {
      tell(payment);
      if (!depart(payment, fault)) return;
      if (ports.payees.find(payment.hash)?.hold === true) return;
      const finish = () => end(payment, fault.fails ?? null);
      const afterMs = fault.settleAfterMs ?? 0;
      if (afterMs === 0) finish();
      else ports.time.timers.after(`fake-lnd: HTLC ${payment.hash.slice(0, 8)}`, afterMs, finish);
    },
    /** Ends a payment that is held or stuck. */
    release(hash: string, reason: FailureReason | null): void {
      const payment = payments.get(hash);
      if (payment !== undefined) end(payment, reason);
    },
    find: (hash: string): FakePayment | null => payments.get(hash) ?? null,
    list: (): readonly FakePayment[] => [...payments.values()],
    listen(hash: string, listen: Listener): () => void {
      const some = listeners.get(hash) ?? new Set();
      listeners.set(hash, some.add(listen));
      return () => void some.delete(listen);
    },
    /** What left for good: amounts and fees of what succeeded. */
    leftMsat: () =>
      [...payments.values()]
        .filter((one) => one.status === "SUCCEEDED")
        .reduce((sum, one) => sum + one.valueMsat + one.feeMsat, 0n),
  };
}
