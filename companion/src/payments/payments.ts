import { TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import type { Random } from "@timmy/shared/ports/random";
import type { Timer } from "@timmy/shared/ports/time";
import * as limits from "./limits.ts";
import { createListeners, type Listeners } from "./listeners.ts";
import { createNodeWatch } from "./node-watch.ts";
import { createPaymentDriver } from "./payment-driver.ts";
import { checkRequest, takeIn } from "./payment-intake.ts";
import { isFinal } from "./payment-machine.ts";
import { createPaymentRows, type PaymentRow, toPayment } from "./payment-rows.ts";
import type {
  MoneyPorts,
  Payment,
  Payments,
  SendRequest,
  SendResult,
  SpendingGate,
} from "./port.ts";
import { createSaleRows } from "./sale-rows.ts";

export interface PaymentsPorts extends MoneyPorts {
  readonly gate: SpendingGate;
  readonly makeId: MakeId;
  /** Spreads retries; without it they come at fixed times. */
  readonly random?: Random;
}

/** A refusal of the books or the decoder as a value; what is a fault of ours is thrown on. */
function toRefusal(cause: unknown): SendResult {
  if (!(cause instanceof TimmyError) || cause.code === "internal") throw cause;
  return { ok: false, code: cause.code, details: cause.details };
}

function waitForEnd(
  now: Payment,
  listeners: Listeners<Payment>,
  signal: AbortSignal,
): Promise<Payment> {
  return new Promise((resolve, reject) => {
    const look = (payment: Payment) => {
      if (payment.id !== now.id || !isFinal(payment.state)) return;
      leave();
      resolve(payment);
    };
    const unlisten = listeners.add(look);
    const stop = () => {
      leave();
      reject(signal.reason as Error);
    };
    const leave = () => {
      unlisten();
      signal.removeEventListener("abort", stop);
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    look(now);
  });
}

/** Money that leaves; see `port.ts`. Nothing of it is lost or paid twice by a crash at any point. */
export function createPayments(ports: PaymentsPorts): Payments {
  const { books, backend, gate, time, makeId } = ports;
  const rows = createPaymentRows(books.sql);
  const sales = createSaleRows(books.sql);
  const watch = createNodeWatch(ports);
  const listeners = createListeners<Payment>(ports.logger);
  const onChange = (row: PaymentRow) => listeners.tell(toPayment(row));
  const driver = createPaymentDriver({ ...ports, rows, sales, watch, onChange });
  const intake = { books, gate, rows, sales, clock: time.clock, makeId };
  let started = false;
  let rechecked = false;
  let stopped = false;
  let rechecks: Timer | null = null;

  function goAll(): void {
    if (stopped) return;
    for (const row of rows.live()) driver.go(row.id);
    if (rechecked || watch.state() === "away") return;
    rechecked = true;
    recheck(limits.recheckMs);
  }
  watch.onReady(goAll);

  async function send(request: SendRequest): Promise<SendResult> {
    try {
      const invoice = backend.decode(request.bolt11);
      const refusal = checkRequest(request, invoice);
      if (refusal !== null) return refusal;
      if (watch.pubkey() === "") await watch.check();
      const result = await books.commit(() => takeIn(intake, request, invoice, watch.pubkey()));
      if (result.ok && result.fresh) {
        listeners.tell(result.payment);
        driver.go(result.payment.id);
      }
      return result;
    } catch (cause) {
      return toRefusal(cause);
    }
  }
  function recheck(agoMs: number): void {
    const sinceMs = Math.round(time.clock.wallMs()) - agoMs;
    for (const row of rows.doubtful(sinceMs, limits.recheckedPayments)) driver.recheck(row);
  }
  return {
    send,
    settled(paymentId, signal) {
      const row = rows.byId(paymentId);
      if (row !== null) return waitForEnd(toPayment(row), listeners, signal);
      return Promise.reject(new TimmyError("not-found", `Payment ${paymentId}.`));
    },
    get(paymentId) {
      const row = rows.byId(paymentId);
      return row === null ? null : toPayment(row);
    },
    byHash: (paymentHash) => rows.byHash(paymentHash).map(toPayment),
    list: (page) => rows.list(page).map(toPayment),
    onChange: listeners.add,
    start() {
      if (started) return;
      started = true;
      rechecks = time.timers.every("failed payments again", limits.recheckEveryMs, () => {
        if (watch.state() !== "away") recheck(limits.recheckSoonMs);
      });
      void watch.check().then(goAll);
    },
    async stop() {
      stopped = true;
      rechecks?.cancel();
      watch.stop();
      await driver.stop();
    },
  };
}
