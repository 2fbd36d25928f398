import { TimmyError } from "@timmy/shared/errors";
import type { Invoice, LightningBackend } from "../backend.ts";
import * as invoices from "./invoices.ts";
import type { MockNode, Subscriber } from "./node.ts";
import { receive } from "./payments.ts";

type InvoiceCalls = Pick<
  LightningBackend,
  | "createInvoice"
  | "checkPayment"
  | "getInvoice"
  | "listInvoices"
  | "settleInvoice"
  | "cancelInvoice"
  | "subscribeInvoices"
>;

/** Someone else pays an invoice of ours; all who listen are told. */
export function takePayment(node: MockNode, hash: string, amountMsat?: bigint): Invoice {
  const invoice = invoices.findInvoice(node.state, hash, node.nowS());
  if (invoice === null) throw new TimmyError("not-found", "invoice");
  const paid = receive(node.state, invoice, amountMsat ?? invoice.amountMsat, node.nowS());
  node.changed();
  node.tell(paid);
  return paid;
}

export function createInvoiceDesk(node: MockNode): InvoiceCalls {
  const find = (hash: string) => invoices.findInvoice(node.state, hash, node.nowS());
  return {
    async createInvoice(request, signal) {
      node.assertActive(signal);
      const { invoice, fresh } = invoices.addInvoice(node.state, request, node.nowS());
      if (fresh) {
        node.changed();
        node.tell(invoice);
      }
      if (!node.knobs.dropCreate) return invoice;
      node.knobs.dropCreate = false;
      throw new TimmyError("lnd-away", "the answer was lost");
    },
    async checkPayment(hash, signal) {
      node.assertActive(signal);
      const invoice = find(hash);
      if (invoice === null) return { state: "unknown", paidMsat: 0n };
      return { state: invoice.state, paidMsat: invoice.paidMsat };
    },
    async getInvoice(hash, signal) {
      node.assertActive(signal);
      return find(hash);
    },
    async listInvoices({ afterAddIndex, limit }, signal) {
      node.assertActive(signal);
      const all = invoices.allInvoices(node.state, node.nowS());
      return all.filter((invoice) => invoice.addIndex > afterAddIndex).slice(0, limit);
    },
    async settleInvoice(hash) {
      node.assertActive();
      const invoice = find(hash);
      if (invoice?.state === "settled") return invoice;
      return takePayment(node, hash);
    },
    async cancelInvoice(hash, signal) {
      node.assertActive(signal);
      const cancelled = invoices.cancel(node.state, hash, node.nowS());
      node.changed();
      return cancelled;
    },
    async subscribeInvoices(cursor, onInvoice, signal) {
      node.assertActive(signal);
      await listen(node, invoices.missed(node.state, cursor, node.nowS()), onInvoice, signal);
    },
  };
}

/** Until the signal (resolves), or until node or listener fail (rejects). */
function listen(
  node: MockNode,
  first: readonly Invoice[],
  onInvoice: (invoice: Invoice) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (error: unknown) => {
      node.subscribers.delete(subscriber);
      signal.removeEventListener("abort", stop);
      if (error === null) resolve();
      else reject(error instanceof Error ? error : new TimmyError("internal", String(error)));
    };
    const stop = () => leave(null);
    const subscriber: Subscriber = {
      // Never inside the call that caused it: a real node tells later.
      tell: (invoice) =>
        queueMicrotask(() => {
          if (!node.subscribers.has(subscriber)) return;
          try {
            onInvoice(invoice);
          } catch (error) {
            leave(error);
          }
        }),
      end: leave,
    };
    node.subscribers.add(subscriber);
    signal.addEventListener("abort", stop, { once: true });
    for (const invoice of first) subscriber.tell(invoice);
  });
}
