import { signOf } from "./account.ts";
import { genesisHash } from "./canonical.ts";
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

interface Row {
  readonly name: string;
  readonly posted: bigint;
  readonly held: bigint;
  readonly sum: bigint;
  readonly seq: bigint;
  readonly hash: string;
}
/** In one statement, so that no other process posts between its parts. */
const everything = `
SELECT name, posted, held, coalesce(sums.sum, 0) AS sum, last.seq AS seq, last.hash AS hash
FROM accounts
LEFT JOIN (SELECT account, sum(amount) AS sum FROM postings GROUP BY account) AS sums
  ON sums.account = name
JOIN (SELECT seq, hash FROM journals ORDER BY seq DESC LIMIT 1) AS last
ORDER BY name`;

/** All accounts by group, from the postings themselves; the accounts' own figures must agree. */
export function trialBalance({ sql }: Pick<Books, "sql">): TrialBalance {
  const rows = sql.all<Row>(everything);
  const agrees = rows.every(({ name, posted, sum }) => posted === signOf(name) * sum);
  const lines = rows.map(({ name, held, sum }) => toLine(name, signOf(name) * sum, held));
  const groups = order
    .map((name) => {
      const own = lines.filter(({ account }) => account.split(":")[0] === name);
      return { name, ...total(own), lines: own };
    })
    .filter((group) => group.lines.length > 0);
  const { debitMsat, creditMsat } = total(groups);
  const ok = agrees && debitMsat === creditMsat;
  const { seq = 0n, hash = genesisHash } = rows[0] ?? {};
  return { groups, debitMsat, creditMsat, ok, seq: Number(seq), hash };
}
