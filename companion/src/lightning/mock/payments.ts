import { TimmyError } from "@timmy/shared/errors";
import { msatPerSat } from "@timmy/shared/money/amount";
import type {
  DecodedInvoice,
  FailureReason,
  Invoice,
  PaymentOutcome,
  PayRequest,
} from "../backend.ts";
import { findForeign, findInvoice, markSettled, takes } from "./invoices.ts";
import {
  endHops,
  findRoute,
  forwardFeeMsat,
  lockHops,
  type Route,
  spendableMsat,
} from "./routes.ts";
import {
  isOpen,
  type MockHop,
  type MockPayment,
  type MockState,
  type NodeName,
  nodeNames,
} from "./state.ts";

export const findPayment = (state: MockState, hash: string): MockPayment | null =>
  (Object.hasOwn(state.payments, hash) ? state.payments[hash] : undefined) ?? null;

/** What is wrong with a request before anything could leave, or its amount. */
export function judge(
  request: PayRequest,
  invoice: DecodedInvoice,
  nowS: number,
): { amountMsat: bigint } | Extract<PaymentOutcome, { state: "refused" }> {
  const no = (code: "wrong-network" | "invoice-expired" | "amount-missing" | "amount-mismatch") =>
    ({ state: "refused", code, details: "" }) as const;
  if (invoice.network !== "regtest") return no("wrong-network");
  if (nowS >= invoice.expiresS) return no("invoice-expired");
  if (invoice.amountMsat !== null) {
    const same = request.amountMsat === undefined || request.amountMsat === invoice.amountMsat;
    return same ? { amountMsat: invoice.amountMsat } : no("amount-mismatch");
  }
  const amountMsat = request.amountMsat ?? 0n;
  return amountMsat > 0n ? { amountMsat } : no("amount-missing");
}

/** A payment with its route, already in flight; or why there is none. */
export function begin(
  state: MockState,
  request: PayRequest,
  invoice: DecodedInvoice,
  amountMsat: bigint,
): MockPayment | Extract<PaymentOutcome, { state: "failed" | "refused" }> {
  const payee = nodeNames.find((name) => state.pubkeys[name] === invoice.payee);
  if (payee === "us" && request.circular === undefined) {
    return { state: "refused", code: "lnd-refused", details: "self-payments not allowed" };
  }
  const route = payee === undefined ? null : routeFor(state, request, payee, amountMsat);
  if (route === null || route.feeMsat > request.maxFeeMsat) {
    const poor = canLeaveMsat(state) < amountMsat;
    return fail(state, invoice, amountMsat, poor ? "insufficient-balance" : "no-route");
  }
  lockHops(state, route.hops);
  const payment: MockPayment = {
    hash: invoice.paymentHash,
    hops: route.hops,
    amountMsat,
    feeMsat: route.feeMsat,
    state: "inflight",
    plan: planOf(state, invoice.paymentHash),
    preimage: "",
    reason: null,
  };
  state.payments[invoice.paymentHash] = payment;
  return payment;
}

/** A node remembers what failed, too. */
export function fail(
  state: MockState,
  { paymentHash }: DecodedInvoice,
  amountMsat: bigint,
  reason: FailureReason,
): Extract<PaymentOutcome, { state: "failed" }> {
  const numbers = { amountMsat, feeMsat: 0n, hops: [], preimage: "", plan: null };
  state.payments[paymentHash] = { hash: paymentHash, ...numbers, state: "failed", reason };
  return { state: "failed", reason };
}

function routeFor(
  state: MockState,
  { circular }: PayRequest,
  to: NodeName,
  amountMsat: bigint,
): Route | null {
  const wish = { from: "us", to, amountMsat } as const;
  if (circular === undefined) return findRoute(state, wish);
  const lastNode = nodeNames.find((name) => state.pubkeys[name] === circular.lastHopPubkey);
  if (lastNode === undefined) return null;
  return findRoute(state, { ...wish, firstChannelId: circular.outgoingChannelId, lastNode });
}

const canLeaveMsat = (state: MockState): bigint =>
  state.channels.reduce((sum, channel) => {
    const side = channel.ends.indexOf("us");
    const counts = isOpen(channel) && (side === 0 || side === 1);
    return counts ? sum + spendableMsat(channel, side) : sum;
  }, 0n);

/** How it will end by itself; whether an invoice of ours takes it, its end decides. */
function planOf(state: MockState, paymentHash: string): MockPayment["plan"] {
  const behaviour = findForeign(state, paymentHash)?.behaviour ?? "pay";
  if (behaviour === "hold") return null;
  return behaviour === "pay" ? "settle" : "incorrect-details";
}

/** Ends what is in flight; answers an invoice of ours that was paid by it. */
export function finish(
  state: MockState,
  payment: MockPayment,
  how: "settle" | FailureReason,
  nowS: number,
): Invoice | null {
  if (payment.state !== "inflight") return null;
  const foreign = findForeign(state, payment.hash);
  const ours = foreign === null ? findInvoice(state, payment.hash, nowS) : null;
  const known = foreign !== null || (ours !== null && takes(ours, payment.amountMsat));
  const paid = how === "settle" && known;
  endHops(state, payment.hops, paid);
  if (!paid) {
    payment.state = "failed";
    payment.reason = how === "settle" ? "incorrect-details" : how;
    return null;
  }
  payment.state = "succeeded";
  if (foreign !== null) {
    payment.preimage = foreign.preimage;
    return null;
  }
  const settled = markSettled(state, payment.hash, payment.amountMsat, nowS);
  payment.preimage = settled.preimage;
  return settled.invoice;
}

/** How a payment stands, in the words of the port; null while it is in flight. */
export function outcomeOf(payment: MockPayment): PaymentOutcome | null {
  if (payment.state === "inflight") return null;
  if (payment.state === "failed") return { state: "failed", reason: payment.reason ?? "error" };
  return { state: "succeeded", preimage: payment.preimage, feeMsat: payment.feeMsat };
}

/** A stranger pays us: the money comes through the hub. */
export function receive(
  state: MockState,
  invoice: Invoice,
  amountMsat: bigint,
  nowS: number,
): Invoice {
  if (!takes(invoice, amountMsat)) {
    throw new TimmyError("payment-failed", `the invoice is ${invoice.state}, or the amount wrong`);
  }
  const route = findRoute(state, { from: "payer", to: "us", amountMsat });
  if (route === null) throw new TimmyError("payment-failed", "no route with so much to receive");
  lockHops(state, route.hops);
  endHops(state, route.hops, true);
  return markSettled(state, invoice.paymentHash, amountMsat, nowS).invoice;
}

/** A stranger's payment from the hub through us to the bridge; answers what we earned. */
export function passThrough(state: MockState, amountMsat: bigint, atMs: number): bigint {
  const [into, out] = (["hub", "bridge"] as const).map((peer) =>
    state.channels.find((c) => isOpen(c) && c.ends[0] === "us" && c.ends[1] === peer),
  );
  const feeMsat = forwardFeeMsat(amountMsat);
  if (into === undefined || out === undefined) throw new TimmyError("payment-failed", "no channel");
  const hops: MockHop[] = [
    { channelId: into.id, from: 1, amountMsat: amountMsat + feeMsat },
    { channelId: out.id, from: 0, amountMsat },
  ];
  if (spendableMsat(into, 1) < amountMsat + feeMsat || spendableMsat(out, 0) < amountMsat) {
    throw new TimmyError("payment-failed", `no room for ${amountMsat / msatPerSat} sat`);
  }
  lockHops(state, hops);
  endHops(state, hops, true);
  const channels = { channelIn: into.id, channelOut: out.id };
  state.forwards.push({ atMs, ...channels, amountOutMsat: amountMsat, feeMsat });
  return feeMsat;
}
