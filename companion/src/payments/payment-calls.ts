import { TimmyError } from "@timmy/shared/errors";
import type { Follow, PaymentOutcome } from "../lightning/backend.ts";
import { createCallSlots } from "./call-slots.ts";
import {
  callTimeoutMs,
  followTimeoutMs,
  maxFollowing,
  maxSending,
  routeTimeoutS,
} from "./limits.ts";
import type { NodeWatch } from "./node-watch.ts";
import type { NextCall, PaymentInput } from "./payment-machine.ts";
import type { PaymentRow } from "./payment-rows.ts";
import type { MoneyPorts } from "./port.ts";

export interface CallPorts extends Pick<MoneyPorts, "backend" | "time"> {
  readonly watch: NodeWatch;
  /** Ends every call, and no other begins. */
  readonly stopping: AbortSignal;
  /** Told of what does not end a call: an HTLC on its way, a success after we had given up. */
  readonly tell: (id: string, input: PaymentInput) => void;
}
export type NodeCall = Exclude<NextCall, "retry">;
type Work = (follow: Follow) => Promise<PaymentOutcome>;

/**
 * A call that ends when the node answers, when our patience does, or when we stop. Once an HTLC is
 * on its way it only waits for the payee, and others may call meanwhile.
 */
function createPatience(ports: CallPorts) {
  const { time, watch, stopping, tell } = ports;
  return (
    row: PaymentRow,
    call: "pay" | "track",
    giveUpPlace: () => void,
    work: Work,
  ): Promise<PaymentInput> => {
    if (stopping.aborted) return Promise.resolve({ on: "timeout" });
    const ending = new AbortController();
    const end = () => ending.abort();
    stopping.addEventListener("abort", end, { once: true });
    let timer = time.timers.after("payment-call", callTimeoutMs, end);
    const onInflight = () => {
      if (ending.signal.aborted) return;
      timer.cancel();
      timer = time.timers.after("payment-call", followTimeoutMs, end);
      giveUpPlace();
      tell(row.id, { on: "inflight" });
    };
    const ask = async (): Promise<PaymentOutcome> => {
      try {
        return await work({ signal: ending.signal, onInflight });
      } catch (cause) {
        return { state: "unknown", why: cause instanceof TimmyError ? cause.code : "no answer" };
      }
    };
    const gaveUp = new Promise<PaymentInput>((resolve) => {
      ending.signal.addEventListener("abort", () => resolve({ on: "timeout" }), { once: true });
    });
    const answered = ask().then((outcome): PaymentInput => {
      if (ending.signal.aborted) {
        const late = outcome.state === "succeeded" && !stopping.aborted;
        if (late) tell(row.id, { on: "late", outcome });
      } else if (outcome.state === "unknown" || outcome.state === "refused") watch.doubt();
      return { on: "outcome", call, outcome };
    });
    return Promise.race([answered, gaveUp]).finally(() => {
      timer.cancel();
      stopping.removeEventListener("abort", end);
    });
  };
}

/** The three calls of a payment, some at once; each answers the input that comes of it. */
export function createPaymentCalls(ports: CallPorts) {
  const { backend } = ports;
  const sending = createCallSlots(maxSending);
  const following = createCallSlots(maxFollowing);
  const patient = createPatience(ports);

  function pay(row: PaymentRow, giveUpPlace: () => void): Promise<PaymentInput> {
    const { bolt11, maxFeeMsat, outgoingChannelId, lastHopPubkey } = row;
    const request = {
      ...{ bolt11, maxFeeMsat, timeoutS: routeTimeoutS },
      ...(row.amountAsked ? { amountMsat: row.amountMsat } : {}),
      ...(outgoingChannelId === null || lastHopPubkey === null
        ? {}
        : { circular: { outgoingChannelId, lastHopPubkey } }),
    };
    return patient(row, "pay", giveUpPlace, (follow) => backend.payInvoice(request, follow));
  }
  const track = (row: PaymentRow, giveUpPlace: () => void): Promise<PaymentInput> =>
    patient(row, "track", giveUpPlace, (follow) => backend.trackPayment(row.paymentHash, follow));
  async function cancel(row: PaymentRow, giveUpPlace: () => void): Promise<PaymentInput> {
    let could = false;
    const input = await patient(row, "track", giveUpPlace, async ({ signal }) => {
      could = await backend.cancelInvoice(row.paymentHash, signal);
      return { state: "exists" };
    });
    const answered = input.on === "outcome" && input.outcome.state === "exists";
    return answered ? { on: "cancelled", could } : input;
  }
  return (row: PaymentRow, next: NodeCall): Promise<PaymentInput> => {
    if (next === "track") return following.run((leave) => track(row, leave));
    return sending.run((leave) => (next === "pay" ? pay(row, leave) : cancel(row, leave)));
  };
}
