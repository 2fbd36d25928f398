import { TimmyError } from "@timmy/shared/errors";
import type { Timer } from "@timmy/shared/ports/time";
import type { Invoice } from "../lightning/backend.ts";
import {
  createInvoiceIntake,
  createInvoiceLister,
  type InvoiceIntakePorts,
} from "./invoice-lister.ts";
import * as limits from "./limits.ts";
import { pause } from "./pause.ts";

export interface FeedPorts extends InvoiceIntakePorts {
  /** Posts the opening balances once, before anything is credited. */
  readonly ensureOpen: (signal: AbortSignal) => Promise<void>;
}

/** Events wait here in order; false when there is no room. */
function createInbox(take: (batch: readonly Invoice[]) => Promise<void>) {
  let waiting: Invoice[] = [];
  let draining: Promise<void> | null = null;
  async function drain(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, limits.invoiceBatch);
        waiting = waiting.slice(limits.invoiceBatch);
        await take(batch);
      }
    } finally {
      draining = null;
    }
  }
  return {
    put(invoice: Invoice): boolean {
      if (waiting.length >= limits.maxWaitingInvoices) return false;
      waiting.push(invoice);
      draining ??= drain();
      return true;
    },
    ended: async () => draining,
  };
}

/**
 * Lists what was missed, then listens, and lists again from time to time: a stream may leave out or
 * repeat anything, and from a cursor of zero it replays nothing. The lists begin at the oldest
 * invoice that may still be paid.
 */
export function createInvoiceFeed(ports: FeedPorts) {
  const { backend, time, logger } = ports;
  const intake = createInvoiceIntake(ports);
  const { list } = createInvoiceLister(ports, intake);
  const { marks } = intake;
  const stopping = new AbortController();
  const inbox = createInbox(async (batch) => {
    if (!(await intake.take(batch, "stream"))) patrolIn(limits.firstPatrolMs);
  });
  let patrol: Timer | null = null;
  let life: Promise<void> | null = null;

  function receive(invoice: Invoice): void {
    if (stopping.signal.aborted || inbox.put(invoice)) return;
    logger.warn("too many events of invoices; they are listed again");
    patrolIn(limits.firstPatrolMs);
  }
  function patrolIn(ms: number): void {
    patrol?.cancel();
    if (stopping.signal.aborted) return;
    patrol = time.timers.after("invoice-patrol", ms, () => {
      const again = () => patrolIn(limits.patrolMs);
      // A node that is away ends the stream too, and that is where it is dealt with.
      list(stopping.signal).then(again, again);
    });
  }
  async function live(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await ports.ensureOpen(stopping.signal);
        await list(stopping.signal);
        failures = 0;
        patrolIn(limits.firstPatrolMs);
        const cursor = {
          addIndex: marks.get("invoices-added"),
          settleIndex: marks.get("invoices-settled"),
        };
        await backend.subscribeInvoices(cursor, receive, stopping.signal);
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
      await inbox.ended();
    },
  };
}
