import type { Provenance } from "./tim-agent.ts";

/** From the one that may most to the one that may least. */
const order: readonly Provenance[] = ["owner", "agent", "peer", "world"];

/**
 * Where a value comes from that was made of others: as little trusted as the least of them. What a
 * model wrote is `agent` at best; what it wrote after reading a stranger's text is the stranger's.
 */
export function leastTrusted(sources: readonly Provenance[]): Provenance {
  return sources.reduce(
    (least, source) => (order.indexOf(source) > order.indexOf(least) ? source : least),
    "owner" as Provenance,
  );
}

/** Whether one may more than the other. */
export const outranks = (a: Provenance, b: Provenance): boolean =>
  order.indexOf(a) < order.indexOf(b);

/**
 * How far words are trusted where a name is not enough: to be kept, to have memories read for them, to
 * take the place of what another said. In clear everybody can use the owner's name (ADR 19).
 */
export const rankOfWords = (said: {
  readonly from: Provenance;
  readonly inClear?: boolean;
}): Provenance => (said.inClear === true ? leastTrusted([said.from, "peer"]) : said.from);

/** A value and who said it; the two are never parted. */
export interface Said<T> {
  readonly value: T;
  readonly from: Provenance;
}
