import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bech32 } from "@scure/base";
import { TimmyError } from "@timmy/shared/errors";
import type { Network } from "./backend.ts";
import {
  fieldTypes,
  networkPrefixes,
  picoOf,
  picoPerMsat,
  signedHash,
  timestampGroups,
} from "./bolt11.ts";

export interface InvoiceFields {
  readonly network: Network;
  /** Null when the payer chooses. */
  readonly amountMsat: bigint | null;
  readonly createdS: number;
  /** Hex of 32 bytes. */
  readonly paymentHash: string;
  readonly paymentSecret: string;
  /** At most 639 bytes of UTF-8. */
  readonly description: string;
  readonly expiryS?: number;
  readonly minFinalCltvExpiry?: number;
}

/** Groups of 5 bits with features 8 and 14 (onion with TLV, payment secret), both compulsory. */
const featureGroups = [16, 8, 0];
const maxFieldGroups = 1023;

/** Writes and signs a BOLT 11 invoice with a key of 32 bytes. Throws `bad-invoice`. */
export function encodeInvoice(fields: InvoiceFields, privateKey: Uint8Array): string {
  const groups = [
    ...numberGroups(fields.createdS, timestampGroups),
    ...field("s", bech32.toWords(Buffer.from(fields.paymentSecret, "hex"))),
    ...field("p", bech32.toWords(Buffer.from(fields.paymentHash, "hex"))),
    ...field("d", bech32.toWords(new TextEncoder().encode(fields.description))),
    ...(fields.expiryS === undefined ? [] : field("x", numberGroups(fields.expiryS))),
    ...(fields.minFinalCltvExpiry === undefined
      ? []
      : field("c", numberGroups(fields.minFinalCltvExpiry))),
    ...field(9, featureGroups),
  ];
  return signInvoice(
    `ln${networkPrefixes[fields.network]}${amountText(fields)}`,
    groups,
    privateKey,
  );
}

/** Adds signature and checksum to a prefix and the groups of its data. */
export function signInvoice(
  prefix: string,
  groups: readonly number[],
  privateKey: Uint8Array,
): string {
  const signed = secp256k1.sign(signedHash(prefix, groups), privateKey, {
    prehash: false,
    format: "recovered",
  });
  // BOLT 11 has the recovery id behind the 64 bytes, the library before them.
  const signature = Uint8Array.from([...signed.subarray(1), signed[0] ?? 0]);
  return bech32.encode(prefix, [...groups, ...bech32.toWords(signature)], false);
}

/** The shortest: the largest multiplier that leaves a whole number. */
function amountText({ amountMsat }: InvoiceFields): string {
  if (amountMsat === null) return "";
  const pico = amountMsat * picoPerMsat;
  for (const [multiplier, unit] of Object.entries(picoOf)) {
    if (pico % unit === 0n) return `${pico / unit}${multiplier}`;
  }
  throw new TimmyError("bad-invoice", "amount");
}

function field(name: keyof typeof fieldTypes, value: readonly number[]): number[] {
  if (value.length > maxFieldGroups) throw new TimmyError("bad-invoice", `${name}: too long`);
  return [fieldTypes[name], value.length >> 5, value.length & 31, ...value];
}

/** Big-endian groups of 5 bits: as few as it needs, or exactly `length`. */
function numberGroups(value: number, length?: number): number[] {
  const groups: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 32)) groups.unshift(rest % 32);
  while (groups.length < (length ?? 1)) groups.unshift(0);
  return groups;
}
