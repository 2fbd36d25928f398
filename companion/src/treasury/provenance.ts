import type { Spend, SpendVerdict } from "../payments/port.ts";

/**
 * Whether a record that this house wrote binds the spend: payee, amount and party. Asked with the
 * text after `NAME:` of the origin's record.
 */
export type RecordCheck = (spend: Spend, id: string) => SpendVerdict;
export type RecordChecks = Readonly<Record<string, RecordCheck>>;

export interface Provenance {
  readonly verdict: SpendVerdict;
  /** The record was judged when it came about: caps do not apply again. */
  readonly bound: boolean;
}

const refused = (details: string): Provenance => ({
  verdict: { ok: false, code: "provenance-refused", details },
  bound: false,
});
const pick = (checks: RecordChecks, name: string): RecordCheck | undefined =>
  Object.hasOwn(checks, name) ? checks[name] : undefined;

/** Payee and amount come from a person or a record; a mind, a peer or the world is never enough. */
export function provenanceOf(spend: Spend, own: RecordChecks, others: RecordChecks): Provenance {
  const { origin } = spend;
  if (origin.from === "person") {
    return origin.who === ""
      ? refused("Nobody is named.")
      : { verdict: { ok: true }, bound: false };
  }
  if (origin.from !== "record") return refused(`It came from ${origin.from}.`);
  const cut = origin.record.indexOf(":");
  const [name, id] = [origin.record.slice(0, cut), origin.record.slice(cut + 1)];
  if (cut < 1) return refused("There is no such record.");
  const ours = pick(own, name);
  if (ours !== undefined) return { verdict: ours(spend, id), bound: true };
  const check = pick(others, name);
  return check === undefined
    ? refused("There is no such record.")
    : { verdict: check(spend, id), bound: false };
}
