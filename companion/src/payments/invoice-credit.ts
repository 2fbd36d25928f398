import { TimmyError } from "@timmy/shared/errors";
import { type Books, type Posting, partyAccount } from "../ledger/port.ts";
import type { Invoice } from "../lightning/backend.ts";
import type { Alarms } from "./alarms.ts";
import type { Sale } from "./port.ts";
import { postingsOf } from "./postings.ts";
import type { SaleRows } from "./sale-rows.ts";

export interface CreditPorts {
  readonly books: Books;
  readonly rows: SaleRows;
  readonly alarms: Alarms;
  readonly nowMs: number;
}

/**
 * Takes in what the node says of an invoice, inside a transaction; answers the sale when it was
 * paid by this. The same news again, or in another order, changes nothing more.
 */
export function takeInvoice(ports: CreditPorts, invoice: Invoice): Sale | null {
  const { sql } = ports.books;
  const sale = ports.rows.byHash(invoice.paymentHash);
  if (invoice.state === "open" || invoice.state === "accepted") {
    sql.run(
      `INSERT INTO open_invoices (payment_hash, add_index, expires_ms) VALUES (?, ?, ?)
       ON CONFLICT (payment_hash) DO NOTHING`,
      ...[invoice.paymentHash, invoice.addIndex, invoice.expiresS * 1000],
    );
    if (sale?.state === "draft") {
      ports.rows.update({ ...sale, bolt11: invoice.bolt11, state: "open" });
    }
    return null;
  }
  // What is said to be settled with nothing is looked at again.
  const nothingCame = invoice.state === "settled" && invoice.paidMsat <= 0n;
  if (!nothingCame) {
    sql.run("DELETE FROM open_invoices WHERE payment_hash = ?", invoice.paymentHash);
  }
  if (invoice.state === "settled") return credit(ports, invoice, sale);
  if (sale?.state === "open" || sale?.state === "draft") {
    const state = ports.nowMs >= invoice.expiresS * 1000 ? "expired" : "cancelled";
    ports.rows.update({ ...sale, bolt11: invoice.bolt11, state });
  }
  return null;
}

/** A circular payment comes back by an invoice of our own: nobody earned anything. */
const isCircular = (books: Books, paymentHash: string): boolean =>
  books.sql.get<{ id: string }>(
    "SELECT id FROM payments WHERE payment_hash = ? AND kind = 'circular'",
    paymentHash,
  ) !== null;

export function salePostings(sale: Sale, paidMsat: bigint): readonly Posting[] {
  return postingsOf(
    ["asset:ln-hot", paidMsat],
    [`income:service:${sale.service}`, -paidMsat],
    ["expense:distributed", paidMsat],
    [partyAccount(sale.party), -paidMsat],
  );
}

function credit(ports: CreditPorts, invoice: Invoice, sale: Sale | null): Sale | null {
  const { books, rows, alarms } = ports;
  const { paymentHash, paidMsat } = invoice;
  const key = `sale:${paymentHash}`;
  if (books.ledger.journal(key) !== null) return null;
  if (sale === null && isCircular(books, paymentHash)) return null;
  if (paidMsat <= 0n) {
    const sentence = "The node says that an invoice was settled, but that nothing came.";
    alarms.raise({ code: "nothing-came", sentence, reference: paymentHash });
    return null;
  }
  const postings =
    sale === null
      ? postingsOf(["asset:ln-hot", paidMsat], [partyAccount("owner"), -paidMsat])
      : salePostings(sale, paidMsat);
  const result = books.ledger.post({
    ...{ key, actor: "timmy", postings },
    kind: sale === null ? "foreign-invoice" : "sale",
    note: (sale === null ? invoice.memo : sale.memo).slice(0, 900),
    reference: sale === null ? paymentHash : sale.orderId,
    party: sale === null ? "owner" : sale.party,
    service: sale === null ? "" : sale.service,
  });
  if (!result.ok) throw new TimmyError("internal", `${key}: ${result.reason}`);
  if (sale === null) return null;
  if (sale.state === "paid") {
    const sentence = "An order that had been paid inside was paid once more through the network.";
    alarms.raise({ code: "paid-twice", sentence, reference: sale.orderId });
    return null;
  }
  const paidMs = invoice.settledS === null ? ports.nowMs : invoice.settledS * 1000;
  const paid: Sale = { ...sale, bolt11: invoice.bolt11, state: "paid", paidMsat, paidMs };
  rows.update(paid);
  return paid;
}
