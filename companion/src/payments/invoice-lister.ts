import { TimmyError } from "@timmy/shared/errors";
import type { Invoice } from "../lightning/backend.ts";
import { createAlarms } from "./alarms.ts";
import { takeInvoice } from "./invoice-credit.ts";
import { eachInvoicePage, highest } from "./invoice-list.ts";
import { invoiceBatch, lateInvoiceMs } from "./limits.ts";
import { createMarks } from "./marks.ts";
import type { MoneyPorts, Sale } from "./port.ts";
import type { SaleRows } from "./sale-rows.ts";

export interface InvoiceIntakePorts extends MoneyPorts {
  readonly rows: SaleRows;
  readonly onPaid: (sale: Sale) => void;
}

/** Writes what the node says of invoices, several in one commit, each with its cursor. */
export function createInvoiceIntake(ports: InvoiceIntakePorts) {
  const { books, rows, time, logger } = ports;
  const marks = createMarks(books.sql);
  const alarms = createAlarms({ books, clock: time.clock, logger });

  async function takeOne(invoice: Invoice, from: "stream" | "list"): Promise<boolean> {
    try {
      const paid = await books.commit(() => {
        const nowMs = Math.round(time.clock.wallMs());
        const sale = takeInvoice({ books, rows, alarms, nowMs }, invoice);
        if (from === "list") return sale;
        marks.raise("invoices-added", invoice.addIndex);
        marks.raise("invoices-settled", invoice.settleIndex);
        return sale;
      });
      if (paid !== null) ports.onPaid(paid);
      return true;
    } catch (cause) {
      const code = cause instanceof TimmyError ? cause.code : "internal";
      logger.error("an invoice could not be credited yet", { hash: invoice.paymentHash, code });
      return false;
    }
  }
  return {
    marks,
    take: async (invoices: readonly Invoice[], from: "stream" | "list"): Promise<boolean> =>
      (await Promise.all(invoices.map((invoice) => takeOne(invoice, from)))).every((ok) => ok),
  };
}

/** Reads the node's invoices from the oldest on that may still be paid. */
export function createInvoiceLister(
  ports: InvoiceIntakePorts,
  intake: ReturnType<typeof createInvoiceIntake>,
) {
  const { backend, books, time } = ports;
  const { marks } = intake;

  /** What was listed completely, but never beyond an invoice that may still be paid. */
  function listFrom(): bigint {
    const oldest = books.sql.get<{ low: bigint | null }>(
      "SELECT min(add_index) AS low FROM open_invoices",
    )?.low;
    const listed = marks.get("invoices-listed");
    return oldest !== null && oldest !== undefined && oldest <= listed ? oldest - 1n : listed;
  }
  async function list(signal: AbortSignal): Promise<void> {
    let complete = true;
    await eachInvoicePage(backend, listFrom(), signal, async (page) => {
      for (let k = 0; k < page.length; k += invoiceBatch) {
        const taken = await intake.take(page.slice(k, k + invoiceBatch), "list");
        complete &&= taken;
      }
      const last = highest(page, (invoice) => invoice.addIndex);
      const settled = highest(page, (invoice) => invoice.settleIndex);
      if (!complete) return;
      await books.commit(() => {
        marks.raise("invoices-listed", last);
        marks.raise("invoices-added", last);
        marks.raise("invoices-settled", settled);
      });
    });
    if (complete) await forgetOld();
  }
  /** What the node no longer speaks of long after its expiry is not waited for. */
  async function forgetOld(): Promise<void> {
    const beforeMs = Math.round(time.clock.wallMs()) - lateInvoiceMs;
    const old = books.sql.all<{ payment_hash: string }>(
      "SELECT payment_hash FROM open_invoices WHERE expires_ms < ?",
      beforeMs,
    );
    if (old.length === 0) return;
    await books.commit(() => {
      for (const { payment_hash } of old) {
        books.sql.run("DELETE FROM open_invoices WHERE payment_hash = ?", payment_hash);
        const sale = ports.rows.byHash(payment_hash);
        if (sale?.state === "open") ports.rows.update({ ...sale, state: "expired" });
      }
    });
  }
  return { list };
}
