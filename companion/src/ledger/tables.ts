import { maxAmountMsat } from "@timmy/shared/money/amount";
import { maxPostedMsat } from "./limits.ts";
import type { Migration } from "./port.ts";

/**
 * The rules stand in SQL, so that no code of ours and no hand with a SQLite shell goes round them
 * by accident. SQLite has no deferred triggers, but deferred foreign keys: a journal's running sum
 * refers to the table `zero`, which holds 0 and nothing else, so a transaction with an unbalanced
 * journal cannot be committed. The index of postings carries their amounts, so that sums by account
 * touch nothing else.
 */
export const ledgerTables: readonly Migration[] = [
  {
    name: "ledger-1",
    text: `
CREATE TABLE accounts (
  name TEXT PRIMARY KEY,
  sign INTEGER NOT NULL CHECK (sign IN (-1, 1)),
  floor INTEGER,
  posted INTEGER NOT NULL DEFAULT 0 CHECK (posted BETWEEN -${maxPostedMsat} AND ${maxPostedMsat}),
  held INTEGER NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND ${maxPostedMsat}),
  CHECK (floor IS NULL OR posted - held >= floor),
  CHECK (floor IS 0 OR name NOT LIKE 'party:%')
) STRICT;
CREATE TABLE journals (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  key TEXT NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  reference TEXT NOT NULL,
  party TEXT NOT NULL,
  service TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE INDEX journals_by_reference ON journals (reference);
CREATE TABLE zero (value INTEGER PRIMARY KEY CHECK (value = 0)) STRICT;
INSERT INTO zero VALUES (0);
CREATE TABLE journal_sums (
  seq INTEGER PRIMARY KEY REFERENCES journals (seq),
  sum INTEGER NOT NULL REFERENCES zero (value) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE postings (
  seq INTEGER NOT NULL REFERENCES journals (seq),
  line INTEGER NOT NULL CHECK (line >= 0),
  account TEXT NOT NULL REFERENCES accounts (name),
  amount INTEGER NOT NULL
    CHECK (amount <> 0 AND amount BETWEEN -${maxAmountMsat} AND ${maxAmountMsat}),
  PRIMARY KEY (seq, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_by_account ON postings (account, seq, amount);
CREATE TABLE holds (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (name) CHECK (account LIKE 'party:%'),
  amount INTEGER NOT NULL CHECK (amount > 0 AND amount <= ${maxAmountMsat}),
  purpose TEXT NOT NULL,
  reference TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'released')),
  digest TEXT NOT NULL CHECK (length(digest) = 64)
) STRICT;
CREATE INDEX holds_open ON holds (created_ms) WHERE state = 'open';

CREATE TRIGGER journals_next BEFORE INSERT ON journals
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journals)
  OR EXISTS (SELECT 1 FROM journals WHERE key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'a journal is written once, at the end'); END;
CREATE TRIGGER journals_sum AFTER INSERT ON journals
BEGIN INSERT INTO journal_sums VALUES (NEW.seq, 0); END;
CREATE TRIGGER journals_update BEFORE UPDATE ON journals
BEGIN SELECT RAISE(ABORT, 'a journal is never changed'); END;
CREATE TRIGGER journals_delete BEFORE DELETE ON journals
BEGIN SELECT RAISE(ABORT, 'a journal is never deleted'); END;

CREATE TRIGGER postings_next BEFORE INSERT ON postings
WHEN NEW.seq IS NOT (SELECT max(seq) FROM journals)
  OR EXISTS (SELECT 1 FROM postings WHERE seq = NEW.seq AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'postings are written once, with their journal'); END;
CREATE TRIGGER postings_sum AFTER INSERT ON postings
BEGIN
  UPDATE journal_sums SET sum = sum + NEW.amount WHERE seq = NEW.seq;
  UPDATE accounts SET posted = posted + sign * NEW.amount WHERE name = NEW.account;
END;
CREATE TRIGGER postings_update BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
CREATE TRIGGER postings_delete BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;

CREATE TRIGGER journal_sums_insert BEFORE INSERT ON journal_sums
WHEN NEW.sum <> 0 OR EXISTS (SELECT 1 FROM journal_sums WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a sum begins at zero'); END;
CREATE TRIGGER journal_sums_update BEFORE UPDATE ON journal_sums
WHEN NEW.seq <> OLD.seq
  OR NEW.sum IS NOT (SELECT sum(amount) FROM postings WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a sum is that of its postings'); END;
CREATE TRIGGER journal_sums_delete BEFORE DELETE ON journal_sums
BEGIN SELECT RAISE(ABORT, 'a sum is never deleted'); END;

CREATE TRIGGER accounts_begin BEFORE INSERT ON accounts
WHEN NEW.posted <> 0 OR NEW.held <> 0 OR EXISTS (SELECT 1 FROM accounts WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'an account begins at zero'); END;
CREATE TRIGGER accounts_fixed BEFORE UPDATE OF name, sign, floor ON accounts
BEGIN SELECT RAISE(ABORT, 'an account stays what it is'); END;
CREATE TRIGGER accounts_delete BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;

CREATE TRIGGER holds_begin BEFORE INSERT ON holds
WHEN NEW.state <> 'open' OR EXISTS (SELECT 1 FROM holds WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a hold begins once, open'); END;
CREATE TRIGGER holds_hold AFTER INSERT ON holds
BEGIN UPDATE accounts SET held = held + NEW.amount WHERE name = NEW.account; END;
CREATE TRIGGER holds_fixed BEFORE UPDATE ON holds
WHEN OLD.state <> 'open' OR NEW.state <> 'released' OR NEW.id <> OLD.id
  OR NEW.account <> OLD.account OR NEW.amount <> OLD.amount OR NEW.digest <> OLD.digest
  OR NEW.purpose <> OLD.purpose OR NEW.reference <> OLD.reference
  OR NEW.created_ms <> OLD.created_ms
BEGIN SELECT RAISE(ABORT, 'a hold is only released, once'); END;
CREATE TRIGGER holds_release AFTER UPDATE ON holds
BEGIN UPDATE accounts SET held = held - NEW.amount WHERE name = NEW.account; END;
CREATE TRIGGER holds_delete BEFORE DELETE ON holds
BEGIN SELECT RAISE(ABORT, 'a hold is never deleted'); END;
`,
  },
];
