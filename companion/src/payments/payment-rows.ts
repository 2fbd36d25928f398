import type { Party, Sql } from "../ledger/port.ts";
import type { PaymentKind } from "./payment-machine.ts";
import type { Payment, PaymentState } from "./port.ts";

/** A payment with what only this folder needs of it. */
export interface PaymentRow extends Payment {
  /** SHA-256 over the request, to know the same key with another content. */
  readonly digest: string;
  readonly kind: PaymentKind;
  /** The invoice names no amount, so the node must be told. */
  readonly amountAsked: boolean;
  readonly outgoingChannelId: string | null;
  readonly lastHopPubkey: string | null;
  /** Empty where nothing needed to be held. */
  readonly holdId: string;
  readonly calls: number;
  /** How often amount and cap were moved in flight; numbers the journals. */
  readonly intents: number;
  readonly moved: boolean;
  readonly hashSeen: boolean;
}

interface Stored {
  id: string;
  key: string;
  digest: string;
  kind: string;
  payment_hash: string;
  bolt11: string;
  payee: string;
  amount_msat: bigint;
  amount_asked: bigint;
  max_fee_msat: bigint;
  fee_msat: bigint | null;
  preimage: string | null;
  party: string;
  purpose: string;
  note: string;
  outgoing_channel: string | null;
  last_hop: string | null;
  hold_id: string;
  state: string;
  reason: string;
  calls: bigint;
  intents: bigint;
  moved: bigint;
  hash_seen: bigint;
  created_ms: bigint;
  changed_ms: bigint;
  expires_ms: bigint;
}

const toRow = (s: Stored): PaymentRow => ({
  id: s.id,
  key: s.key,
  digest: s.digest,
  kind: s.kind as PaymentKind,
  paymentHash: s.payment_hash,
  bolt11: s.bolt11,
  payee: s.payee,
  amountMsat: s.amount_msat,
  amountAsked: s.amount_asked === 1n,
  maxFeeMsat: s.max_fee_msat,
  feeMsat: s.fee_msat,
  preimage: s.preimage,
  party: s.party as Party,
  purpose: s.purpose,
  note: s.note,
  outgoingChannelId: s.outgoing_channel,
  lastHopPubkey: s.last_hop,
  holdId: s.hold_id,
  state: s.state as PaymentState,
  reason: s.reason,
  calls: Number(s.calls),
  intents: Number(s.intents),
  moved: s.moved === 1n,
  hashSeen: s.hash_seen === 1n,
  createdMs: Number(s.created_ms),
  changedMs: Number(s.changed_ms),
  expiresMs: Number(s.expires_ms),
});

/** What others may see of a payment. */
export const toPayment = (row: PaymentRow): Payment => ({
  id: row.id,
  key: row.key,
  paymentHash: row.paymentHash,
  bolt11: row.bolt11,
  payee: row.payee,
  amountMsat: row.amountMsat,
  maxFeeMsat: row.maxFeeMsat,
  feeMsat: row.feeMsat,
  preimage: row.preimage,
  party: row.party,
  purpose: row.purpose,
  note: row.note,
  state: row.state,
  reason: row.reason,
  createdMs: row.createdMs,
  changedMs: row.changedMs,
  expiresMs: row.expiresMs,
});

const live = "state NOT IN ('succeeded', 'failed')";

/** The table `payments`; called inside a transaction where it writes. */
export function createPaymentRows(sql: Sql) {
  const one = (where: string, value: string): PaymentRow | null => {
    const stored = sql.get<Stored>(`SELECT * FROM payments WHERE ${where}`, value);
    return stored === null ? null : toRow(stored);
  };
  return {
    byId: (id: string) => one("id = ?", id),
    byKey: (key: string) => one("key = ?", key),
    byHash: (paymentHash: string): readonly PaymentRow[] =>
      sql
        .all<Stored>("SELECT * FROM payments WHERE payment_hash = ? ORDER BY seq DESC", paymentHash)
        .map(toRow),
    live: (): readonly PaymentRow[] =>
      sql.all<Stored>(`SELECT * FROM payments WHERE ${live} ORDER BY seq`).map(toRow),
    countLive: (): number =>
      Number(sql.get<{ n: bigint }>(`SELECT count(*) AS n FROM payments WHERE ${live}`)?.n ?? 0n),
    /**
     * Failed, and yet an earlier request may still be carried out by the node: given up without an
     * answer, or sent more than once. Newest first.
     */
    doubtful: (sinceMs: number, limit: number): readonly PaymentRow[] =>
      sql
        .all<Stored>(
          `SELECT * FROM payments WHERE state = 'failed' AND changed_ms >= ?
           AND (reason = 'void' OR calls > 1)
           ORDER BY changed_ms DESC LIMIT ?`,
          sinceMs,
          limit,
        )
        .map(toRow),
    list(page: { readonly limit: number; readonly state?: PaymentState }): readonly PaymentRow[] {
      const rows =
        page.state === undefined
          ? sql.all<Stored>("SELECT * FROM payments ORDER BY seq DESC LIMIT ?", page.limit)
          : sql.all<Stored>(
              "SELECT * FROM payments WHERE state = ? ORDER BY seq DESC LIMIT ?",
              page.state,
              page.limit,
            );
      return rows.map(toRow);
    },
    insert(row: PaymentRow): void {
      sql.run(
        `INSERT INTO payments (id, key, digest, kind, payment_hash, bolt11, payee, amount_msat,
           amount_asked, max_fee_msat, fee_msat, preimage, party, purpose, note, outgoing_channel,
           last_hop, hold_id, state, reason, calls, intents, moved, hash_seen, created_ms,
           changed_ms, expires_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[row.id, row.key, row.digest, row.kind, row.paymentHash, row.bolt11, row.payee],
        ...[row.amountMsat, row.amountAsked ? 1 : 0, row.maxFeeMsat, row.feeMsat, row.preimage],
        ...[row.party, row.purpose, row.note, row.outgoingChannelId, row.lastHopPubkey],
        ...[row.holdId, row.state, row.reason, row.calls, row.intents, row.moved ? 1 : 0],
        ...[row.hashSeen ? 1 : 0, row.createdMs, row.changedMs, row.expiresMs],
      );
    },
    /** Writes what a step may change. */
    update(row: PaymentRow): void {
      sql.run(
        `UPDATE payments SET kind = ?, state = ?, reason = ?, fee_msat = ?, preimage = ?, calls = ?,
           intents = ?, moved = ?, changed_ms = ? WHERE id = ?`,
        ...[row.kind, row.state, row.reason, row.feeMsat, row.preimage, row.calls, row.intents],
        ...[row.moved ? 1 : 0, row.changedMs, row.id],
      );
    },
  };
}
export type PaymentRows = ReturnType<typeof createPaymentRows>;
