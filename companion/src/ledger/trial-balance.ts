import { signOf } from "./account.ts";
import type { Account, Books } from "./port.ts";

export interface TrialLine {
  readonly account: Account;
  /** In the natural sign. */
  readonly postedMsat: bigint;
  readonly heldMsat: bigint;
  /** The same money in the column where it stands; the other one is zero. */
  readonly debitMsat: bigint;
  readonly creditMsat: bigint;
}
export interface TrialGroup {
  /** asset, party, income, expense, internode, suspense. */
  readonly name: string;
  readonly debitMsat: bigint;
  readonly creditMsat: bigint;
  readonly lines: readonly TrialLine[];
}
export interface TrialBalance {
  readonly groups: readonly TrialGroup[];
  readonly debitMsat: bigint;
  readonly creditMsat: bigint;
  /** Debit equals credit, and every account says what its postings add up to. */
  readonly ok: boolean;
  readonly seq: number;
  readonly hash: string;
}

const order = ["asset", "party", "income", "expense", "internode", "suspense"];

function toLine(account: Account, postedMsat: bigint, heldMsat: bigint): TrialLine {
  const debit = signOf(account) * postedMsat;
  const debitMsat = debit > 0n ? debit : 0n;
  return { account, postedMsat, heldMsat, debitMsat, creditMsat: debit < 0n ? -debit : 0n };
}

const total = (rows: readonly { readonly debitMsat: bigint; readonly creditMsat: bigint }[]) => ({
  debitMsat: rows.reduce((sum, row) => sum + row.debitMsat, 0n),
  creditMsat: rows.reduce((sum, row) => sum + row.creditMsat, 0n),
});

/** All accounts by group, from the postings themselves; the accounts' own figures must agree. */
export function trialBalance(books: Books): TrialBalance {
  const { ledger, sql } = books;
  const sums = new Map(
    sql
      .all<{ account: string; sum: bigint }>(
        "SELECT account, sum(amount) AS sum FROM postings GROUP BY account",
      )
      .map(({ account, sum }) => [account, signOf(account) * sum]),
  );
  const balances = ledger.balances();
  const agrees = balances.every((row) => row.postedMsat === (sums.get(row.account) ?? 0n));
  const lines = balances.map(({ account, heldMsat }) =>
    toLine(account, sums.get(account) ?? 0n, heldMsat),
  );
  const groups = order
    .map((name) => {
      const own = lines.filter(({ account }) => account.split(":")[0] === name);
      return { name, ...total(own), lines: own };
    })
    .filter((group) => group.lines.length > 0);
  const { debitMsat, creditMsat } = total(groups);
  const ok = agrees && debitMsat === creditMsat;
  return { groups, debitMsat, creditMsat, ok, ...ledger.head() };
}
