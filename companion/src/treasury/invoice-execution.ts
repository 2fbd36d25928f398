import type { Payment } from "../payments/port.ts";
import { type ExecutionPorts, fail, reasonOf, type Way } from "./execution-way.ts";
import { isPassing } from "./node-call.ts";
import { stepRequest } from "./request-machine.ts";
import { holdOf, type RequestRow } from "./request-store.ts";

/** Pays the invoice of a request, through the payments' own protocol. */
export function createInvoiceExecution(ports: ExecutionPorts): Way {
  const { books, payments, requests } = ports;
  function settle(row: RequestRow, payment: Payment): void {
    if (payment.state === "failed") fail(ports, row.id, payment.reason);
    if (payment.state !== "succeeded") return;
    books.write(() => {
      if (stepRequest(requests.get(row.id)?.state ?? "failed", "confirm") === null) return;
      requests.update(row.id, { state: "confirmed", fee_msat: payment.feeMsat });
    });
  }
  return {
    async send(row) {
      const decoded = ports.backend.decode(row.destination);
      const sent = await payments.send({
        key: `request:${row.id}`,
        bolt11: row.destination,
        ...(decoded.amountMsat === null ? { amountMsat: row.amount_msat } : {}),
        maxFeeMsat: row.fee_cap_msat,
        party: row.party,
        purpose: row.kind,
        note: row.why,
        origin: { from: "record", record: `withdrawal:${row.id}` },
        ...(row.amount_msat + row.fee_cap_msat > 0n ? { holdId: holdOf(row.id) } : {}),
      });
      if (!sent.ok) {
        if (!isPassing(sent.code)) fail(ports, row.id, reasonOf(sent));
        return;
      }
      const { payment } = sent;
      books.write(() => requests.update(row.id, { state: "sent", payment_id: payment.id }));
      settle(row, payments.get(payment.id) ?? payment);
    },
    async follow(row) {
      const payment = payments.get(row.payment_id);
      if (payment !== null) settle(row, payment);
    },
  };
}
