import type { Time } from "@timmy/shared/ports/time";
import type { FakeNode } from "./fake-node.ts";
import { type Fault, words } from "./faults.ts";
import { bytesOf, type Call, digits, type Handlers, hexOf, type Sink, satOf } from "./handler.ts";
import { uri } from "./methods.ts";
import { type FakePayment, readInvoice, type SendOrder } from "./node-payments.ts";
import { Refusal } from "./refusal.ts";

interface SendPayment {
  readonly payment_request: string;
  readonly amt: string;
  readonly amt_msat: string;
  readonly fee_limit_sat: string;
  readonly fee_limit_msat: string;
  readonly timeout_seconds: number;
  readonly allow_self_payment: boolean;
  readonly outgoing_chan_ids: readonly string[];
  readonly last_hop_pubkey: Uint8Array;
  readonly no_inflight_updates: boolean;
}
interface TrackPayment {
  readonly payment_hash: Uint8Array;
  readonly no_inflight_updates: boolean;
}
interface ListPayments {
  readonly include_incomplete: boolean;
  readonly index_offset: string;
  readonly max_payments: string;
  readonly reversed: boolean;
}
/** A request that arrived, of which the fake says that it does not know it yet. */
interface LatePayment {
  readonly order: SendOrder;
  readonly fault: Fault;
  lookups: number;
}

const wrongPreimage = "66".repeat(32);
const final = (payment: FakePayment) =>
  payment.status === "SUCCEEDED" || payment.status === "FAILED";

export const toMessage = (payment: FakePayment, lie = false) => ({
  payment_hash: payment.hash,
  payment_preimage: lie && payment.status === "SUCCEEDED" ? wrongPreimage : payment.preimage,
  value_sat: satOf(payment.valueMsat),
  value_msat: digits(payment.valueMsat),
  value: satOf(payment.valueMsat),
  payment_request: payment.bolt11,
  status: payment.status,
  fee: satOf(payment.feeMsat),
  fee_sat: satOf(payment.feeMsat),
  fee_msat: digits(payment.feeMsat),
  creation_date: `${Math.floor(payment.createdMs / 1000)}`,
  creation_time_ns: `${Math.floor(payment.createdMs)}000000`,
  payment_index: digits(payment.index),
  failure_reason: payment.reason,
  htlcs: attempts(payment),
});
/** One HTLC once it left; what failed before that never had one. */
const attempts = ({ status, feeMsat, valueMsat, preimage }: FakePayment) => {
  if (status === "INITIATED" || feeMsat + valueMsat === 0n) return [];
  const total_amt_msat = digits(valueMsat + feeMsat);
  return [{ status, preimage: bytesOf(preimage), route: { total_amt_msat } }];
};

/** SendPaymentV2, TrackPaymentV2 and ListPayments, with everything that can happen to a stream. */
export function createRouterHandlers(node: FakeNode, time: Time): Handlers {
  const late = new Map<string, LatePayment>();
  const { payments } = node;

  /** A late payment is written down after all; what lnd would refuse by now is dropped. */
  function settleLate(hash: string): void {
    const pending = late.get(hash);
    if (!late.delete(hash) || pending === undefined) return;
    try {
      payments.run(payments.begin(pending.order), pending.fault);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  function follow(hash: string, quiet: boolean, sink: Sink, { fault, kill }: Call): void {
    let over = false;
    const listen = (payment: FakePayment) => {
      if (over) return;
      const told = !quiet || final(payment);
      const beyond =
        final(payment) && fault.thenStream !== undefined && fault.toldUntil !== undefined;
      if (told && !beyond) sink.send(toMessage(payment, fault.wrongPreimage));
      if (payment.status === fault.toldUntil || beyond) {
        over = true;
        off();
        if (fault.thenStream === "kill") kill();
        if (fault.thenStream === "drop") {
          sink.fail(new Refusal("UNAVAILABLE", "transport is closing"));
        }
      } else if (final(payment)) {
        off();
        sink.end();
      }
    };
    const off = payments.listen(hash, listen);
    sink.onGone(off);
  }
  function send(request: SendPayment, sink: Sink, call: Call): void {
    const { fault } = call;
    const order: SendOrder = {
      bolt11: request.payment_request,
      amountMsat: BigInt(request.amt_msat) + BigInt(request.amt) * 1000n,
      feeLimitMsat: BigInt(request.fee_limit_msat) + BigInt(request.fee_limit_sat) * 1000n,
      via: {
        outgoingIds: request.outgoing_chan_ids.map(BigInt),
        lastHop: hexOf(request.last_hop_pubkey),
      },
      allowSelf: request.allow_self_payment,
    };
    const hash = readInvoice(order.bolt11).paymentHash;
    settleLate(hash);
    if (fault.late !== undefined && payments.find(hash) === null) {
      late.set(hash, { order, fault, lookups: fault.late.lookups });
      time.timers.after("fake-lnd: late payment", fault.late.ms, () => settleLate(hash));
      call.kill();
      return;
    }
    if (fault.exists !== undefined && (payments.find(hash)?.status ?? "FAILED") === "FAILED") {
      const earlier = payments.begin(order);
      if (fault.exists === "INITIATED") {
        const run = () => payments.run(earlier, { ...fault, settleAfterMs: 0 });
        time.timers.after("fake-lnd: initiated", fault.settleAfterMs ?? 0, run);
      } else payments.run(earlier, fault);
      // The HTLC may have failed by itself; then the payment is taken like any other.
      if (earlier.status === "FAILED") return answerFinal(earlier, sink);
    }
    const payment = payments.begin(order);
    if (fault.kill === "after") {
      payments.run(payment, fault);
      call.kill();
      return;
    }
    follow(hash, request.no_inflight_updates, sink, call);
    payments.run(payment, fault);
  }
  function answerFinal(payment: FakePayment, sink: Sink): void {
    sink.send(toMessage(payment));
    sink.end();
  }
  function track(request: TrackPayment, sink: Sink, call: Call): void {
    const hash = hexOf(request.payment_hash);
    const pending = late.get(hash);
    if (pending !== undefined) {
      if (pending.lookups === 0) settleLate(hash);
      else pending.lookups--;
    }
    const payment = payments.find(hash);
    if (payment === null) throw new Refusal("NOT_FOUND", words.notInitiated);
    if (final(payment)) {
      sink.send(toMessage(payment, call.fault.wrongPreimage));
      sink.end();
      return;
    }
    if (!request.no_inflight_updates) sink.send(toMessage(payment));
    follow(hash, request.no_inflight_updates, sink, call);
  }
  return {
    unary: {
      [uri.listPayments](request: ListPayments) {
        const limit = Number(request.max_payments) || Number.MAX_SAFE_INTEGER;
        const offset = BigInt(request.index_offset);
        const some = payments
          .list()
          .filter((one) => request.include_incomplete || one.status === "SUCCEEDED")
          .sort((a, b) => Number(a.index - b.index));
        const page = request.reversed
          ? some.filter((one) => offset === 0n || one.index < offset).slice(-limit)
          : some.filter((one) => one.index > offset).slice(0, limit);
        return {
          payments: page.map((one) => toMessage(one)),
          first_index_offset: digits(page[0]?.index ?? 0n),
          last_index_offset: digits(page.at(-1)?.index ?? 0n),
        };
      },
    },
    streams: { [uri.sendPaymentV2]: send, [uri.trackPaymentV2]: track },
  };
}
