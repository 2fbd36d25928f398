import { TimmyError } from "@timmy/shared/errors";
import type { Timer } from "@timmy/shared/ports/time";
import type { Invoice } from "../lightning/backend.ts";
import { createAlarms } from "./alarms.ts";
import { takeInvoice } from "./invoice-credit.ts";
import { eachInvoicePage, highest } from "./invoice-list.ts";
import * as limits from "./limits.ts";
import { createMarks } from "./marks.ts";
import { pause } from "./pause.ts";
import type { MoneyPorts, Sale } from "./port.ts";
import type { SaleRows } from "./sale-rows.ts";

export interface FeedPorts extends MoneyPorts {
  readonly rows: SaleRows;
  /** Posts the opening balances once, before anything is credited. */
  readonly ensureOpen: (signal: AbortSignal) => Promise<void>;
  readonly onPaid: (sale: Sale) => void;
}

/** Writes what the node says of invoices, several in one commit, each with its cursor. */
function createIntake(ports: FeedPorts) {
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

/**
 * Lists what was missed, then listens, and lists again from time to time: a stream may leave out or
 * repeat anything, and from a cursor of zero it replays nothing. The lists begin at the oldest
 * invoice that may still be paid.
 */
export function createInvoiceFeed(ports: FeedPorts) {
  const { backend, books, time, logger } = ports;
  const intake = createIntake(ports);
  const { marks } = intake;
  const stopping = new AbortController();
  let waiting: Invoice[] = [];
  let draining: Promise<void> | null = null;
  let patrol: Timer | null = null;
  let life: Promise<void> | null = null;

  /** What was listed completely, but never beyond an invoice that may still be paid. */
  function listFrom(): bigint {
    const oldest = books.sql.get<{ low: bigint | null }>(
      "SELECT min(add_index) AS low FROM open_invoices",
    )?.low;
    const listed = marks.get("invoices-listed");
    return oldest !== null && oldest !== undefined && oldest <= listed ? oldest - 1n : listed;
  }
  async function list(): Promise<void> {
    let complete = true;
    await eachInvoicePage(backend, listFrom(), stopping.signal, async (page) => {
      for (let k = 0; k < page.length; k += limits.invoiceBatch) {
        const taken = await intake.take(page.slice(k, k + limits.invoiceBatch), "list");
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
    const beforeMs = Math.round(time.clock.wallMs()) - limits.lateInvoiceMs;
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
  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, limits.invoiceBatch);
      waiting = waiting.slice(limits.invoiceBatch);
      if (!(await intake.take(batch, "stream"))) patrolIn(limits.firstPatrolMs);
    }
  }
  function enqueue(invoice: Invoice): void {
    if (stopping.signal.aborted) return;
    if (waiting.length >= limits.maxWaitingInvoices) {
      logger.warn("too many events of invoices; they are listed again");
      patrolIn(limits.firstPatrolMs);
      return;
    }
    waiting.push(invoice);
    draining ??= drain().finally(() => {
      draining = null;
    });
  }
  function patrolIn(ms: number): void {
    patrol?.cancel();
    if (stopping.signal.aborted) return;
    patrol = time.timers.after("invoice-patrol", ms, () => {
      const again = () => patrolIn(limits.patrolMs);
      // A node that is away ends the stream too, and that is where it is dealt with.
      list().then(again, again);
    });
  }
  async function live(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await ports.ensureOpen(stopping.signal);
        await list();
        failures = 0;
        patrolIn(limits.firstPatrolMs);
        const cursor = {
          addIndex: marks.get("invoices-added"),
          settleIndex: marks.get("invoices-settled"),
        };
        await backend.subscribeInvoices(cursor, enqueue, stopping.signal);
      } catch (cause) {
        if (stopping.signal.aborted) break;
        const code = cause instanceof TimmyError ? cause.code : "internal";
        logger.warn("invoices are not followed", { code });
      }
      patrol?.cancel();
      const ms = Math.min(limits.lastFeedRetryMs, limits.firstFeedRetryMs * 2 ** failures);
      await pause(time.timers, "invoice-feed", ms, stopping.signal);
    }
  }
  return {
    start(): void {
      if (!stopping.signal.aborted) life ??= live();
    },
    async stop(): Promise<void> {
      stopping.abort();
      patrol?.cancel();
      await life;
      await draining;
    },
  };
}
