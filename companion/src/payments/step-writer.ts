import { TimmyError } from "@timmy/shared/errors";
import { createAlarms } from "./alarms.ts";
import type { NodeWatch } from "./node-watch.ts";
import { writeBook } from "./payment-book.ts";
import { type NextCall, type PaymentInput, stepPayment } from "./payment-machine.ts";
import type { PaymentRow, PaymentRows } from "./payment-rows.ts";
import type { MoneyPorts, SpendingGate } from "./port.ts";
import type { SaleRows } from "./sale-rows.ts";

export interface StepPorts extends MoneyPorts {
  readonly gate: SpendingGate;
  readonly rows: PaymentRows;
  readonly sales: SaleRows;
  readonly watch: NodeWatch;
}

/** What a step wrote, and what happens now. */
export interface Written {
  readonly row: PaymentRow;
  readonly next: NextCall | null;
  readonly changed: boolean;
}

/** One step in one transaction: the row, the ledger and the alarm, or none of them. */
export function createStepWriter(ports: StepPorts) {
  const { books, gate, rows, sales, watch } = ports;
  const clock = ports.time.clock;
  const alarms = createAlarms({ books, clock, logger: ports.logger });

  function prepare(row: PaymentRow, input: PaymentInput): [PaymentRow, PaymentInput] {
    const resting = row.state === "draft" || row.state === "held";
    if (resting && row.kind === "lightning" && row.payee === watch.pubkey()) {
      return [{ ...row, kind: "internal" }, input];
    }
    const paid = input.on === "cancelled" && sales.byHash(row.paymentHash)?.state === "paid";
    return [row, paid ? { on: "cancelled", could: false } : input];
  }
  return (id: string, given: PaymentInput): Written => {
    const stored = rows.byId(id);
    if (stored === null) throw new TimmyError("internal", `There is no payment ${id}.`);
    const [before, input] = prepare(stored, given);
    // A hash that another payment has taken over meanwhile belongs to that one.
    const taken =
      before.state === "failed" &&
      rows.byHash(before.paymentHash).some((other) => other.state !== "failed");
    const nowMs = Math.round(clock.wallMs());
    const step = taken
      ? { facts: before, book: null, next: null, alarm: null }
      : stepPayment(before, input, { nowMs, paused: gate.paused() });
    if (step.alarm !== null) alarms.raise({ ...step.alarm, reference: id });
    if (step.facts === before && before === stored) {
      return { row: stored, next: step.next, changed: false };
    }
    if (step.book !== null) {
      const book = { ledger: books.ledger, gate, alarms, sales, nowMs };
      writeBook(book, before, step.book, step.facts.feeMsat);
    }
    const intents = before.intents + (step.book === "intent" ? 1 : 0);
    const row: PaymentRow = { ...before, ...step.facts, intents, changedMs: nowMs };
    rows.update(row);
    return { row, next: step.next, changed: true };
  };
}
