import { createHash } from "node:crypto";
import { encodeInvoice } from "@timmy/companion/lightning/bolt11-encoder";
import type { Clock } from "@timmy/shared/ports/time";
import { words } from "./faults.ts";
import type { Identity } from "./identity.ts";
import { Refusal } from "./refusal.ts";

export interface FakeInvoice {
  readonly hash: string;
  readonly preimage: string;
  readonly bolt11: string;
  readonly memo: string;
  readonly amountMsat: bigint;
  readonly createdS: number;
  readonly expiryS: number;
  readonly secret: string;
  readonly addIndex: bigint;
  settleIndex: bigint;
  settledS: number;
  paidMsat: bigint;
  state: "OPEN" | "SETTLED" | "CANCELED";
}
export interface InvoiceDraft {
  readonly preimage: string;
  readonly memo: string;
  readonly amountMsat: bigint;
  readonly expiryS: number;
}
/** A subscription of SubscribeInvoices: false from `tell` ends it. */
export type InvoiceListener = (invoice: FakeInvoice) => void;

export const sha256 = (hex: string): string =>
  createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex");
const defaultExpiryS = 86_400;

/** Invoices of the fake: real ones, signed by its key; add and settle indices may have gaps. */
export function createInvoices(ports: {
  readonly clock: Clock;
  readonly identity: () => Identity;
}) {
  const invoices = new Map<string, FakeInvoice>();
  const listeners = new Set<InvoiceListener>();
  let addIndex = 0n;
  let settleIndex = 0n;
  const nowS = () => Math.floor(ports.clock.wallMs() / 1000);
  const byAdd = () => [...invoices.values()].sort((a, b) => Number(a.addIndex - b.addIndex));
  const tell = (invoice: FakeInvoice) => {
    for (const listen of [...listeners]) listen(invoice);
  };
  const expired = (one: FakeInvoice) => one.createdS + one.expiryS < nowS();
  /** As lnd's expiry watcher: what nobody paid in time is cancelled. */
  function sweep(): void {
    for (const one of invoices.values()) {
      if (one.state === "OPEN" && expired(one)) one.state = "CANCELED";
    }
  }
  const find = (hash: string): FakeInvoice | null => {
    sweep();
    return invoices.get(hash) ?? null;
  };

  return {
    add(draft: InvoiceDraft): FakeInvoice {
      const hash = sha256(draft.preimage);
      if (invoices.has(hash)) throw new Refusal("UNKNOWN", words.duplicateInvoice);
      const secret = sha256(`${hash}00`);
      const createdS = nowS();
      const expiryS = draft.expiryS > 0 ? draft.expiryS : defaultExpiryS;
      const bolt11 = encodeInvoice(
        {
          network: "regtest",
          amountMsat: draft.amountMsat > 0n ? draft.amountMsat : null,
          createdS,
          paymentHash: hash,
          paymentSecret: secret,
          description: draft.memo,
          expiryS,
          minFinalCltvExpiry: 80,
        },
        ports.identity().secretKey,
      );
      addIndex += 1n;
      const invoice: FakeInvoice = {
        ...{ hash, bolt11, secret, createdS, expiryS, addIndex },
        ...{ preimage: draft.preimage, memo: draft.memo, amountMsat: draft.amountMsat },
        ...{ settleIndex: 0n, settledS: 0, paidMsat: 0n, state: "OPEN" },
      };
      invoices.set(hash, invoice);
      tell(invoice);
      return invoice;
    },
    find,
    /** The HTLC of a payer arrived; null when the invoice cannot be paid (any more). */
    payable(hash: string, amountMsat: bigint): FakeInvoice | null {
      const invoice = find(hash);
      const fits = invoice !== null && invoice.state === "OPEN" && amountMsat >= invoice.amountMsat;
      return fits ? invoice : null;
    },
    settle(invoice: FakeInvoice, paidMsat: bigint): void {
      settleIndex += 1n;
      Object.assign(invoice, { state: "SETTLED", settleIndex, settledS: nowS(), paidMsat });
      tell(invoice);
    },
    cancel(hash: string): void {
      const invoice = find(hash);
      if (invoice === null) throw new Refusal("UNKNOWN", words.noInvoice);
      if (invoice.state === "SETTLED") throw new Refusal("UNKNOWN", words.invoiceSettled);
      invoice.state = "CANCELED";
    },
    page(after: bigint, limit: number, reversed: boolean): readonly FakeInvoice[] {
      sweep();
      const all = byAdd();
      if (!reversed) return all.filter((one) => one.addIndex > after).slice(0, limit);
      const before = all.filter((one) => after === 0n || one.addIndex < after);
      return before.slice(-limit);
    },
    /** An index of zero replays nothing (invoiceregistry.go, deliverBacklogEvents). */
    subscribe(add: bigint, settle: bigint, listen: InvoiceListener): () => void {
      const added = byAdd().filter((one) => add > 0n && one.addIndex > add);
      const settled = [...invoices.values()]
        .filter((one) => settle > 0n && one.settleIndex > settle)
        .sort((a, b) => Number(a.settleIndex - b.settleIndex));
      for (const one of [...added, ...settled]) listen(one);
      listeners.add(listen);
      return () => void listeners.delete(listen);
    },
    /** Numbers that no invoice ever gets, as a failed transaction leaves them in lnd. */
    skipIndices(count: bigint): void {
      addIndex += count;
      settleIndex += count;
    },
    receivedMsat: () => [...invoices.values()].reduce((sum, one) => sum + one.paidMsat, 0n),
    count: () => invoices.size,
  };
}
export type Invoices = ReturnType<typeof createInvoices>;
