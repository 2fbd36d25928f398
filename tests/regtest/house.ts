import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { openBooks } from "@timmy/companion/ledger/books";
import type { Books, Party } from "@timmy/companion/ledger/port";
import { createPayments } from "@timmy/companion/payments/payments";
import type { Payment, Payments, Reconciler, Sale, Sales } from "@timmy/companion/payments/port";
import { createReconciler } from "@timmy/companion/payments/reconciler";
import { createSales } from "@timmy/companion/payments/sales";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { createSystemTime } from "@timmy/shared/ports/time";
import type { LndNode } from "./lnd-node.ts";
import { connectTimmy, type TimmyNode } from "./timmy-node.ts";
import { until } from "./wait.ts";

/** Timmy's books at one node, with everything that moves money in them and a gate that says yes. */
export interface House {
  readonly timmy: TimmyNode;
  readonly books: Books;
  readonly payments: Payments;
  readonly sales: Sales;
  readonly reconciler: Reconciler;
  /** Sells for the owner and answers the invoice. */
  sell(orderId: string, amountMsat: bigint, party?: Party): Promise<string>;
  /** Sends for the owner; answers once the intent is on disk. */
  send(bolt11: string, maxFeeMsat?: bigint): Promise<Payment>;
  ended(paymentId: string): Promise<Payment>;
  sold(orderId: string): Promise<Sale>;
  stop(): Promise<void>;
}

export async function openHouse(node: LndNode, folder: string): Promise<House> {
  const time = createSystemTime();
  const logger = createMemoryLogger();
  const timmy = await connectTimmy(node, logger);
  const books = openBooks({ path: join(folder, `${node.name}.db`), clock: time.clock });
  const ports = { books, backend: timmy.backend, time, logger };
  const gate = { judge: () => ({ ok: true }) as const, undo() {}, paused: () => false };
  const payments = createPayments({ ...ports, gate, makeId: randomUUID });
  const sales = createSales({ ...ports, payments });
  const reconciler = createReconciler(ports);
  payments.start();
  sales.start();
  const party = "owner";
  return {
    timmy,
    books,
    payments,
    sales,
    reconciler,
    async sell(orderId, amountMsat, seller = party) {
      const result = await sales.create({
        ...{ orderId, amountMsat, memo: orderId, party: seller, service: "test" },
        expiryS: 3600,
      });
      if (!result.ok) throw new Error(`not sold: ${result.code} ${result.details}`);
      return result.sale.bolt11;
    },
    async send(bolt11, maxFeeMsat = 5000n) {
      const result = await payments.send({
        ...{ key: randomUUID(), bolt11, maxFeeMsat, party, purpose: "payment", note: "" },
        origin: { from: "person", who: "tester" },
      });
      if (!result.ok) throw new Error(`not sent: ${result.code} ${result.details}`);
      return result.payment;
    },
    ended: (paymentId) => payments.settled(paymentId, AbortSignal.timeout(90_000)),
    sold: (orderId) =>
      until(`${orderId} is paid`, 30_000, () => {
        const sale = sales.get(orderId);
        return sale?.state === "paid" ? sale : null;
      }),
    async stop() {
      await payments.stop();
      await sales.stop();
      await timmy.close();
      books.close();
    },
  };
}
