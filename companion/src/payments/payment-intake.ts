import { createHash } from "node:crypto";
import { type ErrorCode, TimmyError } from "@timmy/shared/errors";
import type { MakeId } from "@timmy/shared/ids";
import { maxAmountMsat, parseMsat } from "@timmy/shared/money/amount";
import type { Clock } from "@timmy/shared/ports/time";
import { type Books, type Party, partyAccount } from "../ledger/port.ts";
import type { DecodedInvoice } from "../lightning/backend.ts";
import { maxKeyLength, maxLivePayments, maxNoteLength } from "./limits.ts";
import { toHoldMsat } from "./payment-book.ts";
import { isFinal, type PaymentKind } from "./payment-machine.ts";
import { type PaymentRow, type PaymentRows, toPayment } from "./payment-rows.ts";
import type { SendRequest, SendResult, SpendingGate } from "./port.ts";
import type { SaleRows } from "./sale-rows.ts";

export interface IntakePorts {
  readonly books: Books;
  readonly gate: SpendingGate;
  readonly rows: PaymentRows;
  readonly sales: SaleRows;
  readonly clock: Clock;
  readonly makeId: MakeId;
}
type Refusal = { readonly ok: false; readonly code: ErrorCode; readonly details: string };
const refuse = (code: ErrorCode, details = ""): Refusal => ({ ok: false, code, details });

export const isParty = (party: string): party is Party =>
  /^(owner|agent:[A-Za-z0-9._@/-]{1,80})$/.test(party);

/** What can be said against a request before anything is looked up; null when nothing. */
export function checkRequest(request: SendRequest, invoice: DecodedInvoice): Refusal | null {
  const { key, note, purpose, maxFeeMsat } = request;
  if (key === "" || key.length > maxKeyLength) return refuse("bad-payload", "key");
  if (note.length > maxNoteLength) return refuse("bad-payload", "note");
  if (!/^[a-z-]{1,40}$/.test(purpose)) return refuse("bad-payload", "purpose");
  if (!isParty(request.party)) return refuse("bad-payload", "party");
  if (typeof maxFeeMsat !== "bigint" || maxFeeMsat < 0n) return refuse("bad-amount", "fee cap");
  const asked = request.amountMsat;
  if (asked !== undefined && parseMsat(asked) === null) return refuse("bad-amount");
  if (invoice.amountMsat === null && asked === undefined) return refuse("amount-missing");
  if (invoice.amountMsat !== null && asked !== undefined && asked !== invoice.amountMsat) {
    return refuse("amount-mismatch", `The invoice asks for ${invoice.amountMsat} msat.`);
  }
  const amountMsat = invoice.amountMsat ?? asked;
  if (parseMsat(amountMsat) === null) return refuse("bad-amount");
  return (amountMsat ?? 0n) + maxFeeMsat > maxAmountMsat ? refuse("bad-amount", "fee cap") : null;
}

const digestOf = (request: SendRequest, invoice: DecodedInvoice): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        invoice.bolt11,
        `${invoice.amountMsat ?? request.amountMsat}`,
        `${request.maxFeeMsat}`,
        request.party,
        request.purpose,
        request.circular?.outgoingChannelId ?? "",
        request.circular?.lastHopPubkey ?? "",
        request.holdId ?? "",
      ]),
    )
    .digest("hex");

function kindOf(
  ports: IntakePorts,
  request: SendRequest,
  invoice: DecodedInvoice,
  ownPubkey: string,
): PaymentKind | Refusal {
  if (request.circular !== undefined) {
    if (ownPubkey === "") return refuse("lnd-away", "A circular payment needs the node's own key.");
    if (invoice.payee !== ownPubkey)
      return refuse("bad-invoice", "It is not an invoice of our own.");
    return "circular";
  }
  const sale = ports.sales.byHash(invoice.paymentHash);
  if (sale === null) return invoice.payee === ownPubkey ? "internal" : "lightning";
  if (sale.state === "paid") return refuse("already-paid");
  return sale.state === "open" || sale.state === "draft" ? "internal" : refuse("invoice-expired");
}

/** The hold of a withdrawal must cover what may leave; otherwise the balance must. */
function checkCover(ports: IntakePorts, row: PaymentRow, given: boolean): Refusal | null {
  const needed = toHoldMsat(row);
  if (!given) {
    const { availableMsat } = ports.books.ledger.balance(partyAccount(row.party));
    return availableMsat < needed
      ? refuse("balance-too-low", `${availableMsat} msat of ${needed} are available.`)
      : null;
  }
  const hold = ports.books.ledger.getHold(row.holdId);
  const fits = hold !== null && hold.state === "open" && hold.party === row.party;
  return fits && hold.amountMsat >= needed
    ? null
    : refuse("balance-too-low", "The hold does not cover this payment.");
}

function makeRow(
  ports: IntakePorts,
  request: SendRequest,
  invoice: DecodedInvoice,
  kind: PaymentKind,
): PaymentRow {
  const nowMs = Math.round(ports.clock.wallMs());
  const id = ports.makeId();
  const amountMsat = invoice.amountMsat ?? request.amountMsat ?? 0n;
  const { key, maxFeeMsat, party, purpose, note, circular, holdId } = request;
  const held = toHoldMsat({ kind, amountMsat, maxFeeMsat }) > 0n;
  return {
    ...{ id, key, kind, amountMsat, maxFeeMsat, party, purpose, note },
    paymentHash: invoice.paymentHash,
    bolt11: invoice.bolt11,
    payee: invoice.payee,
    amountAsked: invoice.amountMsat === null,
    digest: digestOf(request, invoice),
    outgoingChannelId: circular?.outgoingChannelId ?? null,
    lastHopPubkey: circular?.lastHopPubkey ?? null,
    holdId: holdId ?? (held ? `payment:${id}` : ""),
    ...{ state: "held", reason: "", feeMsat: null, preimage: null },
    ...{ calls: 0, intents: 0, moved: false },
    hashSeen: ports.rows.byHash(invoice.paymentHash).length > 0,
    ...{ createdMs: nowMs, changedMs: nowMs, expiresMs: invoice.expiresS * 1000 },
  };
}

/**
 * Takes a request in, inside one transaction: judged, held and written down, or refused with
 * nothing changed but what the gate keeps of its verdict.
 */
export function takeIn(
  ports: IntakePorts,
  request: SendRequest,
  invoice: DecodedInvoice,
  ownPubkey: string,
): SendResult {
  const { rows, gate, books } = ports;
  const known = rows.byKey(request.key);
  if (known !== null) {
    return known.digest === digestOf(request, invoice)
      ? { ok: true, payment: toPayment(known), fresh: false }
      : refuse("duplicate-key");
  }
  const health = books.health();
  if (!health.ok) return health;
  if (ports.clock.wallMs() >= invoice.expiresS * 1000) return refuse("invoice-expired");
  const other = rows.byHash(invoice.paymentHash).find((row) => row.state !== "failed");
  if (other !== undefined) {
    const details = isFinal(other.state) ? "" : "Another payment of it is on its way.";
    return refuse("already-paid", details);
  }
  if (rows.countLive() >= maxLivePayments) return refuse("rate-limited", "Too many payments wait.");
  const kind = kindOf(ports, request, invoice, ownPubkey);
  if (typeof kind !== "string") return kind;
  const row = makeRow(ports, request, invoice, kind);
  const uncovered = checkCover(ports, row, request.holdId !== undefined);
  if (uncovered !== null) return uncovered;
  const { id, party, purpose, payee, maxFeeMsat } = row;
  const amountMsat = kind === "circular" ? 0n : row.amountMsat;
  const verdict = gate.judge({
    ...{ reference: id, party, purpose, payee, amountMsat, maxFeeMsat },
    destination: row.bolt11,
    origin: request.origin,
  });
  if (!verdict.ok) return verdict;
  if (request.holdId === undefined && row.holdId !== "") {
    const held = toHoldMsat(row);
    const hold = { id: row.holdId, party, amountMsat: held, purpose: "payment", reference: id };
    const result = books.ledger.hold(hold);
    if (!result.ok) throw new TimmyError("internal", `The hold failed: ${result.reason}`);
  }
  rows.insert(row);
  return { ok: true, payment: toPayment(row), fresh: true };
}
