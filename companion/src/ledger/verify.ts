import { floorOf, isAccount, signOf } from "./account.ts";
import { digestHold, genesisHash, hashJournal } from "./canonical.ts";
import { createJournalReader } from "./journal-reader.ts";
import { faultLimit } from "./limits.ts";
import type { LedgerFault, Posting } from "./port.ts";
import { type AccountRow, type HoldRow, toHold } from "./rows.ts";
import { readSchema } from "./schema-check.ts";
import { type SqliteFile, toTimmyError } from "./sqlite-file.ts";

type Tell = (kind: string, sentence: string) => void;

function checkSqlite(db: SqliteFile, tell: Tell): void {
  const found = db.pragma("integrity_check") as { integrity_check: string }[];
  for (const { integrity_check: line } of found) {
    if (line !== "ok") tell("sqlite", `SQLite says: ${line}.`);
  }
  for (const row of db.pragma("foreign_key_check") as { table: string; parent: string }[]) {
    tell(
      "foreign-key",
      `A row of ${row.table} refers to a row of ${row.parent} that is not there.`,
    );
  }
}

function checkSchema(db: SqliteFile, wanted: readonly string[], tell: Tell): void {
  const found = new Set(readSchema(db));
  for (const one of wanted) {
    if (!found.delete(one)) tell("schema", `It lacks or has changed: ${one.slice(0, 80)}`);
  }
  for (const one of found) tell("schema", `It has what no version made: ${one.slice(0, 80)}`);
}

/** What each account should hold by its postings, in its natural sign. */
function checkJournals(db: SqliteFile, tell: Tell): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  const keys = new Set<string>();
  let previous = genesisHash;
  let seq = 0;
  for (const { hash, ...journal } of createJournalReader(db).each()) {
    seq++;
    const name = `Journal ${journal.seq}`;
    if (journal.seq !== seq) tell("gap", `${name} stands where ${seq} should.`);
    seq = journal.seq;
    if (keys.has(journal.key)) tell("duplicate", `${name} has a key that was used before.`);
    keys.add(journal.key);
    if (hashJournal(journal, previous) !== hash) {
      tell("chain", `${name} (${journal.kind}) is not what was written, or one before it is not.`);
    }
    previous = hash;
    const total = addUp(journal.postings, sums);
    if (total !== 0n) tell("unbalanced", `${name} is off balance by ${total} msat.`);
  }
  const stray = db
    .prepare("SELECT count(*) FROM postings WHERE seq NOT IN (SELECT seq FROM journals)")
    .pluck()
    .get();
  if (stray !== 0n) tell("stray", `${stray} postings belong to no journal.`);
  const open = db.prepare("SELECT count(*) FROM journal_sums WHERE sum <> 0").pluck().get();
  if (open !== 0n) tell("unbalanced", `${open} journals have a sum that is not zero.`);
  return sums;
}

function addUp(postings: readonly Posting[], sums: Map<string, bigint>): bigint {
  let total = 0n;
  for (const { account, amountMsat } of postings) {
    total += amountMsat;
    sums.set(account, (sums.get(account) ?? 0n) + signOf(account) * amountMsat);
  }
  return total;
}

function checkHolds(db: SqliteFile, tell: Tell): ReadonlyMap<string, bigint> {
  const held = new Map<string, bigint>();
  for (const row of db.prepare<[], HoldRow>("SELECT * FROM holds").all()) {
    if (digestHold(toHold(row)) !== row.digest) {
      tell("hold", `The hold ${row.id} is not what was written.`);
    }
    if (row.state === "open") held.set(row.account, (held.get(row.account) ?? 0n) + row.amount);
    else if (row.state !== "released") tell("hold", `The hold ${row.id} is in no known state.`);
  }
  return held;
}

function checkAccounts(
  db: SqliteFile,
  sums: ReadonlyMap<string, bigint>,
  holds: ReadonlyMap<string, bigint>,
  tell: Tell,
): void {
  const missing = new Set([...sums.keys(), ...holds.keys()]);
  for (const row of db.prepare<[], AccountRow>("SELECT * FROM accounts").all()) {
    const { name, posted, held } = row;
    missing.delete(name);
    if (!isAccount(name)) tell("account", `No account is called ${name}.`);
    if (row.sign !== signOf(name) || row.floor !== floorOf(name)) {
      tell("account", `${name} has another sign or floor than its name says.`);
    }
    const sum = sums.get(name) ?? 0n;
    if (posted !== sum) tell("posted", `${name} says ${posted} msat, its postings say ${sum}.`);
    const open = holds.get(name) ?? 0n;
    if (held !== open) tell("held", `${name} says ${held} msat held, its holds say ${open}.`);
    const floor = floorOf(name);
    if (floor !== null && sum - open < floor) {
      tell("below-floor", `${name} is at ${sum - open} msat, below ${floor}.`);
    }
  }
  for (const name of missing) tell("account", `${name} has postings or holds, but no row.`);
}

/** Every rule of the books over all rows, in one snapshot. `schema` is what this version makes. */
export function verifyLedger(db: SqliteFile, schema: readonly string[]): readonly LedgerFault[] {
  const faults: LedgerFault[] = [];
  let more = 0;
  const tell: Tell = (kind, sentence) => {
    if (faults.length < faultLimit) faults.push({ kind, sentence });
    else more++;
  };
  /** A file that is broken enough throws at every touch; the other checks go on. */
  function guard<T>(check: () => T, otherwise: T): T {
    try {
      return check();
    } catch (cause) {
      tell("sqlite", toTimmyError(cause).message);
      return otherwise;
    }
  }
  const own = !db.inTransaction;
  guard(() => own && db.exec("BEGIN"), null);
  guard(() => checkSqlite(db, tell), undefined);
  guard(() => checkSchema(db, schema, tell), undefined);
  const sums = guard(() => checkJournals(db, tell), null);
  const holds = guard(() => checkHolds(db, tell), null);
  if (sums !== null && holds !== null) guard(() => checkAccounts(db, sums, holds, tell), undefined);
  guard(() => own && db.inTransaction && db.exec("COMMIT"), null);
  return more === 0 ? faults : [...faults, { kind: "more", sentence: `And ${more} more.` }];
}
