import { createHash } from "node:crypto";
import { status as grpcStatus } from "@grpc/grpc-js";
import type { WireInvoice } from "@timmy/protos/messages";
import { TimmyError } from "@timmy/shared/errors";
import type {
  Invoice,
  InvoiceCursor,
  InvoicePage,
  InvoiceRequest,
  InvoiceState,
} from "../backend.ts";
import { errorOfFault, type Fault } from "./faults.ts";
import type { NodeCalls } from "./node-calls.ts";

const states: Readonly<Record<WireInvoice["state"], InvoiceState>> = {
  OPEN: "open",
  ACCEPTED: "accepted",
  SETTLED: "settled",
  CANCELED: "cancelled",
};

/** An invoice of LND in our words; what came counts only once it is settled. */
export function readInvoice(wire: WireInvoice): Invoice {
  const createdS = Number(wire.creation_date);
  const settled = wire.state === "SETTLED";
  return {
    paymentHash: Buffer.from(wire.r_hash).toString("hex"),
    bolt11: wire.payment_request,
    amountMsat: BigInt(wire.value_msat),
    paidMsat: settled ? BigInt(wire.amt_paid_msat) : 0n,
    memo: wire.memo,
    state: states[wire.state],
    createdS,
    expiresS: createdS + Number(wire.expiry),
    settledS: settled ? Number(wire.settle_date) : null,
    addIndex: BigInt(wire.add_index),
    settleIndex: BigInt(wire.settle_index),
  };
}

/** LND's words for an invoice that it does not have (lnd, invoices/errors.go). */
const isAbsent = ({ status, text }: Fault) =>
  status === grpcStatus.NOT_FOUND ||
  text.includes("unable to locate invoice") ||
  text.includes("there are no existing invoices");
const isDuplicate = ({ status, text }: Fault) =>
  status === grpcStatus.ALREADY_EXISTS || text.includes("payment hash already exists");

export async function getInvoice(
  calls: NodeCalls,
  paymentHash: string,
  signal?: AbortSignal,
): Promise<Invoice | null> {
  const request = { payment_hash: Buffer.from(paymentHash, "hex") };
  const result = await calls.ask("lookupInvoice", request, { signal });
  if (result.ok) return readInvoice(result.value);
  if (isAbsent(result.fault)) return null;
  throw errorOfFault(result.fault, "lookupInvoice");
}

const bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/**
 * When an invoice was made: BOLT11 puts it in the first seven groups of five bits after the
 * prefix. Our own node's invoices are not decoded whole, because checking a signature takes longer
 * than making the invoice.
 */
export function invoiceTimeS(bolt11: string): number {
  const groups = bolt11.slice(bolt11.lastIndexOf("1") + 1).slice(0, 7);
  return [...groups].reduce((sum, group) => sum * 32 + bech32.indexOf(group), 0);
}

/** The invoice that a create before this one has made. Throws `duplicate-key`. */
async function existing(
  calls: NodeCalls,
  paymentHash: string,
  request: InvoiceRequest,
  signal: AbortSignal | undefined,
): Promise<Invoice> {
  const found = await getInvoice(calls, paymentHash, signal);
  if (found === null) throw new TimmyError("lnd-refused", "An invoice is there and is not.");
  if (found.amountMsat !== request.amountMsat) {
    throw new TimmyError("duplicate-key", "The invoice of this order has another amount.");
  }
  return found;
}

export async function createInvoice(
  calls: NodeCalls,
  request: InvoiceRequest,
  signal?: AbortSignal,
): Promise<Invoice> {
  const { preimage, amountMsat, memo, expiryS } = request;
  const paymentHash = createHash("sha256").update(preimage).digest("hex");
  const wire = {
    r_preimage: preimage,
    value_msat: amountMsat.toString(),
    memo,
    expiry: expiryS.toString(),
    // Route hints stand in it only where this node has private channels.
    private: true,
  };
  const result = await calls.ask("addInvoice", wire, { signal });
  if (!result.ok) {
    if (isDuplicate(result.fault)) return existing(calls, paymentHash, request, signal);
    throw errorOfFault(result.fault, "addInvoice");
  }
  const { payment_request: bolt11, add_index: addIndex, r_hash } = result.value;
  if (r_hash.toString("hex") !== paymentHash) {
    throw new TimmyError("lnd-refused", "The node made another invoice than was asked for.");
  }
  const createdS = invoiceTimeS(bolt11);
  return {
    paymentHash,
    bolt11,
    amountMsat,
    paidMsat: 0n,
    memo,
    state: "open",
    createdS,
    expiresS: createdS + expiryS,
    settledS: null,
    addIndex: BigInt(addIndex),
    settleIndex: 0n,
  };
}

export async function listInvoices(
  calls: NodeCalls,
  page: InvoicePage,
  signal?: AbortSignal,
): Promise<readonly Invoice[]> {
  const request = {
    index_offset: page.afterAddIndex.toString(),
    num_max_invoices: page.limit.toString(),
  };
  const { invoices } = await calls.call("listInvoices", request, { signal });
  return invoices.map(readInvoice);
}

export async function cancelInvoice(
  calls: NodeCalls,
  paymentHash: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const request = { payment_hash: Buffer.from(paymentHash, "hex") };
  const result = await calls.ask("cancelInvoice", request, { signal });
  if (result.ok || result.fault.text.includes("invoice already canceled")) return true;
  if (result.fault.text.includes("invoice already settled")) return false;
  if (isAbsent(result.fault)) throw new TimmyError("not-found", "The node has no such invoice.");
  throw errorOfFault(result.fault, "cancelInvoice");
}

export async function subscribeInvoices(
  calls: NodeCalls,
  cursor: InvoiceCursor,
  onInvoice: (invoice: Invoice) => void,
  signal: AbortSignal,
): Promise<void> {
  const closed = await calls.admit(signal);
  if (signal.aborted) return;
  if (closed !== null) throw closed;
  const request = {
    add_index: cursor.addIndex.toString(),
    settle_index: cursor.settleIndex.toString(),
  };
  const result = await calls.follow("subscribeInvoices", request, signal, (wire) =>
    onInvoice(readInvoice(wire)),
  );
  if (signal.aborted) return;
  if (!result.ok) throw errorOfFault(result.fault, "subscribeInvoices");
  throw new TimmyError("lnd-away", "The node ended the stream of invoices.");
}
