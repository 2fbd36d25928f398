/** The smallest of some amounts; Math.min knows no bigint. */
export function leastOf(first: bigint, ...others: readonly bigint[]): bigint {
  let least = first;
  for (const amount of others) if (amount < least) least = amount;
  return least;
}
