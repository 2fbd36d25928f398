import { z } from "zod";

/** Inside the code every amount is a bigint of millisatoshi; on a wire a string of its digits. */
export const msatPerSat = 1000n;
/** 21 million bitcoin; everything above it is a mistake. It fits in 64 bits. */
export const maxAmountMsat = 21_000_000n * 100_000_000n * msatPerSat;

export const satToMsat = (sat: bigint): bigint => sat * msatPerSat;

/**
 * Millisatoshi from a value that a stranger sent: a whole number above zero and at most
 * `maxAmountMsat`, or null. Numbers are taken up to 2^53 - 1; above it they are not exact.
 */
export function parseMsat(value: unknown): bigint | null {
  let amount: bigint;
  if (typeof value === "bigint") amount = value;
  else if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) return null;
    amount = BigInt(value);
  } else if (typeof value === "string") {
    if (!/^[0-9]{1,19}$/.test(value)) return null;
    amount = BigInt(value);
  } else return null;
  return amount > 0n && amount <= maxAmountMsat ? amount : null;
}

/** The same for satoshi. */
export function parseSat(value: unknown): bigint | null {
  const sat = parseMsat(value);
  return sat !== null && sat * msatPerSat <= maxAmountMsat ? sat * msatPerSat : null;
}

/** For people: "1 000 000 sat", with three more digits only where there are millisatoshi. */
export function formatMsat(amountMsat: bigint): string {
  const sign = amountMsat < 0n ? "-" : "";
  const all = amountMsat < 0n ? -amountMsat : amountMsat;
  const sat = (all / msatPerSat).toString().replace(/\B(?=(\d{3})+$)/g, "\u2009");
  const rest = all % msatPerSat;
  return `${sign}${sat}${rest === 0n ? "" : `.${rest.toString().padStart(3, "0")}`} sat`;
}

/** An amount in JSON: digits, with a minus where something is owed or missing. */
export const msatString = z.string().regex(/^-?[0-9]{1,19}$/);
