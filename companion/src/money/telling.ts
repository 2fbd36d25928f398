import { TimmyError } from "@timmy/shared/errors";
import type { Timer, Timers } from "@timmy/shared/ports/time";
import type { Payment, Sale } from "../payments/port.ts";
import type { MoneyHost } from "./money-host.ts";
import type { News } from "./news.ts";
import type { TreasuryNews } from "./treasury-client.ts";

const sat = (msat: bigint): number => Number(msat) / 1000;

type PaymentNews = Extract<TreasuryNews, { type: "payment" }>["data"];
const ofPayment = (payment: Payment, backend: "mock" | "lnd"): PaymentNews => ({
  direction: "out",
  state: payment.state,
  amount_sat: sat(payment.amountMsat),
  fee_sat: payment.feeMsat === null ? null : sat(payment.feeMsat),
  party: payment.party,
  purpose: payment.purpose,
  backend,
});
const ofSale = (sale: Sale, backend: "mock" | "lnd"): PaymentNews => ({
  direction: "in",
  state: sale.state,
  amount_sat: sat(sale.paidMsat),
  fee_sat: null,
  party: sale.party,
  purpose: sale.service,
  backend,
});

/** Null while there is none: the node is being changed, which tells at its end, or the disk fails. */
function viewOf(host: MoneyHost): ReturnType<MoneyHost["view"]> | null {
  try {
    return host.view();
  } catch (error) {
    if (error instanceof TimmyError) return null;
    throw error;
  }
}

/**
 * Tells listeners the view when it changed, at most every `periodMs`, and now and then because
 * windows pass and invoices expire by themselves; and each payment as it ends.
 */
export function startTelling(ports: {
  readonly host: MoneyHost;
  readonly news: News;
  readonly timers: Timers;
  readonly periodMs: number;
}): () => void {
  const { host, news, timers, periodMs } = ports;
  let told = "";
  let waiting: Timer | null = null;
  function tell(): void {
    waiting = null;
    const data = viewOf(host);
    if (data === null) return;
    const text = JSON.stringify(data);
    if (text === told) return;
    told = text;
    news.send({ type: "view", data } satisfies TreasuryNews);
  }
  const soon = () => {
    waiting ??= timers.after("tell the treasury's view", periodMs, tell);
  };
  const payment = (data: PaymentNews) =>
    news.send({ type: "payment", data } satisfies TreasuryNews);
  const ends = [
    host.onChange(soon),
    host.onPayment((paid) => {
      if (paid.state === "succeeded" || paid.state === "failed" || paid.state === "unknown") {
        payment(ofPayment(paid, host.money().backend.kind));
      }
    }),
    host.onSale((sale) => payment(ofSale(sale, host.money().backend.kind))),
  ];
  const timer = timers.every("the treasury's view by itself", 10 * periodMs, soon);
  return () => {
    timer.cancel();
    waiting?.cancel();
    for (const end of ends) end();
  };
}
