import type { SendPaymentRequest, WirePayment } from "@timmy/protos/messages";
import { TimmyError } from "@timmy/shared/errors";
import type { DecodedInvoice, Follow, PaymentOutcome, PayRequest } from "../backend.ts";
import type { NodeCalls } from "./node-calls.ts";
import { outcomeOfSendFault, outcomeOfTrackFault, outcomeOfUpdate } from "./payment-outcome.ts";

const refusal = (error: TimmyError): PaymentOutcome => ({
  state: "refused",
  code: error.code,
  details: error.details,
});
const hiccup = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The request as LND wants it. Throws `amount-missing` and `amount-mismatch`. */
function wireRequest(request: PayRequest, decoded: DecodedInvoice): SendPaymentRequest {
  const { amountMsat, circular } = request;
  if (decoded.amountMsat === null && amountMsat === undefined) {
    throw new TimmyError("amount-missing");
  }
  if (
    decoded.amountMsat !== null &&
    amountMsat !== undefined &&
    amountMsat !== decoded.amountMsat
  ) {
    throw new TimmyError("amount-mismatch");
  }
  // LND refuses an amount beside an invoice that names one, even the same.
  const ownAmount = decoded.amountMsat === null ? amountMsat : undefined;
  return {
    payment_request: request.bolt11,
    timeout_seconds: request.timeoutS,
    fee_limit_msat: request.maxFeeMsat.toString(),
    no_inflight_updates: false,
    // A caller that goes away must not cancel what is on its way.
    cancelable: false,
    ...(ownAmount === undefined ? {} : { amt_msat: ownAmount.toString() }),
    ...(circular === undefined
      ? {}
      : {
          allow_self_payment: true,
          outgoing_chan_ids: [circular.outgoingChannelId],
          last_hop_pubkey: Buffer.from(circular.lastHopPubkey, "hex"),
        }),
  };
}

/** Follows one payment on a stream until an update or a fault ends it. Never throws. */
async function followPayment(
  calls: NodeCalls,
  open:
    | { readonly name: "sendPayment"; readonly request: SendPaymentRequest }
    | { readonly name: "trackPayment" },
  paymentHash: string,
  follow: Follow,
): Promise<PaymentOutcome> {
  const ended = new AbortController();
  const signal = AbortSignal.any([follow.signal, ended.signal]);
  let outcome: PaymentOutcome | null = null;
  let heard = false;
  let inflight = false;
  const onUpdate = (payment: WirePayment) => {
    heard = true;
    if (outcome !== null) return;
    outcome = outcomeOfUpdate(payment, paymentHash);
    if (outcome !== null) return ended.abort();
    // LND calls a payment in flight before its first HTLC leaves, unless it is told not to.
    if (inflight || !payment.htlcs.some(({ status }) => status === "IN_FLIGHT")) return;
    inflight = true;
    follow.onInflight?.();
  };
  const result =
    open.name === "sendPayment"
      ? await calls.follow("sendPayment", open.request, signal, onUpdate)
      : await calls.follow(
          "trackPayment",
          { payment_hash: Buffer.from(paymentHash, "hex"), no_inflight_updates: false },
          signal,
          onUpdate,
        );
  if (outcome !== null) return outcome;
  if (result.ok) return { state: "unknown", why: "The node ended the stream without a result." };
  return open.name === "sendPayment"
    ? outcomeOfSendFault(result.fault, heard)
    : outcomeOfTrackFault(result.fault, heard);
}

/** Sends one payment; see `LightningBackend.payInvoice`. Never throws. */
export async function sendPayment(
  calls: NodeCalls,
  decode: (bolt11: string) => DecodedInvoice,
  request: PayRequest,
  follow: Follow,
): Promise<PaymentOutcome> {
  let handedOver = false;
  try {
    const decoded = decode(request.bolt11);
    const wire = wireRequest(request, decoded);
    const closed = await calls.admit(follow.signal);
    if (closed !== null) return refusal(closed);
    handedOver = true;
    const open = { name: "sendPayment", request: wire } as const;
    return await followPayment(calls, open, decoded.paymentHash, follow);
  } catch (error) {
    if (handedOver) return { state: "unknown", why: hiccup(error) };
    return refusal(error instanceof TimmyError ? error : new TimmyError("internal", hiccup(error)));
  }
}

/** Follows a payment that was sent before; see `LightningBackend.trackPayment`. Never throws. */
export async function trackPayment(
  calls: NodeCalls,
  paymentHash: string,
  follow: Follow,
): Promise<PaymentOutcome> {
  try {
    const closed = await calls.admit(follow.signal);
    if (closed !== null) return { state: "unknown", why: closed.message };
    return await followPayment(calls, { name: "trackPayment" }, paymentHash, follow);
  } catch (error) {
    return { state: "unknown", why: hiccup(error) };
  }
}
