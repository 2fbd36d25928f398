import type { Invoice, LightningBackend } from "../lightning/backend.ts";
import { invoicePage } from "./limits.ts";

export function highest(page: readonly Invoice[], of: (invoice: Invoice) => bigint): bigint {
  let top = 0n;
  for (const invoice of page) if (of(invoice) > top) top = of(invoice);
  return top;
}

/** Every invoice above an add index, a page at a time. */
export async function eachInvoicePage(
  backend: Pick<LightningBackend, "listInvoices">,
  afterAddIndex: bigint,
  signal: AbortSignal | undefined,
  take: (page: readonly Invoice[]) => Promise<void> | void,
): Promise<void> {
  let after = afterAddIndex;
  for (;;) {
    const page = await backend.listInvoices({ afterAddIndex: after, limit: invoicePage }, signal);
    if (page.length === 0) return;
    await take(page);
    after = highest(page, (invoice) => invoice.addIndex);
    if (page.length < invoicePage) return;
  }
}
