import type { FakeNode } from "./fake-node.ts";
import { bytesOf, type Call, digits, type Sink, satOf } from "./handler.ts";
import type { FakePayment } from "./node-payments.ts";
import { Refusal } from "./refusal.ts";

const wrongPreimage = "66".repeat(32);
export const isFinal = (payment: FakePayment) =>
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

/** Tells a payment on a stream, and does to the stream what the fault of its call says. */
export function follow(
  node: FakeNode,
  hash: string,
  quiet: boolean,
  sink: Sink,
  { fault, kill }: Call,
): void {
  let over = false;
  const listen = (payment: FakePayment) => {
    if (over) return;
    const told = !quiet || isFinal(payment);
    const beyond =
      isFinal(payment) && fault.thenStream !== undefined && fault.toldUntil !== undefined;
    if (told && !beyond) sink.send(toMessage(payment, fault.wrongPreimage));
    if (payment.status === fault.toldUntil || beyond) {
      over = true;
      off();
      if (fault.thenStream === "kill") kill();
      if (fault.thenStream === "drop") {
        sink.fail(new Refusal("UNAVAILABLE", "transport is closing"));
      }
    } else if (isFinal(payment)) {
      off();
      sink.end();
    }
  };
  const off = node.payments.listen(hash, listen);
  sink.onGone(off);
}
