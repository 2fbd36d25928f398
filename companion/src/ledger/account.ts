import { TimmyError } from "@timmy/shared/errors";
import type { Account } from "./port.ts";

const plain = [
  "asset:ln-hot",
  "asset:ln-inflight",
  "asset:ln-reserved",
  "asset:ln-pending",
  "asset:onchain-warm",
  "asset:onchain-pending",
  "asset:cold",
  "income:routing",
  "income:forfeit",
  "income:recharged",
  "expense:payment-fee",
  "expense:chain-fee",
  "expense:rebalance",
  "expense:distributed",
  "party:owner",
  "suspense",
];
const known = new RegExp(
  `^(${plain.join("|")}|(party:agent|income:service|internode):[A-Za-z0-9._@/-]{1,80})$`,
);

/** 1 where a debit adds to the account's natural balance, -1 where a credit does. */
export const signOf = (account: Account): 1n | -1n =>
  account.startsWith("party:") || account.startsWith("income:") ? -1n : 1n;

/** What posted minus held may not fall below; null where nothing is promised to anybody. */
export const floorOf = (account: Account): 0n | null => (account.startsWith("party:") ? 0n : null);

export const isAccount = (account: string): boolean => known.test(account);

/** Throws `internal`: names of accounts come from our own code. */
export function assertAccount(account: string): void {
  if (!isAccount(account)) throw new TimmyError("internal", `No account is called "${account}".`);
}
