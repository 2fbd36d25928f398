import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { TimmyError } from "@timmy/shared/errors";
import { genesisHash } from "./canonical.ts";
import type { Books, Journal } from "./port.ts";

/** Journals from `fromMs` on and before `toMs`. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}
/** Amounts are strings of millisatoshi. */
export interface Statement {
  readonly version: "timmy-statement-1";
  readonly from_ms: number;
  readonly to_ms: number;
  readonly earnings: Readonly<Record<string, string>>;
  readonly costs: Readonly<Record<string, string>>;
  readonly earned_msat: string;
  readonly cost_msat: string;
  readonly net_msat: string;
  /** All of the books when it was made: number and hash of the newest journal. */
  readonly head_seq: number;
  readonly head_hash: string;
}
export interface SignedStatement {
  readonly statement: Statement;
  /** Ed25519 (RFC 8032) over the canonical JSON of the statement, base64. */
  readonly signature: string;
  /** SPKI, DER, base64. */
  readonly public_key: string;
}

/** JSON with sorted keys and no blanks; enough of RFC 8785 for strings and whole numbers. */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new TimmyError("internal", "Only whole numbers have one canonical form here.");
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
}

/** What was passed on to the parties, or charged to them, is neither earned nor spent. */
const passedOn = new Set(["income:recharged", "expense:distributed"]);

function addUp(journals: Iterable<Journal>, { fromMs, toMs }: Period) {
  const sums = new Map<string, bigint>();
  let head = { seq: 0, hash: genesisHash };
  for (const { atMs, postings, seq, hash } of journals) {
    head = { seq, hash };
    if (atMs < fromMs || atMs >= toMs) continue;
    for (const { account, amountMsat } of postings) {
      if (passedOn.has(account)) continue;
      sums.set(account, (sums.get(account) ?? 0n) + amountMsat);
    }
  }
  const pick = (prefix: string, sign: bigint) =>
    [...sums]
      .filter(([account]) => account.startsWith(prefix))
      .map(([account, sum]) => [account, sign * sum] as const);
  return { head, earnings: pick("income:", -1n), costs: pick("expense:", 1n) };
}

const texts = (rows: readonly (readonly [string, bigint])[]) =>
  Object.fromEntries(rows.map(([account, amount]) => [account, `${amount}`]));
const sumOf = (rows: readonly (readonly [string, bigint])[]) =>
  rows.reduce((sum, [, amount]) => sum + amount, 0n);

/** What was earned and spent in a period, signed with the caller's Ed25519 key. */
export function signStatement(
  books: Pick<Books, "ledger">,
  period: Period,
  privateKey: KeyObject,
): SignedStatement {
  if (privateKey.asymmetricKeyType !== "ed25519") {
    throw new TimmyError("internal", "A statement is signed with an Ed25519 key.");
  }
  const { head, earnings, costs } = addUp(books.ledger.eachJournal(), period);
  const earned = sumOf(earnings);
  const cost = sumOf(costs);
  const statement: Statement = {
    version: "timmy-statement-1",
    from_ms: period.fromMs,
    to_ms: period.toMs,
    earnings: texts(earnings),
    costs: texts(costs),
    earned_msat: `${earned}`,
    cost_msat: `${cost}`,
    net_msat: `${earned - cost}`,
    head_seq: head.seq,
    head_hash: head.hash,
  };
  const signature = sign(null, Buffer.from(canonicalJson(statement)), privateKey);
  const key = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return {
    statement,
    signature: signature.toString("base64"),
    public_key: key.toString("base64"),
  };
}

/** Whether this is what the holder of the key signed. The reader compares the key with one he knows. */
export function checkStatement({ statement, signature }: SignedStatement, key: KeyObject): boolean {
  return verify(null, Buffer.from(canonicalJson(statement)), key, Buffer.from(signature, "base64"));
}
