import { maxAmountMsat } from "@timmy/shared/money/amount";

/** Milliseconds that a write waits for another process that writes to the same file. */
export const busyTimeoutMs = 5000;
/** Writers that one transaction takes at once; the next ones get the next transaction. */
export const groupLimit = 256;
/** Writers that may wait for a transaction; more are refused as rate-limited. */
export const waitingLimit = 10_000;
/** Postings of one journal. */
export const postingsLimit = 64;
/** Characters of a key, a kind, an actor, a reference, a service. */
export const wordLimit = 200;
/** Characters of a note: a BOLT11 description has at most 639 bytes. */
export const noteLimit = 1000;
/** Millisatoshi in one account, either way. Turnovers add up in income, so it is above all coins. */
export const maxPostedMsat = maxAmountMsat * 2n;
/** Statements that stay prepared for the modules. */
export const preparedLimit = 300;
/** Faults that `verify` names; the rest is only counted. */
export const faultLimit = 200;
/** Journals of one page. */
export const pageLimit = 1000;

/** Bytes beside the books that are given up when the disk is full. */
export const ballastBytes = 8 << 20;
/** Free bytes below which nothing new is sold. */
export const lowSpaceBytes = 16 << 20;
/** Free bytes below which the ballast is given up, so that the books can go on. */
export const releaseSpaceBytes = 2 << 20;
