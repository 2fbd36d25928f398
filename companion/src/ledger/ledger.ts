import { TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import { assertAccount, floorOf, signOf } from "./account.ts";
import { contentOf, contentOfHold, digestHold, hashJournal } from "./canonical.ts";
import { checkEntry, checkHold, isHoldable, refuseEntry } from "./entry-check.ts";
import { createJournalReader } from "./journal-reader.ts";
import type { Account, Balance, Hold, HoldResult, Ledger, Migration, PostResult } from "./port.ts";
import { type JournalEntry, partyAccount } from "./port.ts";
import { type AccountRow, type HoldRow, toBalance, toHold } from "./rows.ts";
import { expectSchema } from "./schema-check.ts";
import { type SqliteFile, telling } from "./sqlite-file.ts";
import { verifyLedger } from "./verify.ts";

export interface LedgerPorts {
  readonly db: SqliteFile;
  readonly clock: Pick<Clock, "wallMs">;
  /** Throws unless a transaction of `Books` is open. */
  readonly assertWriting: () => void;
  readonly migrations: readonly Migration[];
}

function createAccounts(db: SqliteFile) {
  const get = db.prepare<[string], AccountRow>("SELECT * FROM accounts WHERE name = ?");
  const all = db.prepare<[], AccountRow>("SELECT * FROM accounts ORDER BY name");
  const add = db.prepare("INSERT INTO accounts (name, sign, floor) VALUES (?, ?, ?)");
  const nothing = { postedMsat: 0n, heldMsat: 0n, availableMsat: 0n };
  return {
    balance(account: Account): Balance {
      assertAccount(account);
      const row = get.get(account);
      return row === undefined ? { account, ...nothing } : toBalance(row);
    },
    balances: () => all.all().map(toBalance),
    need(account: Account): void {
      if (get.get(account) === undefined) add.run(account, signOf(account), floorOf(account));
    },
  };
}
type Accounts = ReturnType<typeof createAccounts>;

function createPoster({ db, clock }: LedgerPorts, accounts: Accounts) {
  const reader = createJournalReader(db);
  const addJournal = db.prepare("INSERT INTO journals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const addPosting = db.prepare("INSERT INTO postings VALUES (?, ?, ?, ?)");

  function append(entry: JournalEntry): PostResult {
    const last = reader.head();
    const made = { ...entry, seq: last.seq + 1, atMs: Math.round(clock.wallMs()) };
    const journal = { ...made, hash: hashJournal(made, last.hash) };
    const { seq, key, atMs, kind, actor, note, reference, party, service, hash } = journal;
    addJournal.run(seq, key, atMs, kind, actor, note, reference, party, service, hash);
    const lines = [...entry.postings.entries()];
    // What adds to an account comes first: the floor is checked at every line.
    const rises = (line: number) => {
      const posting = entry.postings[line];
      return posting !== undefined && signOf(posting.account) * posting.amountMsat > 0n ? 0 : 1;
    };
    for (const [line, { account, amountMsat }] of lines.sort(([a], [b]) => rises(a) - rises(b))) {
      accounts.need(account);
      addPosting.run(seq, line, account, amountMsat);
    }
    return { ok: true, journal, fresh: true };
  }
  return {
    reader,
    post(wanted: JournalEntry): PostResult {
      const entry = checkEntry(wanted);
      const known = reader.byKey(entry.key);
      if (known !== null) {
        if (contentOf(known) === contentOf(entry))
          return { ok: true, journal: known, fresh: false };
        const details = `The key ${entry.key} belongs to another journal.`;
        return { ok: false, reason: "duplicate-key", details };
      }
      const refusal = refuseEntry(entry, accounts.balance);
      return refusal === null ? append(entry) : { ok: false, ...refusal };
    },
  };
}

function createHolder({ db, clock }: LedgerPorts, accounts: Accounts) {
  const get = db.prepare<[string], HoldRow>("SELECT * FROM holds WHERE id = ?");
  const add = db.prepare("INSERT INTO holds VALUES (?, ?, ?, ?, ?, ?, 'open', ?)");
  const close = db.prepare("UPDATE holds SET state = 'released' WHERE id = ? AND state = 'open'");
  const open = db.prepare<[], HoldRow>(
    "SELECT * FROM holds WHERE state = 'open' ORDER BY created_ms, id",
  );
  const getHold = (id: string): Hold | null => {
    const row = get.get(id);
    return row === undefined ? null : toHold(row);
  };
  return {
    getHold,
    openHolds: () => open.all().map(toHold),
    hold(wanted: Parameters<Ledger["hold"]>[0]): HoldResult {
      const request = checkHold(wanted);
      const { id, party, amountMsat, purpose, reference } = request;
      const account = partyAccount(party);
      const { availableMsat } = accounts.balance(account);
      const refuse = (
        reason: "bad-amount" | "balance-too-low" | "duplicate-key",
        details: string,
      ) => ({ ok: false, reason, availableMsat, details }) as const;
      const known = getHold(id);
      if (known !== null) {
        const same = contentOfHold(known) === contentOfHold(request);
        if (same) return { ok: true, hold: known, fresh: false };
        return refuse("duplicate-key", `The hold ${id} is another one.`);
      }
      if (!isHoldable(amountMsat)) return refuse("bad-amount", `${amountMsat} msat.`);
      if (availableMsat < amountMsat) {
        const details = `${account} has ${availableMsat} msat and needs ${amountMsat}.`;
        return refuse("balance-too-low", details);
      }
      const made = { ...request, createdMs: Math.round(clock.wallMs()) };
      const digest = digestHold(made);
      add.run(id, account, amountMsat, purpose, reference, made.createdMs, digest);
      return { ok: true, hold: { ...made, state: "open" }, fresh: true };
    },
    release(id: string): boolean {
      if (get.get(id) === undefined) throw new TimmyError("internal", `There is no hold ${id}.`);
      return close.run(id).changes === 1;
    },
  };
}

/** The ledger over an open file; see `port.ts`. */
export function createLedger(ports: LedgerPorts): Ledger {
  const { db, assertWriting } = ports;
  const accounts = createAccounts(db);
  const { reader, post } = createPoster(ports, accounts);
  const holder = createHolder(ports, accounts);
  return {
    post(entry) {
      assertWriting();
      return post(entry);
    },
    hold(request) {
      assertWriting();
      return holder.hold(request);
    },
    release(id) {
      assertWriting();
      return holder.release(id);
    },
    getHold: telling(holder.getHold),
    openHolds: telling(holder.openHolds),
    balance: telling(accounts.balance),
    balances: telling(accounts.balances),
    journal: telling(reader.byKey),
    journals: telling(reader.page),
    eachJournal: reader.each,
    head: telling(reader.head),
    verify: () => verifyLedger(db, expectSchema(ports.migrations)),
  };
}
