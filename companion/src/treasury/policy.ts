import type { ErrorCode } from "@timmy/shared/errors";
import { maxAmountMsat } from "@timmy/shared/money/amount";
import type { Spend, SpendVerdict } from "../payments/port.ts";
import { maxAllowed, maxDayCapMsat } from "./limits.ts";
import type { PolicyLimits } from "./port.ts";

/** What the judgement knows beside the spend itself: limits, and what the windows hold already. */
export interface PolicyFacts {
  readonly limits: PolicyLimits;
  readonly killed: boolean;
  readonly hourMsat: bigint;
  readonly dayMsat: bigint;
  readonly partyDayMsat: bigint;
  readonly budget: { readonly limitMsat: bigint; readonly spentMsat: bigint } | null;
}

/** What may leave because of a spend: its amount and all of its fee cap. */
export const costOf = (spend: Pick<Spend, "amountMsat" | "maxFeeMsat">): bigint =>
  spend.amountMsat + spend.maxFeeMsat;

export const feeAllowance = (limits: PolicyLimits, amountMsat: bigint): bigint =>
  limits.feeBaseMsat + (amountMsat * BigInt(limits.feePpm)) / 1_000_000n;

const no = (code: ErrorCode, details: string): SpendVerdict => ({ ok: false, code, details });
const msat = (amount: bigint) => `${amount} msat`;

/** Whether this is an amount at all; nothing else is looked at before. */
export function checkAmounts(spend: Spend): SpendVerdict {
  const { amountMsat, maxFeeMsat } = spend;
  if (typeof amountMsat !== "bigint" || typeof maxFeeMsat !== "bigint") {
    return no("bad-amount", "It is not a whole number.");
  }
  const within = (amount: bigint) => amount >= 0n && amount <= maxAmountMsat;
  if (!within(amountMsat) || !within(maxFeeMsat) || costOf(spend) <= 0n) {
    return no("bad-amount", "It is out of bounds.");
  }
  return { ok: true };
}

/** The caps, in the order in which they are named to a person. Pure; changes no window. */
export function judgeCaps(spend: Spend, facts: PolicyFacts): SpendVerdict {
  const { limits, budget } = facts;
  const cost = costOf(spend);
  const fee = feeAllowance(limits, spend.amountMsat);
  if (spend.maxFeeMsat > fee) {
    return no("over-cap", `The fee cap is above ${msat(fee)}, which this amount may cost.`);
  }
  if (limits.allow.length > 0 && !limits.allow.includes(spend.payee)) {
    return no("destination-not-allowed", "The payee is not on the allow list.");
  }
  const caps: [name: string, cap: bigint, spent: bigint][] = [
    ["one payment", limits.perPaymentMsat, 0n],
    ["an hour", limits.perHourMsat, facts.hourMsat],
    ["a day", limits.perDayMsat, facts.dayMsat],
    ["a day and party", limits.perPartyDayMsat, facts.partyDayMsat],
  ];
  if (budget !== null) caps.push(["the party's budget", budget.limitMsat, budget.spentMsat]);
  for (const [name, cap, spent] of caps) {
    if (spent + cost > cap) {
      const left = cap > spent ? cap - spent : 0n;
      return no("over-cap", `${msat(left)} are left of ${msat(cap)} for ${name}.`);
    }
  }
  return { ok: true };
}

/** Limits from a person; a sentence when they make no sense, else null. */
export function faultOfLimits(limits: PolicyLimits): string | null {
  const amounts = Object.entries(limits).filter(([name]) => name.endsWith("Msat"));
  for (const [name, value] of amounts) {
    if (typeof value !== "bigint" || value < 0n || value > maxAmountMsat)
      return `${name} is no amount.`;
  }
  if (limits.perDayMsat > maxDayCapMsat || limits.perHourMsat > maxDayCapMsat) {
    return `The caps of an hour and a day stay below 100,000 sat.`;
  }
  if (!Number.isInteger(limits.feePpm) || limits.feePpm < 0 || limits.feePpm > 1_000_000) {
    return "feePpm is a whole number of at most a million.";
  }
  if (limits.sweepToMsat >= limits.sweepAtMsat) return "The sweep's target is below its limit.";
  const { allow } = limits;
  if (!Array.isArray(allow) || allow.length > maxAllowed) return "The allow list is too long.";
  const bad = allow.find(
    (entry) => typeof entry !== "string" || !/^[0-9A-Za-z]{14,90}$/.test(entry),
  );
  return bad === undefined ? null : "The allow list holds public keys and addresses.";
}
