import type { Migration } from "../ledger/port.ts";

/** Rows that are written once: SQLite itself refuses the rest. */
const written = (table: string): string => `
CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table}: rows are never changed'); END;
CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table}: rows are never deleted'); END;`;

const policy = `
CREATE TABLE treasury_time (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  elapsed_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER treasury_time_forward BEFORE UPDATE ON treasury_time
WHEN NEW.elapsed_ms < OLD.elapsed_ms
BEGIN SELECT RAISE(ABORT, 'treasury_time: time never goes back'); END;
CREATE TABLE treasury_policy (
  version INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  limits TEXT NOT NULL,
  seal TEXT NOT NULL
) STRICT;${written("treasury_policy")}
CREATE TABLE treasury_switch (
  version INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  kill INTEGER NOT NULL CHECK (kill IN (0, 1)),
  seal TEXT NOT NULL
) STRICT;${written("treasury_switch")}
CREATE TABLE treasury_budgets (
  party TEXT NOT NULL,
  version INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  limit_msat INTEGER NOT NULL CHECK (limit_msat >= 0),
  period_ms INTEGER NOT NULL CHECK (period_ms > 0),
  from_elapsed_ms INTEGER NOT NULL,
  seal TEXT NOT NULL,
  PRIMARY KEY (party, version)
) STRICT;${written("treasury_budgets")}
CREATE TABLE treasury_spends (
  reference TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  at_elapsed_ms INTEGER NOT NULL,
  party TEXT NOT NULL,
  purpose TEXT NOT NULL,
  payee TEXT NOT NULL,
  amount_msat INTEGER NOT NULL CHECK (amount_msat >= 0),
  fee_cap_msat INTEGER NOT NULL CHECK (fee_cap_msat >= 0),
  origin TEXT NOT NULL,
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;
CREATE INDEX treasury_spends_time ON treasury_spends (at_elapsed_ms);
CREATE INDEX treasury_spends_party ON treasury_spends (party, at_elapsed_ms);
CREATE TRIGGER treasury_spends_fixed BEFORE UPDATE ON treasury_spends
WHEN OLD.undone = 1 OR NEW.reference <> OLD.reference OR NEW.amount_msat <> OLD.amount_msat
  OR NEW.fee_cap_msat <> OLD.fee_cap_msat OR NEW.party <> OLD.party
  OR NEW.at_elapsed_ms <> OLD.at_elapsed_ms OR NEW.counted <> OLD.counted
BEGIN SELECT RAISE(ABORT, 'treasury_spends: a spend is only undone'); END;
CREATE TRIGGER treasury_spends_no_delete BEFORE DELETE ON treasury_spends
BEGIN SELECT RAISE(ABORT, 'treasury_spends: rows are never deleted'); END;
CREATE TABLE treasury_verdicts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  reference TEXT NOT NULL,
  party TEXT NOT NULL,
  purpose TEXT NOT NULL,
  payee TEXT NOT NULL,
  amount_msat TEXT NOT NULL,
  fee_cap_msat TEXT NOT NULL,
  origin TEXT NOT NULL,
  code TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE TRIGGER treasury_verdicts_no_update BEFORE UPDATE ON treasury_verdicts
BEGIN SELECT RAISE(ABORT, 'treasury_verdicts: rows are never changed'); END;
CREATE TRIGGER treasury_verdicts_oldest BEFORE DELETE ON treasury_verdicts
WHEN OLD.seq > (SELECT MAX(seq) FROM treasury_verdicts) - 100000
BEGIN SELECT RAISE(ABORT, 'treasury_verdicts: only the oldest may go'); END;`;

const approvals = `
CREATE TABLE treasury_approvers (
  who TEXT PRIMARY KEY,
  created_ms INTEGER NOT NULL,
  secret TEXT NOT NULL,
  confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
  last_step INTEGER NOT NULL,
  wrong INTEGER NOT NULL,
  locked_until_elapsed_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER treasury_approvers_once BEFORE UPDATE ON treasury_approvers
WHEN OLD.confirmed = 1 AND (NEW.secret <> OLD.secret OR NEW.last_step < OLD.last_step
  OR NEW.confirmed = 0)
BEGIN SELECT RAISE(ABORT, 'treasury_approvers: a code is never good again'); END;
CREATE TABLE treasury_requests (
  id TEXT PRIMARY KEY,
  ask_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('withdrawal', 'payment', 'sweep', 'channel')),
  state TEXT NOT NULL,
  party TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  why TEXT NOT NULL,
  amount_msat INTEGER NOT NULL CHECK (amount_msat > 0),
  fee_cap_msat INTEGER NOT NULL CHECK (fee_cap_msat >= 0),
  destination TEXT NOT NULL,
  destination_kind TEXT NOT NULL CHECK (destination_kind IN ('invoice', 'address', 'node')),
  destination_new INTEGER NOT NULL CHECK (destination_new IN (0, 1)),
  payee TEXT NOT NULL,
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  requested_ms INTEGER NOT NULL,
  requested_elapsed_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  payment_id TEXT NOT NULL DEFAULT '',
  raw_hex TEXT NOT NULL DEFAULT '',
  txid TEXT NOT NULL DEFAULT '',
  fee_msat INTEGER,
  note TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX treasury_requests_state ON treasury_requests (state);
CREATE INDEX treasury_requests_payee ON treasury_requests (payee);
CREATE TRIGGER treasury_requests_bound BEFORE UPDATE ON treasury_requests
WHEN NEW.id <> OLD.id OR NEW.ask_key <> OLD.ask_key OR NEW.kind <> OLD.kind
  OR NEW.party <> OLD.party OR NEW.requested_by <> OLD.requested_by OR NEW.why <> OLD.why
  OR NEW.amount_msat <> OLD.amount_msat OR NEW.fee_cap_msat <> OLD.fee_cap_msat
  OR NEW.destination <> OLD.destination OR NEW.destination_kind <> OLD.destination_kind
  OR NEW.payee <> OLD.payee OR NEW.digest <> OLD.digest OR NEW.expires_ms <> OLD.expires_ms
  OR NEW.requested_ms <> OLD.requested_ms OR NEW.requested_elapsed_ms <> OLD.requested_elapsed_ms
  OR (OLD.raw_hex <> '' AND NEW.raw_hex <> OLD.raw_hex)
  OR (OLD.payment_id <> '' AND NEW.payment_id <> OLD.payment_id)
BEGIN SELECT RAISE(ABORT, 'treasury_requests: what was asked is never changed'); END;
CREATE TRIGGER treasury_requests_states BEFORE UPDATE OF state ON treasury_requests
WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
  'requested>pending', 'requested>auto', 'pending>approved', 'pending>rejected',
  'pending>expired', 'approved>executing', 'approved>expired', 'auto>executing', 'auto>expired',
  'approved>failed', 'auto>failed', 'executing>sent', 'executing>failed', 'sent>confirmed',
  'sent>failed')
BEGIN SELECT RAISE(ABORT, 'treasury_requests: no such step'); END;
CREATE TRIGGER treasury_requests_new BEFORE INSERT ON treasury_requests
WHEN NEW.state <> 'requested'
BEGIN SELECT RAISE(ABORT, 'treasury_requests: begins as requested'); END;
CREATE TRIGGER treasury_requests_no_delete BEFORE DELETE ON treasury_requests
BEGIN SELECT RAISE(ABORT, 'treasury_requests: rows are never deleted'); END;
CREATE TABLE treasury_decisions (
  request_id TEXT PRIMARY KEY REFERENCES treasury_requests (id),
  verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'deny', 'auto')),
  digest TEXT NOT NULL,
  who TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  seal TEXT NOT NULL
) STRICT;${written("treasury_decisions")}`;

const upkeep = `
CREATE TABLE treasury_cold (
  version INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  descriptor TEXT NOT NULL,
  confirmed_by TEXT NOT NULL DEFAULT '',
  next_index INTEGER NOT NULL DEFAULT 0,
  seal TEXT NOT NULL,
  confirmed_seal TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER treasury_cold_fixed BEFORE UPDATE ON treasury_cold
WHEN NEW.descriptor <> OLD.descriptor OR NEW.seal <> OLD.seal OR NEW.next_index < OLD.next_index
BEGIN SELECT RAISE(ABORT, 'treasury_cold: an address is used once'); END;
CREATE TABLE treasury_marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE treasury_rebalances (
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  at_elapsed_ms INTEGER NOT NULL,
  from_channel TEXT NOT NULL,
  to_channel TEXT NOT NULL,
  last_hop TEXT NOT NULL,
  amount_msat INTEGER NOT NULL CHECK (amount_msat > 0),
  max_fee_msat INTEGER NOT NULL CHECK (max_fee_msat >= 0),
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  payment_id TEXT NOT NULL DEFAULT '',
  fee_msat INTEGER,
  outcome TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX treasury_rebalances_time ON treasury_rebalances (at_elapsed_ms);
CREATE TABLE treasury_alarms (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL
) STRICT;`;

export const treasuryTables: readonly Migration[] = [
  { name: "treasury-policy", text: policy },
  { name: "treasury-approvals", text: approvals },
  { name: "treasury-upkeep", text: upkeep },
];
