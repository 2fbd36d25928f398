import { TimmyError } from "@timmy/shared/errors";
import type { Random } from "@timmy/shared/ports/random";
import type { Timer } from "@timmy/shared/ports/time";
import type { Follow, PaymentOutcome } from "../lightning/backend.ts";
import { createAlarms } from "./alarms.ts";
import { createCallSlots } from "./call-slots.ts";
import * as limits from "./limits.ts";
import type { NodeWatch } from "./node-watch.ts";
import { writeBook } from "./payment-book.ts";
import { isFinal, type NextCall, type PaymentInput, stepPayment } from "./payment-machine.ts";
import type { PaymentRow, PaymentRows } from "./payment-rows.ts";
import type { MoneyPorts, SpendingGate } from "./port.ts";
import type { SaleRows } from "./sale-rows.ts";

export interface DriverPorts extends MoneyPorts {
  readonly gate: SpendingGate;
  readonly rows: PaymentRows;
  readonly sales: SaleRows;
  readonly watch: NodeWatch;
  readonly random?: Random | undefined;
  readonly onChange: (row: PaymentRow) => void;
}

/** What a step wrote, and what happens now. */
interface Written {
  readonly row: PaymentRow;
  readonly next: NextCall | null;
  readonly changed: boolean;
}

/** One step in one transaction: the row, the ledger and the alarm, or none of them. */
function createStepWriter(ports: DriverPorts) {
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
    const taken = before.state === "failed" && rows.byHash(before.paymentHash).length > 1;
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

export interface PaymentDriver {
  /** Begins or goes on with a payment, unless a call for it is under way. */
  go(id: string): void;
  /** Asks once more for a payment that was given up; only a success changes anything. */
  recheck(row: PaymentRow): void;
  stop(): Promise<void>;
}

/** Carries out what the machine says: calls to the node, retries, the end of our patience. */
export function createPaymentDriver(ports: DriverPorts): PaymentDriver {
  const { books, backend, time, logger, watch } = ports;
  const write = createStepWriter(ports);
  const sending = createCallSlots(limits.maxSending);
  const following = createCallSlots(limits.maxFollowing);
  const stopping = new AbortController();
  /** Payments with a call under way, and whether somebody asked meanwhile to go on. */
  const busy = new Map<string, boolean>();
  const retries = new Map<string, { timer: Timer | null; count: number }>();
  const running = new Set<Promise<void>>();

  async function apply(id: string, input: PaymentInput): Promise<Written | null> {
    try {
      const written = await books.commit(() => write(id, input));
      if (written.changed) ports.onChange(written.row);
      if (isFinal(written.row.state)) forget(id);
      return written;
    } catch (cause) {
      const code = cause instanceof TimmyError ? cause.code : "internal";
      logger.error("a step of a payment could not be written", { payment: id, code });
      return null;
    }
  }
  function forget(id: string): void {
    retries.get(id)?.timer?.cancel();
    retries.delete(id);
  }
  function later(id: string): void {
    if (stopping.signal.aborted) return;
    const known = retries.get(id) ?? { timer: null, count: 0 };
    known.timer?.cancel();
    const usual = Math.min(limits.lastRetryMs, limits.firstRetryMs * 2 ** known.count);
    const waitMs = usual * (0.5 + (ports.random?.uniform() ?? 1) / 2);
    const timer = time.timers.after("payment-retry", waitMs, () => go(id));
    retries.set(id, { timer, count: Math.min(known.count + 1, 20) });
  }
  /** One input after another, each call between two transactions, until the payment rests. */
  async function drive(id: string): Promise<void> {
    let input: PaymentInput | null = { on: "go", node: watch.state() };
    while (input !== null && !stopping.signal.aborted) {
      const written: Written | null = await apply(id, input);
      if (written === null || written.next === "retry") return later(id);
      if (written.next === null || stopping.signal.aborted) return;
      input = await call(written.row, written.next);
    }
  }
  async function call(row: PaymentRow, next: "pay" | "track" | "cancel"): Promise<PaymentInput> {
    if (next === "track") return following.run(() => follow(row));
    if (next === "pay") return sending.run(() => pay(row));
    return sending.run(() => cancel(row));
  }
  async function pay(row: PaymentRow): Promise<PaymentInput> {
    const { bolt11, maxFeeMsat, outgoingChannelId, lastHopPubkey } = row;
    const request = {
      ...{ bolt11, maxFeeMsat, timeoutS: limits.routeTimeoutS },
      ...(row.amountAsked ? { amountMsat: row.amountMsat } : {}),
      ...(outgoingChannelId === null || lastHopPubkey === null
        ? {}
        : { circular: { outgoingChannelId, lastHopPubkey } }),
    };
    return patient(row, "pay", (follow) => backend.payInvoice(request, follow));
  }
  function follow(row: PaymentRow): Promise<PaymentInput> {
    return patient(row, "track", (how) => backend.trackPayment(row.paymentHash, how));
  }
  async function cancel(row: PaymentRow): Promise<PaymentInput> {
    let could = false;
    const input = await patient(row, "track", async ({ signal }) => {
      could = await backend.cancelInvoice(row.paymentHash, signal);
      return { state: "exists" };
    });
    const answered = input.on === "outcome" && input.outcome.state === "exists";
    return answered ? { on: "cancelled", could } : input;
  }
  /** A call that ends when the node answers, when our patience does, or when we stop. */
  function patient(
    row: PaymentRow,
    call: "pay" | "track",
    work: (follow: Follow) => Promise<PaymentOutcome>,
  ): Promise<PaymentInput> {
    if (stopping.signal.aborted) return Promise.resolve({ on: "timeout" });
    const ending = new AbortController();
    const end = () => ending.abort();
    stopping.signal.addEventListener("abort", end, { once: true });
    const timer = time.timers.after("payment-call", limits.callTimeoutMs, end);
    const onInflight = () => {
      if (!ending.signal.aborted) void apply(row.id, { on: "inflight" });
    };
    const answer = work({ signal: ending.signal, onInflight }).catch(
      (cause: unknown): PaymentOutcome => ({
        state: "unknown",
        why: cause instanceof TimmyError ? cause.code : "the call failed",
      }),
    );
    const gaveUp = new Promise<PaymentInput>((resolve) => {
      ending.signal.addEventListener("abort", () => resolve({ on: "timeout" }), { once: true });
    });
    const answered = answer.then((outcome): PaymentInput => {
      if (ending.signal.aborted) {
        const late = outcome.state === "succeeded" && !stopping.signal.aborted;
        if (late) void apply(row.id, { on: "late", outcome });
      } else if (outcome.state === "unknown" || outcome.state === "refused") watch.doubt();
      return { on: "outcome", call, outcome };
    });
    return Promise.race([answered, gaveUp]).finally(() => {
      timer.cancel();
      stopping.signal.removeEventListener("abort", end);
    });
  }
  function keep(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }
  function go(id: string): void {
    if (stopping.signal.aborted) return;
    if (busy.has(id)) {
      busy.set(id, true);
      return;
    }
    retries.get(id)?.timer?.cancel();
    busy.set(id, false);
    const done = () => {
      const again = busy.get(id) === true;
      busy.delete(id);
      if (again) go(id);
    };
    keep(drive(id).finally(done));
  }
  return {
    go,
    recheck(row) {
      const ask = async () => {
        const input = await following.run(() => follow(row));
        if (input.on === "outcome") await apply(row.id, { on: "late", outcome: input.outcome });
      };
      keep(ask());
    },
    async stop() {
      stopping.abort();
      for (const { timer } of retries.values()) timer?.cancel();
      retries.clear();
      await Promise.allSettled([...running]);
    },
  };
}
