import type { PolicyLimits } from "./port.ts";

const satMsat = 1000n;
const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** What holds until the owner decides otherwise. A day's cap stays below 100,000 sat. */
export const defaultPolicy: PolicyLimits = {
  perPaymentMsat: 20_000n * satMsat,
  perHourMsat: 40_000n * satMsat,
  perDayMsat: 99_000n * satMsat,
  perPartyDayMsat: 50_000n * satMsat,
  feeBaseMsat: 5n * satMsat,
  feePpm: 10_000,
  autoWithdrawalMsat: 10_000n * satMsat,
  allow: [],
  sweepAtMsat: 1_000_000n * satMsat,
  sweepToMsat: 500_000n * satMsat,
  rebalanceDayMsat: 500n * satMsat,
};
/** The most that a policy may allow in a day without a person: hot stays below 100,000 sat. */
export const maxDayCapMsat = 100_000n * satMsat - 1n;
/** Entries of the allow list. */
export const maxAllowed = 200;
/** Milliseconds of the rolling windows. */
export const windowMs = { hour: hourMs, day: dayMs } as const;
/** Verdicts that are kept; the oldest may go above it (a trigger holds the same number). */
export const keptVerdicts = 100_000;

/** Milliseconds after which a request that nobody decided is closed. */
export const requestLifeMs = 7 * dayMs;
/** Requests that may wait for a person at once; more are refused. */
export const maxWaiting = 200;
/** The same for one who asks. */
export const maxWaitingOfOne = 20;
/** Requests in the answer to a screen. */
export const shownRequests = 200;
/** Characters of a reason. */
export const maxWhy = 500;
/** Satoshi below which nodes do not relay an output (Bitcoin Core, dust limit of P2PKH). */
export const dustMsat = 546n * satMsat;
/** Confirmations after which a transaction of ours counts as settled. */
export const wantedConfirmations = 3;

/** People who may decide. */
export const maxApprovers = 5;
/** Wrong codes in a row that lock an approver, and for how long. */
export const maxWrongCodes = 5;
export const lockMs = 15 * 60_000;

/** A sweep smaller than this is not worth its fee. */
export const minSweepMsat = 10_000n * satMsat;
/** Part of the sweep limit by which warm must fall before the next crossing counts: 10 %. */
export const sweepHysteresisPercent = 10n;
/** What a sweep may cost, and what it offers a miner. */
export const sweepFeeCapMsat = 20_000n * satMsat;
export const satPerVbyte = 5;

/** Parts of a channel's capacity between which it is balanced, in percent. */
export const balancedPercent = { low: 25n, high: 75n } as const;
/** A circular payment costs at most this part of its amount, and this part of earnings. */
export const rebalanceFeePpm = 500n;
export const rebalanceEarnedPercent = 60n;
export const rebalanceEarnedDays = 7;
/** One circular payment. */
export const maxRebalanceMsat = 250_000n * satMsat;
export const minRebalanceMsat = 1_000n * satMsat;
/** After a failure a pair of channels waits, twice as long each time. */
export const rebalanceBackoffMs = { first: 10 * 60_000, longest: dayMs } as const;
/** Forwards that are read for one plan, and with one call. */
export const maxForwards = 100_000;
export const forwardPage = 1000;
/** Seconds that the invoice of a circular payment lives. */
export const rebalanceExpiryS = 600;

/** Alarms that are kept; the oldest goes. */
export const keptAlarms = 100;
/** Milliseconds in which the same alarm is told once. */
export const repeatAlarmMs = hourMs;
/** Days that a report goes back, and journals that it reads for them. */
export const maxReportDays = 366;
export const maxReportJournals = 200_000;
/** Rows of a page of journals or payments. */
export const maxPage = 200;

/** Milliseconds between two looks at requests that go on, at the node, and at everything. */
export const tickMs = 5_000;
export const lookMs = 1_000;
export const roundMs = 30_000;
/** Milliseconds that one call to the node may take. */
export const nodeCallMs = 30_000;
