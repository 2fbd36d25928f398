/** Amounts for people. The wire carries strings of millisatoshi; a page that reads them is exact. */
const msatPerSat = 1000n;
const thin = "\u2009";
/** 21 million bitcoin, in satoshi. */
const maxSats = 2_100_000_000_000_000n;

/** The digits as a bigint; what is no amount counts as nothing. */
export function readMsat(msat: string): bigint {
  return /^-?[0-9]{1,19}$/.test(msat) ? BigInt(msat) : 0n;
}

/** "1 000 000", with three more digits only where there are millisatoshi. No unit. */
export function formatSats(msat: bigint): string {
  const all = msat < 0n ? -msat : msat;
  const sats = (all / msatPerSat).toString().replace(/\B(?=(\d{3})+$)/g, thin);
  const rest = all % msatPerSat;
  const tail = rest === 0n ? "" : `.${rest.toString().padStart(3, "0")}`;
  return `${msat < 0n ? "\u2212" : ""}${sats}${tail}`;
}

/** The same with its unit. */
export const formatSat = (msat: bigint): string => `${formatSats(msat)} sat`;

/** In whole sats, rounded down: enough where an amount is only glanced at. */
export const formatWholeSat = (msat: bigint): string => formatSat((msat / msatPerSat) * msatPerSat);

/** A share of a whole for a bar, 0 to 1, exact enough for pixels. */
export function shareOf(part: bigint, whole: bigint): number {
  if (whole <= 0n || part <= 0n) return 0;
  return part >= whole ? 1 : Number((part * 100_000n) / whole) / 100_000;
}

export const sum = (amounts: readonly string[]): bigint =>
  amounts.reduce((total, one) => total + readMsat(one), 0n);

/** `Math.max` of amounts, which are too exact for it. */
export function largest(amounts: readonly bigint[]): bigint {
  let most = 0n;
  for (const one of amounts) if (one > most) most = one;
  return most;
}

export type TypedSats =
  | { readonly ok: true; readonly msat: bigint }
  | { readonly ok: false; readonly why: string };

/** Whole sats as a person types them, with or without gaps between the thousands. */
export function parseTypedSats(text: string, least: bigint): TypedSats {
  const digits = text.replaceAll(/[\s_'\u2009\u202f]/g, "");
  if (digits === "") return { ok: false, why: "Say how many sats." };
  if (!/^[0-9]{1,16}$/.test(digits)) {
    return { ok: false, why: "Whole sats only: digits, no point and no comma." };
  }
  const sats = BigInt(digits);
  if (sats < least) return { ok: false, why: `At least ${least} sat.` };
  if (sats > maxSats) return { ok: false, why: "More than all bitcoin that will ever be." };
  return { ok: true, msat: sats * msatPerSat };
}
