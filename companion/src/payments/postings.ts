import type { Posting } from "../ledger/port.ts";

/** Postings of a journal: the same account once, nothing that is zero. */
export function postingsOf(...lines: readonly (readonly [string, bigint])[]): readonly Posting[] {
  const sums = new Map<string, bigint>();
  for (const [account, amountMsat] of lines) {
    sums.set(account, (sums.get(account) ?? 0n) + amountMsat);
  }
  return [...sums]
    .filter(([, amountMsat]) => amountMsat !== 0n)
    .map(([account, amountMsat]) => ({ account, amountMsat }));
}
