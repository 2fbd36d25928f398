import type { Time } from "@timmy/shared/ports/time";
import type { FakeNode } from "./fake-node.ts";
import { words } from "./faults.ts";
import { type Call, digits, type Handlers, hexOf, type Sink } from "./handler.ts";
import { createLatePayments } from "./late-payments.ts";
import { uri } from "./methods.ts";
import { type FakePayment, readInvoice, type SendOrder } from "./node-payments.ts";
import { follow, isFinal, toMessage } from "./payment-stream.ts";
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
/** SendPaymentV2, TrackPaymentV2 and ListPayments, with everything that can happen to a stream. */
export function createRouterHandlers(node: FakeNode, time: Time): Handlers {
  const { payments } = node;
  const late = createLatePayments(node, time);

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
    late.settle(hash);
    if (fault.late !== undefined && payments.find(hash) === null) {
      late.keep(hash, order, fault, fault.late);
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
    follow(node, hash, request.no_inflight_updates, sink, call);
    payments.run(payment, fault);
  }
  function answerFinal(payment: FakePayment, sink: Sink): void {
    sink.send(toMessage(payment));
    sink.end();
  }
  function track(request: TrackPayment, sink: Sink, call: Call): void {
    const hash = hexOf(request.payment_hash);
    late.lookUp(hash);
    const payment = payments.find(hash);
    if (payment === null) throw new Refusal("NOT_FOUND", words.notInitiated);
    if (isFinal(payment)) {
      sink.send(toMessage(payment, call.fault.wrongPreimage));
      sink.end();
      return;
    }
    if (!request.no_inflight_updates) sink.send(toMessage(payment));
    follow(node, hash, request.no_inflight_updates, sink, call);
  }
  return {
    unary: { [uri.listPayments]: (request: ListPayments) => listPayments(node, request) },
    streams: { [uri.sendPaymentV2]: send, [uri.trackPaymentV2]: track },
  };
}

function listPayments(node: FakeNode, request: ListPayments) {
  const limit = Number(request.max_payments) || Number.MAX_SAFE_INTEGER;
  const offset = BigInt(request.index_offset);
  const some = node.payments
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
}
