import { createHash } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bech32 } from "@scure/base";
import { TimmyError } from "@timmy/shared/errors";
import { maxAmountMsat } from "@timmy/shared/money/amount";
import type { DecodedInvoice, Network } from "./backend.ts";
import { maxInvoiceLength, maxNumberGroups } from "./limits.ts";

/** Currency prefixes (BOLT 11, human-readable part). */
export const networkPrefixes: Readonly<Record<Network, string>> = {
  mainnet: "bc",
  testnet: "tb",
  signet: "tbs",
  regtest: "bcrt",
};
/** One millisatoshi is 10 pico-bitcoin. */
export const picoPerMsat = 10n;
export const picoOf: Readonly<Record<string, bigint>> = {
  "": 10n ** 12n,
  m: 10n ** 9n,
  u: 10n ** 6n,
  n: 10n ** 3n,
  p: 1n,
};
/** Tagged fields by their 5-bit type (BOLT 11, tagged fields). */
export const fieldTypes = { p: 1, r: 3, 9: 5, x: 6, d: 13, s: 16, n: 19, h: 23, c: 24 } as const;
export const timestampGroups = 7;
export const signatureGroups = 104;
/** Defaults that BOLT 11 gives for `x` and `c`. */
const defaultExpiryS = 3600;
const defaultFinalCltv = 18;
/** A hop of `r`: key 33, channel 8, base fee 4, rate 4, delta 2 bytes. */
const hopBytes = 51;
/**
 * Even feature bits that we and the node behind us can honour (BOLT 9): those that are assumed
 * everywhere (0, 8, 12, 14, 44), basic_mpp and payment metadata. What basic_mpp depends on, the
 * payment secret, is asked for in any case.
 */
const knownEvenBits: ReadonlySet<number> = new Set([0, 8, 12, 14, 16, 44, 48]);

type Groups = readonly number[];
type Fields = Map<number, Groups[]>;

const bad = (details: string, cause?: unknown) => new TimmyError("bad-invoice", details, { cause });

/**
 * Reads a BOLT 11 invoice, lower or upper case, without a URI scheme. Throws `bad-invoice` with the
 * part that is wrong. Whether the network is ours and the time has passed, the caller judges.
 */
export function decodeInvoice(text: string): DecodedInvoice {
  if (text.length > maxInvoiceLength) throw bad(`length: over ${maxInvoiceLength} characters`);
  const { prefix, words } = readBech32(text);
  const { network, amountMsat } = readPrefix(prefix);
  if (words.length < timestampGroups + signatureGroups) throw bad("length: too short");
  const signed = words.slice(0, -signatureGroups);
  const fields = splitFields(signed.slice(timestampGroups));
  const paymentHash = fixedField(fields, "p");
  if (paymentHash === null) throw bad("p: no payment hash");
  if (fixedField(fields, "s") === null) throw bad("s: no payment secret");
  checkFeatures(fields.get(fieldTypes[9])?.[0]);
  for (const hint of fields.get(fieldTypes.r) ?? []) checkRouteHint(hint);
  const payee = readPayee(prefix, signed, words.slice(-signatureGroups), fixedField(fields, "n"));
  const createdS = toNumber(signed.slice(0, timestampGroups));
  return {
    bolt11: text.toLowerCase(),
    network,
    paymentHash,
    amountMsat,
    ...readDescription(fields),
    payee,
    createdS,
    expiresS: createdS + (numberField(fields, "x") ?? defaultExpiryS),
    minFinalCltvExpiry: numberField(fields, "c") ?? defaultFinalCltv,
  };
}

function readBech32(text: string): { prefix: string; words: Groups } {
  try {
    return bech32.decode(text, false);
  } catch (cause) {
    throw bad("bech32: malformed, mixed case, or a wrong checksum", cause);
  }
}

function readPrefix(prefix: string): { network: Network; amountMsat: bigint | null } {
  // The longer currency first: tbs is not tb with an amount, bcrt is not bc.
  const match = /^ln(bcrt|bc|tbs|tb)(.*)$/.exec(prefix);
  const network = (Object.keys(networkPrefixes) as Network[]).find(
    (name) => networkPrefixes[name] === match?.[1],
  );
  if (match === null || network === undefined) throw bad("prefix: no Bitcoin network that we know");
  const amount = match[2] ?? "";
  if (amount === "") return { network, amountMsat: null };
  const [, digits = "", multiplier = ""] = /^([1-9][0-9]{0,19})([munp]?)$/.exec(amount) ?? [];
  const pico = picoOf[multiplier];
  if (digits === "" || pico === undefined) throw bad("amount: no number with m, u, n or p");
  const total = BigInt(digits) * pico;
  if (total % picoPerMsat !== 0n) throw bad("amount: smaller than a millisatoshi");
  if (total / picoPerMsat > maxAmountMsat) throw bad("amount: more bitcoin than there are");
  return { network, amountMsat: total / picoPerMsat };
}

/**
 * Fields by type in their order, each repeatable. A field of fixed length with another length is
 * skipped: the text of BOLT 11 lets a reader fail, its vector "fields which must be ignored" and
 * lnd let it skip. What is required is then missing, so nothing is lost by it.
 */
function splitFields(groups: Groups): Fields {
  const fields: Fields = new Map();
  const fixed = new Map<number, number>([
    [fieldTypes.p, 52],
    [fieldTypes.s, 52],
    [fieldTypes.h, 52],
    [fieldTypes.n, 53],
  ]);
  for (let at = 0; at < groups.length; ) {
    const [type = 0, high = 0, low] = groups.slice(at, at + 3);
    if (low === undefined) throw bad("fields: the last one is cut off");
    const end = at + 3 + high * 32 + low;
    if (end > groups.length) throw bad("fields: one is longer than the invoice");
    const value = groups.slice(at + 3, end);
    at = end;
    if ((fixed.get(type) ?? value.length) !== value.length) continue;
    const before = fields.get(type);
    if (before === undefined) fields.set(type, [value]);
    else before.push(value);
  }
  return fields;
}

function toBytes(groups: Groups, name: string): Uint8Array {
  try {
    return bech32.fromWords([...groups]);
  } catch (cause) {
    throw bad(`${name}: its padding is not zero`, cause);
  }
}

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const toNumber = (groups: Groups) => groups.reduce((sum, group) => sum * 32 + group, 0);

/** The first of its kind is the one that counts ("most-preferred field first"). */
function fixedField(fields: Fields, name: "p" | "s" | "n"): string | null {
  const value = fields.get(fieldTypes[name])?.[0];
  return value === undefined ? null : toHex(toBytes(value, name));
}

function numberField(fields: Fields, name: "x" | "c"): number | null {
  const value = fields.get(fieldTypes[name])?.[0];
  if (value === undefined) return null;
  if (value[0] === 0) throw bad(`${name}: leading zeros`);
  if (value.length > maxNumberGroups) throw bad(`${name}: too large`);
  return toNumber(value);
}

function readDescription(fields: Fields): { description: string; descriptionHash: string | null } {
  const text = fields.get(fieldTypes.d)?.[0];
  const hash = fields.get(fieldTypes.h)?.[0];
  if (text !== undefined && hash !== undefined) throw bad("d, h: both are there");
  if (hash !== undefined) return { description: "", descriptionHash: toHex(toBytes(hash, "h")) };
  if (text === undefined) throw bad("d, h: neither is there");
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { description: decoder.decode(toBytes(text, "d")), descriptionHash: null };
  } catch (cause) {
    throw cause instanceof TimmyError ? cause : bad("d: not UTF-8", cause);
  }
}

/** Bit 0 is the lowest of the last group. */
function checkFeatures(groups: Groups | undefined): void {
  if (groups === undefined) return;
  if (groups[0] === 0) throw bad("9: leading zeros");
  const last = groups.length - 1;
  for (const [k, group] of groups.entries()) {
    for (let bit = 0; bit < 5; bit++) {
      const feature = (last - k) * 5 + bit;
      if (((group >> bit) & 1) === 0 || feature % 2 === 1) continue;
      if (!knownEvenBits.has(feature)) throw bad(`9: asks for unknown feature ${feature}`);
    }
  }
}

function checkRouteHint(groups: Groups): void {
  const bytes = toBytes(groups, "r").length;
  if (bytes === 0 || bytes % hopBytes !== 0) throw bad("r: no whole hops");
}

/** What is signed: prefix as text, then the groups as bytes, padded with zero bits. */
export function signedHash(prefix: string, groups: Groups): Uint8Array {
  const padding = new Array<number>((8 - (groups.length % 8)) % 8).fill(0);
  const whole = bech32.fromWords([...groups, ...padding]);
  const bytes = whole.subarray(0, Math.ceil((groups.length * 5) / 8));
  return createHash("sha256").update(prefix).update(bytes).digest();
}

/** With `n` the low-S rule holds and the key is given; without it the key is recovered. */
function readPayee(prefix: string, signed: Groups, last: Groups, key: string | null): string {
  const bytes = toBytes(last, "signature");
  const compact = bytes.subarray(0, 64);
  const recovery = bytes[64] ?? 4;
  if (recovery > 3) throw bad("signature: its recovery id is not 0 to 3");
  const hash = signedHash(prefix, signed);
  if (key !== null) {
    if (!signatureFits(compact, hash, key)) throw bad("signature: it is not that of field n");
    return key;
  }
  try {
    const signature = secp256k1.Signature.fromBytes(compact, "compact").addRecoveryBit(recovery);
    return signature.recoverPublicKey(hash).toHex(true);
  } catch (cause) {
    throw bad("signature: no key fits it", cause);
  }
}

function signatureFits(compact: Uint8Array, hash: Uint8Array, key: string): boolean {
  try {
    return secp256k1.verify(compact, hash, Buffer.from(key, "hex"), { prehash: false, lowS: true });
  } catch {
    return false;
  }
}
