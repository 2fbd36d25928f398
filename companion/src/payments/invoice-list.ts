import type { Invoice, LightningBackend } from "../lightning/backend.ts";
import { invoicePage } from "./limits.ts";

export function highest(page: readonly Invoice[], of: (invoice: Invoice) => bigint): bigint {
  let top = 0n;
  for (const invoice of page) if (of(invoice) > top) top = of(invoice);
  return top;
}

/**
 * Every invoice above an add index, a page at a time. Only an empty page is the end: a node may
 * give fewer than it was asked for.
 */
export async function eachInvoicePage(
  backend: Pick<LightningBackend, "listInvoices">,
  afterAddIndex: bigint,
  signal: AbortSignal | undefined,
  take: (page: readonly Invoice[]) => Promise<void> | void,
): Promise<void> {
  let after = afterAddIndex;
  for (;;) {
    const page = await backend.listInvoices({ afterAddIndex: after, limit: invoicePage }, signal);
    const last = highest(page, (invoice) => invoice.addIndex);
    if (last <= after) return;
    await take(page);
    after = last;
  }
}
