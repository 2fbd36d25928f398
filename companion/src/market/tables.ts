import type { Migration } from "../ledger/port.ts";

export const marketTables: readonly Migration[] = [
  {
    name: "market-1",
    text: `
      CREATE TABLE auctions (
        id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, task TEXT NOT NULL, poster TEXT NOT NULL,
        budget_msat INTEGER NOT NULL CHECK (budget_msat > 0),
        state TEXT NOT NULL CHECK (state IN
          ('bidding', 'awarded', 'executing', 'completed', 'failed', 'cancelled', 'no-bidder')),
        posted_ms INTEGER NOT NULL, closes_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
        winner TEXT NOT NULL DEFAULT '', price_msat INTEGER NOT NULL DEFAULT 0,
        bond_msat INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT '',
        decision TEXT NOT NULL DEFAULT '[]'
      ) STRICT;
      CREATE INDEX auctions_open ON auctions (state) WHERE state IN ('bidding', 'awarded', 'executing');
      CREATE TABLE auction_bids (
        auction TEXT NOT NULL REFERENCES auctions, bidder TEXT NOT NULL,
        price TEXT NOT NULL, bond TEXT NOT NULL, at_ms INTEGER NOT NULL,
        PRIMARY KEY (auction, bidder)
      ) STRICT;
      CREATE TABLE track_records (
        agent TEXT NOT NULL, service TEXT NOT NULL,
        succeeded INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (agent, service)
      ) STRICT;
      -- What was decided and what came of it stays; only what is open may change.
      CREATE TRIGGER auctions_kept BEFORE DELETE ON auctions
        BEGIN SELECT RAISE (ABORT, 'auctions are kept'); END;
      CREATE TRIGGER auctions_ended BEFORE UPDATE ON auctions
        WHEN old.state NOT IN ('bidding', 'awarded', 'executing')
        BEGIN SELECT RAISE (ABORT, 'this auction has ended'); END;
      CREATE TRIGGER auctions_decided BEFORE UPDATE ON auctions
        WHEN old.winner <> '' AND (new.winner <> old.winner OR new.decision <> old.decision)
        BEGIN SELECT RAISE (ABORT, 'the decision is the winner'); END;`,
  },
];
