import { TimmyError } from "@timmy/shared/errors";
import { maxAmountMsat } from "@timmy/shared/money/amount";
import type { Invoice, InvoiceCursor, InvoiceRequest } from "../backend.ts";
import { encodeInvoice } from "../bolt11-encoder.ts";
import { draw, hex, keyOf, type MockForeign, type MockState, sha256, unhex } from "./state.ts";

/** lnd's own delta for its invoices: 80 blocks and 3 of padding less than it holds; as text says. */
const finalCltv = 80;

export type StoredInvoice = MockState["invoices"][string];
const publicPart = ({ preimage: _preimage, ...invoice }: StoredInvoice): Invoice => invoice;

/** An invoice of ours; an open one whose time has passed is cancelled, as lnd does it. */
export function findInvoice(state: MockState, hash: string, nowS: number): Invoice | null {
  const invoice = stored(state, hash, nowS);
  return invoice === null ? null : publicPart(invoice);
}

function stored(state: MockState, hash: string, nowS: number): StoredInvoice | null {
  const invoice = Object.hasOwn(state.invoices, hash) ? state.invoices[hash] : undefined;
  if (invoice === undefined) return null;
  if (invoice.state !== "open" || nowS < invoice.expiresS) return invoice;
  const cancelled: StoredInvoice = { ...invoice, state: "cancelled" };
  state.invoices[hash] = cancelled;
  return cancelled;
}

/** Answers the invoice of this preimage, and whether it is new. */
export function addInvoice(
  state: MockState,
  request: InvoiceRequest,
  nowS: number,
): { invoice: Invoice; fresh: boolean } {
  const paymentHash = hex(sha256(request.preimage));
  const before = findInvoice(state, paymentHash, nowS);
  if (before !== null) return { invoice: before, fresh: false };
  if (request.preimage.length !== 32) throw new TimmyError("lnd-refused", "preimage");
  if (request.amountMsat < 0n || request.amountMsat > maxAmountMsat) {
    throw new TimmyError("bad-amount");
  }
  const { memo, expiryS, amountMsat } = request;
  const bolt11 = encodeInvoice(
    {
      network: "regtest",
      amountMsat: amountMsat === 0n ? null : amountMsat,
      createdS: nowS,
      paymentHash,
      paymentSecret: hex(draw(state, "secret")),
      description: memo,
      expiryS,
      minFinalCltvExpiry: finalCltv,
    },
    keyOf(state, "us"),
  );
  state.addIndex++;
  const invoice: StoredInvoice = {
    paymentHash,
    bolt11,
    amountMsat,
    paidMsat: 0n,
    memo,
    state: "open",
    createdS: nowS,
    expiresS: nowS + expiryS,
    settledS: null,
    addIndex: state.addIndex,
    settleIndex: 0n,
    preimage: hex(request.preimage),
  };
  state.invoices[paymentHash] = invoice;
  return { invoice: publicPart(invoice), fresh: true };
}

/** BOLT 4 lets a payee take up to twice the amount. */
export const takes = (invoice: Invoice, amountMsat: bigint): boolean =>
  invoice.state === "open" &&
  amountMsat > 0n &&
  amountMsat >= invoice.amountMsat &&
  (invoice.amountMsat === 0n || amountMsat <= 2n * invoice.amountMsat);

/** Marks it paid and gives its preimage; the caller has moved the money. */
export function markSettled(
  state: MockState,
  hash: string,
  paidMsat: bigint,
  nowS: number,
): { invoice: Invoice; preimage: string } {
  const before = stored(state, hash, nowS);
  if (before === null) throw new TimmyError("internal", "mock: no such invoice");
  state.settleIndex++;
  const settled: StoredInvoice = {
    ...before,
    state: "settled",
    paidMsat,
    settledS: nowS,
    settleIndex: state.settleIndex,
  };
  state.invoices[hash] = settled;
  return { invoice: publicPart(settled), preimage: settled.preimage };
}

export function cancel(state: MockState, hash: string, nowS: number): boolean {
  const invoice = stored(state, hash, nowS);
  if (invoice === null) throw new TimmyError("lnd-refused", "no such invoice");
  if (invoice.state === "settled") return false;
  state.invoices[hash] = { ...invoice, state: "cancelled" };
  return true;
}

/** In the order of their add index. */
export const allInvoices = (state: MockState, nowS: number): readonly Invoice[] =>
  Object.keys(state.invoices)
    .flatMap((hash) => findInvoice(state, hash, nowS) ?? [])
    .sort((a, b) => (a.addIndex < b.addIndex ? -1 : 1));

/** What a subscription is told first: a zero in the cursor replays nothing of its kind. */
export const missed = (state: MockState, cursor: InvoiceCursor, nowS: number): Invoice[] => {
  const all = allInvoices(state, nowS);
  const added = all.filter((i) => cursor.addIndex > 0n && i.addIndex > cursor.addIndex);
  const settled = all
    .filter((i) => cursor.settleIndex > 0n && i.settleIndex > cursor.settleIndex)
    .sort((a, b) => (a.settleIndex < b.settleIndex ? -1 : 1));
  return [...added, ...settled];
};

/** An invoice of the payee. */
export function addForeign(
  state: MockState,
  amountMsat: bigint | null,
  memo: string,
  createdS: number,
  expiryS: number,
): string {
  const preimage = draw(state, "preimage");
  const paymentHash = hex(sha256(preimage));
  const bolt11 = encodeInvoice(
    {
      network: "regtest",
      amountMsat,
      createdS,
      paymentHash,
      paymentSecret: hex(draw(state, "secret")),
      description: memo,
      expiryS,
      minFinalCltvExpiry: finalCltv,
    },
    keyOf(state, "payee"),
  );
  state.foreign[paymentHash] = { bolt11, preimage: hex(preimage), amountMsat, behaviour: "pay" };
  return bolt11;
}

export function findForeign(state: MockState, hash: string): MockForeign | null {
  const invoice = Object.hasOwn(state.foreign, hash) ? state.foreign[hash] : undefined;
  // What the mock promises of hashes and preimages is checked where it is used.
  if (invoice !== undefined && hex(sha256(unhex(invoice.preimage))) !== hash) {
    throw new TimmyError("bad-file", "mock: a preimage does not fit its hash");
  }
  return invoice ?? null;
}
