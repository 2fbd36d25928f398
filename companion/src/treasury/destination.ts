import { TimmyError } from "@timmy/shared/errors";
import { parseMsat } from "@timmy/shared/money/amount";
import type { ApprovalView } from "@timmy/shared/money/views";
import type { LightningBackend } from "../lightning/backend.ts";
import { parseAddress } from "./bitcoin-address.ts";
import { dustMsat } from "./limits.ts";
import type { AskedMsat, Refusal } from "./port.ts";

/** Where money shall go, in the one form in which it is compared and bound. */
export interface Destination {
  readonly kind: ApprovalView["destination_kind"];
  readonly text: string;
  /** What an allow list names. */
  readonly payee: string;
  /** When it is of no use any more; Infinity when never. */
  readonly expiresMs: number;
}
type Read<T> = { readonly ok: true; readonly value: T } | Refusal;

const no = (code: Refusal["code"], details = ""): Refusal => ({ ok: false, code, details });
const isInvoice = (text: string) => /^ln(bc|tb)/i.test(text);
const maxInvoice = 8192;

/** A fee cap may be zero, an amount not. */
export function readAmounts(
  amount: AskedMsat,
  feeCap: AskedMsat,
): Read<{ readonly amountMsat: bigint; readonly feeCapMsat: bigint }> {
  const amountMsat = parseMsat(amount);
  const isZero = feeCap === 0n || feeCap === 0 || feeCap === "0";
  const feeCapMsat = isZero ? 0n : parseMsat(feeCap);
  if (amountMsat === null) return no("bad-amount");
  if (feeCapMsat === null) return no("bad-amount", "The fee cap is no amount.");
  return { ok: true, value: { amountMsat, feeCapMsat } };
}

function readInvoice(
  backend: Pick<LightningBackend, "decode">,
  text: string,
  amountMsat: bigint,
  wallMs: number,
): Read<Destination> {
  if (text.length > maxInvoice) return no("bad-invoice", "It is too long.");
  try {
    const invoice = backend.decode(text);
    if (invoice.expiresS * 1000 <= wallMs) return no("invoice-expired");
    if (invoice.amountMsat !== null && invoice.amountMsat !== amountMsat) {
      return no("amount-mismatch");
    }
    const expiresMs = invoice.expiresS * 1000;
    const value = { kind: "invoice", text: text.toLowerCase(), payee: invoice.payee, expiresMs };
    return { ok: true, value } as Read<Destination>;
  } catch (error) {
    if (error instanceof TimmyError) return no(error.code, error.details);
    throw error;
  }
}

/** Reads an invoice or an address of the backend's network; nothing else is a destination. */
export function readDestination(
  backend: Pick<LightningBackend, "decode" | "network">,
  text: unknown,
  amountMsat: bigint,
  wallMs: number,
): Read<Destination> {
  if (typeof text !== "string") return no("bad-payload", "The destination is no text.");
  if (isInvoice(text)) return readInvoice(backend, text, amountMsat, wallMs);
  const read = parseAddress(text, backend.network);
  if (!read.ok) return no(read.code);
  if (amountMsat % 1000n !== 0n) return no("bad-amount", "The chain knows whole satoshi only.");
  if (amountMsat < dustMsat) return no("bad-amount", "So little is not relayed on the chain.");
  const { address } = read.value;
  const value = { kind: "address", text: address, payee: address, expiresMs: Infinity } as const;
  return { ok: true, value };
}

/** The peer of a channel: a compressed public key, and where to find it. */
export function readPeer(pubkey: unknown, address: unknown): Read<Destination> {
  const isKey = typeof pubkey === "string" && /^0[23][0-9a-f]{64}$/.test(pubkey);
  if (!isKey) return no("bad-address", "A node is named by its public key.");
  const isAddress =
    typeof address === "string" && /^([0-9A-Za-z.:[\]-]{1,200}:[0-9]{1,5})?$/.test(address);
  if (!isAddress) return no("bad-address", "A node is found at host:port.");
  const text = address === "" ? pubkey : `${pubkey}@${address}`;
  return { ok: true, value: { kind: "node", text, payee: pubkey, expiresMs: Infinity } };
}
