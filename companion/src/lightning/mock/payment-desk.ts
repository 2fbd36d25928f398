import { TimmyError } from "@timmy/shared/errors";
import type {
  DecodedInvoice,
  FailureReason,
  Follow,
  LightningBackend,
  PaymentOutcome,
  PayRequest,
} from "../backend.ts";
import { decodeInvoice } from "../bolt11.ts";
import { codeOf, type MockNode } from "./node.ts";
import { begin, fail, findPayment, finish, judge, outcomeOf } from "./payments.ts";
import type { MockPayment } from "./state.ts";

type PaymentCalls = Pick<LightningBackend, "decode" | "payInvoice" | "trackPayment">;
const unknown = (why: string): PaymentOutcome => ({ state: "unknown", why });

export function decodeHere(bolt11: string): DecodedInvoice {
  const invoice = decodeInvoice(bolt11);
  if (invoice.network !== "regtest") throw new TimmyError("wrong-network", invoice.network);
  return invoice;
}

export function createPaymentDesk(node: MockNode): PaymentCalls {
  return {
    decode: decodeHere,
    async payInvoice(request, follow) {
      if (follow.signal.aborted) return unknown("given up before it was sent");
      if (node.knobs.node !== "active") {
        return { state: "refused", code: codeOf[node.knobs.node], details: "" };
      }
      return send(node, request, follow);
    },
    async trackPayment(hash, follow) {
      if (follow.signal.aborted) return unknown("given up");
      if (node.knobs.node !== "active") return unknown(codeOf[node.knobs.node]);
      const payment = findPayment(node.state, hash);
      if (payment === null) return { state: "not-found" };
      if (payment.state === "inflight") follow.onInflight?.();
      return ended(node, payment, follow.signal);
    },
  };
}

async function send(node: MockNode, request: PayRequest, follow: Follow): Promise<PaymentOutcome> {
  const read = readable(request.bolt11);
  if ("state" in read) return read;
  const before = findPayment(node.state, read.paymentHash);
  if (before !== null && before.state !== "failed") return { state: "exists" };
  const judged = judge(request, read, node.nowS());
  if ("state" in judged) return judged;
  const fault = node.faults.shift();
  if (fault?.kind === "drop-before-send") return unknown("the stream dropped");
  if (fault?.kind === "fail") {
    const failed = fail(node.state, read, judged.amountMsat, fault.reason);
    node.changed();
    return failed;
  }
  const payment = begin(node.state, request, read, judged.amountMsat);
  node.changed();
  if (!("hash" in payment)) return payment;
  if (fault?.kind === "stuck") payment.plan = null;
  if (fault?.kind === "drop-then-succeed") payment.plan = "settle";
  if (fault?.kind === "drop-then-fail") payment.plan = fault.reason;
  const dropped = fault !== undefined && (fault.kind !== "stuck" || fault.drop === true);
  if (!dropped) follow.onInflight?.();
  endLater(node, payment);
  return dropped ? unknown("the stream dropped") : ended(node, payment, follow.signal);
}

function readable(bolt11: string): DecodedInvoice | Extract<PaymentOutcome, { state: "refused" }> {
  try {
    return decodeHere(bolt11);
  } catch (error) {
    if (!(error instanceof TimmyError)) throw error;
    return { state: "refused", code: error.code, details: error.details };
  }
}

function endLater(node: MockNode, payment: MockPayment): void {
  const { plan } = payment;
  if (plan === null) return;
  const { timers } = node.ports;
  if (timers === undefined || node.latencyMs === 0) return endNow(node, payment, plan);
  timers.after("mock-payment", node.latencyMs, () => endNow(node, payment, plan));
}

/** Ends a payment in flight; whoever follows it is woken. */
export function endNow(node: MockNode, payment: MockPayment, how: "settle" | FailureReason): void {
  const paid = finish(node.state, payment, how, node.nowS());
  node.changed();
  if (paid !== null) node.tell(paid);
}

/** Waits for the end; a node that goes away or a caller who gives up leaves it unknown. */
function ended(node: MockNode, payment: MockPayment, signal: AbortSignal): Promise<PaymentOutcome> {
  return new Promise((resolve) => {
    const look = () => {
      const away = node.knobs.node !== "active";
      const answer = away ? unknown("the stream dropped") : outcomeOf(payment);
      if (answer !== null) leave(answer);
      else if (signal.aborted) leave(unknown("given up while it was in flight"));
    };
    const leave = (answer: PaymentOutcome) => {
      node.waiting.delete(look);
      signal.removeEventListener("abort", look);
      resolve(answer);
    };
    node.waiting.add(look);
    signal.addEventListener("abort", look, { once: true });
    look();
  });
}
