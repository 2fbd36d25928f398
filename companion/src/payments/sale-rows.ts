import type { Party, Sql } from "../ledger/port.ts";
import type { Sale } from "./port.ts";

interface Stored {
  order_id: string;
  payment_hash: string;
  amount_msat: bigint;
  memo: string;
  party: string;
  service: string;
  expiry_s: bigint;
  bolt11: string;
  state: string;
  paid_msat: bigint;
  created_ms: bigint;
  paid_ms: bigint | null;
}

const toSale = (s: Stored): Sale => ({
  orderId: s.order_id,
  paymentHash: s.payment_hash,
  amountMsat: s.amount_msat,
  memo: s.memo,
  party: s.party as Party,
  service: s.service,
  expiryS: Number(s.expiry_s),
  bolt11: s.bolt11,
  state: s.state as Sale["state"],
  paidMsat: s.paid_msat,
  createdMs: Number(s.created_ms),
  paidMs: s.paid_ms === null ? null : Number(s.paid_ms),
});

/** The table `sales`; called inside a transaction where it writes. */
export function createSaleRows(sql: Sql) {
  const one = (where: string, value: string): Sale | null => {
    const stored = sql.get<Stored>(`SELECT * FROM sales WHERE ${where}`, value);
    return stored === null ? null : toSale(stored);
  };
  return {
    byOrder: (orderId: string) => one("order_id = ?", orderId),
    byHash: (paymentHash: string) => one("payment_hash = ?", paymentHash),
    list: (limit: number): readonly Sale[] =>
      sql.all<Stored>("SELECT * FROM sales ORDER BY seq DESC LIMIT ?", limit).map(toSale),
    insert(sale: Sale): void {
      sql.run(
        `INSERT INTO sales (order_id, payment_hash, amount_msat, memo, party, service, expiry_s,
           bolt11, state, paid_msat, created_ms, paid_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[sale.orderId, sale.paymentHash, sale.amountMsat, sale.memo, sale.party, sale.service],
        ...[sale.expiryS, sale.bolt11, sale.state, sale.paidMsat, sale.createdMs, sale.paidMs],
      );
    },
    update(sale: Sale): void {
      sql.run(
        "UPDATE sales SET bolt11 = ?, state = ?, paid_msat = ?, paid_ms = ? WHERE order_id = ?",
        ...[sale.bolt11, sale.state, sale.paidMsat, sale.paidMs, sale.orderId],
      );
    },
  };
}
export type SaleRows = ReturnType<typeof createSaleRows>;
