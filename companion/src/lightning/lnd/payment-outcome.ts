import { createHash } from "node:crypto";
import { status as grpcStatus } from "@grpc/grpc-js";
import type { WirePayment } from "@timmy/protos/messages";
import type { FailureReason, PaymentOutcome } from "../backend.ts";
import { codeOfFault, type Fault, sentenceOf, wasRefusedAtTheDoor } from "./faults.ts";

/** lnrpc.PaymentFailureReason in our words; NONE cannot stand beside FAILED. */
const reasons: Readonly<Record<string, FailureReason>> = {
  FAILURE_REASON_TIMEOUT: "timeout",
  FAILURE_REASON_NO_ROUTE: "no-route",
  FAILURE_REASON_ERROR: "error",
  FAILURE_REASON_INCORRECT_PAYMENT_DETAILS: "incorrect-details",
  FAILURE_REASON_INSUFFICIENT_BALANCE: "insufficient-balance",
  FAILURE_REASON_CANCELED: "canceled",
};
/** What SendPaymentV2 says of a hash that it knows (lnd, payments/db/errors.go). */
const existsTexts = [
  "invoice is already paid",
  "payment is in transition",
  "payment already exists",
];
/**
 * What SendPaymentV2 says while it reads the request, before it writes anything down
 * (lnd, lnrpc/routerrpc/router_backend.go, extractIntentFromSendRequest).
 */
const preflightTexts = [
  "invoice expired. Valid until",
  "self-payments not allowed",
  "amount must be specified when paying",
  "amount must not be specified when paying",
  "payment request must contain either",
  "invoice not for current active network",
  "must be set to pay an AMP invoice",
];

const unknown = (why: string): PaymentOutcome => ({ state: "unknown", why });

/** True when the preimage is the one of this hash (hex): the only proof of a payment. */
export function provesPayment(preimage: string, paymentHash: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(preimage)) return false;
  return createHash("sha256").update(Buffer.from(preimage, "hex")).digest("hex") === paymentHash;
}

/** The end that an update tells, or null while the payment goes on. */
export function outcomeOfUpdate(payment: WirePayment, paymentHash: string): PaymentOutcome | null {
  switch (payment.status) {
    case "SUCCEEDED": {
      const preimage = payment.payment_preimage.toLowerCase();
      if (!provesPayment(preimage, paymentHash)) {
        return unknown("The node says that it is paid, but its preimage proves nothing.");
      }
      return { state: "succeeded", preimage, feeMsat: BigInt(payment.fee_msat) };
    }
    case "FAILED":
      return { state: "failed", reason: reasons[payment.failure_reason] ?? "error" };
    default:
      return null;
  }
}

/**
 * What a fault of SendPaymentV2 means. `refused` only where LND's source shows that nothing was
 * written down; everything else may have left. `heard`: an update of the payment came before.
 */
export function outcomeOfSendFault(fault: Fault, heard: boolean): PaymentOutcome {
  const { status, text, sent } = fault;
  const code = codeOfFault(fault);
  if (heard) return unknown(sentenceOf(fault));
  if (!sent) return { state: "refused", code, details: text };
  if (
    status === grpcStatus.ALREADY_EXISTS ||
    (status === grpcStatus.UNKNOWN && existsTexts.some((known) => text.includes(known)))
  ) {
    return { state: "exists" };
  }
  const refused =
    status === grpcStatus.INVALID_ARGUMENT ||
    status === grpcStatus.UNIMPLEMENTED ||
    wasRefusedAtTheDoor(fault) ||
    (status === grpcStatus.UNKNOWN && preflightTexts.some((known) => text.includes(known)));
  if (!refused) return unknown(sentenceOf(fault));
  const expired = text.includes("invoice expired");
  return { state: "refused", code: expired ? "invoice-expired" : code, details: text };
}

/** What a fault of TrackPaymentV2 means: never that nothing left, only that nothing is known. */
export function outcomeOfTrackFault(fault: Fault, heard: boolean): PaymentOutcome {
  if (!heard && fault.status === grpcStatus.NOT_FOUND) return { state: "not-found" };
  return unknown(sentenceOf(fault));
}
