import type { Migration } from "../ledger/port.ts";

/** What the books keep for this folder, oldest first; a migration is never changed after a release. */
export const paymentsTables: readonly Migration[] = [
  {
    name: "payments-1",
    text: `
CREATE TABLE payments (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL UNIQUE,
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  kind TEXT NOT NULL CHECK (kind IN ('lightning', 'internal', 'circular')),
  payment_hash TEXT NOT NULL CHECK (length(payment_hash) = 64),
  bolt11 TEXT NOT NULL,
  payee TEXT NOT NULL,
  amount_msat INTEGER NOT NULL CHECK (amount_msat > 0),
  amount_asked INTEGER NOT NULL CHECK (amount_asked IN (0, 1)),
  max_fee_msat INTEGER NOT NULL CHECK (max_fee_msat >= 0),
  fee_msat INTEGER,
  preimage TEXT,
  party TEXT NOT NULL,
  purpose TEXT NOT NULL,
  note TEXT NOT NULL,
  outgoing_channel TEXT,
  last_hop TEXT,
  hold_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('draft', 'held', 'sending', 'inflight', 'unknown', 'succeeded', 'failed')),
  reason TEXT NOT NULL,
  calls INTEGER NOT NULL,
  intents INTEGER NOT NULL,
  moved INTEGER NOT NULL CHECK (moved IN (0, 1)),
  hash_seen INTEGER NOT NULL CHECK (hash_seen IN (0, 1)),
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  CHECK (state <> 'succeeded' OR fee_msat IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX payments_one_for_a_hash ON payments (payment_hash) WHERE state <> 'failed';
CREATE INDEX payments_by_hash ON payments (payment_hash);
CREATE INDEX payments_live ON payments (seq) WHERE state NOT IN ('succeeded', 'failed');
CREATE INDEX payments_failed ON payments (changed_ms) WHERE state = 'failed';
CREATE TRIGGER payments_delete BEFORE DELETE ON payments
BEGIN SELECT RAISE(ABORT, 'a payment is never deleted'); END;

CREATE TABLE sales (
  seq INTEGER PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE,
  payment_hash TEXT NOT NULL UNIQUE CHECK (length(payment_hash) = 64),
  amount_msat INTEGER NOT NULL CHECK (amount_msat > 0),
  memo TEXT NOT NULL,
  party TEXT NOT NULL,
  service TEXT NOT NULL,
  expiry_s INTEGER NOT NULL,
  bolt11 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'paid', 'cancelled', 'expired')),
  paid_msat INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  paid_ms INTEGER
) STRICT;
CREATE TRIGGER sales_delete BEFORE DELETE ON sales
BEGIN SELECT RAISE(ABORT, 'a sale is never deleted'); END;

CREATE TABLE open_invoices (
  payment_hash TEXT PRIMARY KEY,
  add_index INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX open_invoices_by_index ON open_invoices (add_index);

CREATE TABLE money_marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE money_secrets (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;

CREATE TABLE known_channels (
  point TEXT PRIMARY KEY,
  capacity_msat INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE reconciliations (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
  result TEXT NOT NULL
) STRICT;
CREATE TABLE money_alarms (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  code TEXT NOT NULL,
  reference TEXT NOT NULL,
  sentence TEXT NOT NULL,
  UNIQUE (code, reference)
) STRICT;
`,
  },
];
