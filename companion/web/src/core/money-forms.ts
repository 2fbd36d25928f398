import { parseTypedSats } from "./sats.ts";

/** What a form says of itself before anything is sent; the companion checks all of it again. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** The six digits of an authenticator, with or without the gap that some apps show. */
export function readCode(text: string): string | null {
  const digits = text.replaceAll(/\s/g, "");
  return /^[0-9]{6}$/.test(digits) ? digits : null;
}

export type Destination = "invoice" | "address" | "node" | "unknown";

/** By its prefix: BOLT11 (lnbc, lntb, lntbs, lnbcrt), BIP 173 (bc, tb, bcrt), base58, a public key. */
export function destinationOf(text: string): Destination {
  const word = text.trim().replace(/^(lightning|bitcoin):/i, "");
  if (/^ln(bcrt|bc|tbs|tb)[0-9a-z]+$/i.test(word)) return "invoice";
  if (/^(bcrt|bc|tb)1[0-9a-z]{6,}$/i.test(word)) return "address";
  if (/^0[23][0-9a-f]{64}$/i.test(word)) return "node";
  if (/^[123mn][1-9A-HJ-NP-Za-km-z]{24,34}$/.test(word)) return "address";
  return "unknown";
}

/** Picosatoshi would be finer than a millisatoshi: BOLT11 counts in 10^-12 bitcoin, 10 to 1 msat. */
const picoPerUnit: Readonly<Record<string, bigint>> = {
  "": 1_000_000_000_000n,
  m: 1_000_000_000n,
  u: 1_000_000n,
  n: 1000n,
  p: 1n,
};

/** The amount in an invoice's readable part (BOLT11, "Human-Readable Part"); null: it names none. */
export function invoiceAmountMsat(text: string): bigint | null {
  const word = text.trim().toLowerCase();
  const end = word.lastIndexOf("1");
  const match = /^(?:lightning:)?ln(?:bcrt|bc|tbs|tb)([0-9]{1,15})([munp]?)$/.exec(
    word.slice(0, end === -1 ? 0 : end),
  );
  const unit = picoPerUnit[match?.[2] ?? ""];
  if (match === null || unit === undefined) return null;
  const pico = BigInt(match[1] ?? "0") * unit;
  return pico % 10n === 0n && pico > 0n ? pico / 10n : null;
}

export interface WithdrawalText {
  readonly amount: string;
  readonly destination: string;
  readonly feeCap: string;
  readonly why: string;
}
export interface Withdrawal {
  readonly amount_msat: string;
  readonly destination: string;
  readonly fee_cap_msat: string;
  readonly why: string;
}

export function checkWithdrawal(text: WithdrawalText): Checked<Withdrawal> {
  const errors: Record<string, string> = {};
  const destination = text.destination.trim().replace(/^(lightning|bitcoin):/i, "");
  if (destination === "") errors["destination"] = "Paste an invoice or an address.";
  else if (destinationOf(destination) === "unknown") {
    errors["destination"] = "This is neither a Lightning invoice nor a Bitcoin address.";
  }
  const named = invoiceAmountMsat(destination);
  const amount =
    named === null ? parseTypedSats(text.amount, 1n) : ({ ok: true, msat: named } as const);
  if (!amount.ok) errors["amount"] = amount.why;
  const cap = parseTypedSats(text.feeCap, 0n);
  if (!cap.ok) errors["feeCap"] = cap.why;
  const why = text.why.trim();
  if (why === "") errors["why"] = "Say why, for the record.";
  if (!amount.ok || !cap.ok || Object.keys(errors).length > 0) return { ok: false, errors };
  const value = {
    amount_msat: String(amount.msat),
    destination,
    fee_cap_msat: String(cap.msat),
    why,
  };
  return { ok: true, value };
}
