import { randomBytes } from "node:crypto";
import type { FakeNode } from "./fake-node.ts";
import { words } from "./faults.ts";
import { bytesOf, digits, type Handlers, hexOf, type Sink, satOf } from "./handler.ts";
import { uri } from "./methods.ts";
import type { FakeInvoice } from "./node-invoices.ts";
import { readInvoice } from "./node-payments.ts";
import { Refusal } from "./refusal.ts";

interface AddInvoice {
  readonly memo: string;
  readonly r_preimage: Uint8Array;
  readonly value: string;
  readonly value_msat: string;
  readonly expiry: string;
}
interface ListInvoices {
  readonly pending_only: boolean;
  readonly index_offset: string;
  readonly num_max_invoices: string;
  readonly reversed: boolean;
}

const toMessage = (invoice: FakeInvoice, padding: object[] = []) => ({
  memo: invoice.memo,
  r_preimage: bytesOf(invoice.preimage),
  r_hash: bytesOf(invoice.hash),
  value: satOf(invoice.amountMsat),
  value_msat: digits(invoice.amountMsat),
  settled: invoice.state === "SETTLED",
  creation_date: `${invoice.createdS}`,
  settle_date: `${invoice.settledS}`,
  payment_request: invoice.bolt11,
  expiry: `${invoice.expiryS}`,
  cltv_expiry: "80",
  add_index: digits(invoice.addIndex),
  settle_index: digits(invoice.settleIndex),
  amt_paid: digits(invoice.paidMsat),
  amt_paid_sat: satOf(invoice.paidMsat),
  amt_paid_msat: digits(invoice.paidMsat),
  state: invoice.state,
  htlcs: padding,
  payment_addr: bytesOf(invoice.secret),
});

/** AddInvoice, ListInvoices, LookupInvoiceV2, CancelInvoice, SubscribeInvoices, DecodePayReq. */
export function createInvoiceHandlers(node: FakeNode): Handlers {
  const byHash = (request: { payment_hash: Uint8Array }): string => hexOf(request.payment_hash);
  return {
    unary: {
      [uri.addInvoice](request: AddInvoice) {
        const given = request.r_preimage.length > 0;
        if (given && request.r_preimage.length !== 32) {
          throw new Refusal("UNKNOWN", "payment preimage must be exactly 32 bytes");
        }
        const invoice = node.invoices.add({
          preimage: hexOf(given ? request.r_preimage : randomBytes(32)),
          memo: request.memo,
          amountMsat: BigInt(request.value_msat) + BigInt(request.value) * 1000n,
          expiryS: Number(request.expiry),
        });
        return {
          r_hash: bytesOf(invoice.hash),
          payment_request: invoice.bolt11,
          add_index: digits(invoice.addIndex),
          payment_addr: bytesOf(invoice.secret),
        };
      },
      [uri.listInvoices](request: ListInvoices) {
        const limit = Number(request.num_max_invoices) || 100;
        const page = node.invoices
          .page(BigInt(request.index_offset), limit, request.reversed)
          .filter((one) => !request.pending_only || one.state === "OPEN");
        // An lnd that forwards large custom records has pages of many megabytes.
        const padding =
          node.pageBytes === 0 ? [] : [{ custom_channel_data: Buffer.alloc(node.pageBytes) }];
        return {
          invoices: page.map((one, k) => toMessage(one, k === 0 ? padding : [])),
          first_index_offset: digits(page[0]?.addIndex ?? 0n),
          last_index_offset: digits(page.at(-1)?.addIndex ?? 0n),
        };
      },
      [uri.lookupInvoiceV2](request: { payment_hash: Uint8Array }) {
        const invoice = node.invoices.find(byHash(request));
        if (invoice === null) throw new Refusal("NOT_FOUND", words.noInvoice);
        return toMessage(invoice);
      },
      [uri.cancelInvoice](request: { payment_hash: Uint8Array }) {
        node.invoices.cancel(byHash(request));
        return {};
      },
      [uri.decodePayReq](request: { pay_req: string }) {
        const read = readInvoice(request.pay_req);
        return {
          destination: read.payee,
          payment_hash: read.paymentHash,
          num_satoshis: satOf(read.amountMsat ?? 0n),
          num_msat: digits(read.amountMsat ?? 0n),
          timestamp: `${read.createdS}`,
          expiry: `${read.expiresS - read.createdS}`,
          description: read.description,
          description_hash: read.descriptionHash ?? "",
          cltv_expiry: `${read.minFinalCltvExpiry}`,
        };
      },
    },
    streams: {
      [uri.subscribeInvoices](request: { add_index: string; settle_index: string }, sink, call) {
        const settle = BigInt(request.settle_index);
        subscribe(node, BigInt(request.add_index), settle, sink, call.fault.events);
      },
    },
  };
}

function subscribe(
  node: FakeNode,
  add: bigint,
  settle: bigint,
  sink: Sink,
  plan: "twice" | "drop" | undefined,
): void {
  const off = node.invoices.subscribe(add, settle, (invoice) => {
    if (plan === "drop") {
      sink.fail(new Refusal("UNAVAILABLE", "transport is closing"));
      return;
    }
    sink.send(toMessage(invoice));
    if (plan === "twice") sink.send(toMessage(invoice));
  });
  sink.onGone(off);
}
