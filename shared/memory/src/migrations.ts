/**
 * The schema, step by step; `user_version` counts the steps that a file has. A step that was released
 * is never edited.
 */
export const migrations: readonly string[] = [
  `
  -- One row. sealed_key is the Ed25519 seed under AES-256-GCM: nonce, ciphertext, tag.
  CREATE TABLE agent (
    one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, name TEXT NOT NULL,
    created_ms INTEGER NOT NULL, epoch INTEGER NOT NULL, generation INTEGER NOT NULL,
    parent_id TEXT, state_hash TEXT NOT NULL, status TEXT NOT NULL, departed_to TEXT NOT NULL,
    sealed_key BLOB NOT NULL
  ) STRICT;

  -- Facts and episodes. A fact has one value for each source: nobody overwrites another's.
  CREATE TABLE memories (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, key TEXT NOT NULL,
    text TEXT NOT NULL, source TEXT NOT NULL, created_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    importance REAL NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '[]',
    who TEXT NOT NULL DEFAULT '', access_count INTEGER NOT NULL DEFAULT 0,
    extra TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE UNIQUE INDEX facts_by_key ON memories (key, source) WHERE kind = 'fact';
  CREATE INDEX memories_by_time ON memories (kind, at_ms, id);

  -- The words of each memory, cut and folded by words.ts; the texts themselves stand above only.
  CREATE VIRTUAL TABLE memory_words USING fts5(
    words, content = '', tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
  );
  -- Without it the words of a forgotten memory would stay in the index until a merge.
  INSERT INTO memory_words (memory_words, rank) VALUES ('secure-delete', 1);

  -- What the index was made with.
  CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE core_blocks (
    name TEXT PRIMARY KEY, text TEXT NOT NULL, source TEXT NOT NULL, changed_ms INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT ''
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE preferences (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, extra TEXT NOT NULL DEFAULT ''
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL, extra TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE TABLE lineage (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, what TEXT NOT NULL, node TEXT NOT NULL,
    epoch INTEGER NOT NULL, note TEXT NOT NULL, extra TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE TABLE documents (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- The effect log: nothing is changed; only what a seal stands for is dropped.
  CREATE TABLE effects (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE effect_seals (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;
  CREATE TRIGGER effects_unchanged BEFORE UPDATE ON effects
  BEGIN SELECT RAISE(ABORT, 'the effect log is append-only'); END;
  CREATE TRIGGER effects_kept BEFORE DELETE ON effects
  WHEN OLD.seq > (SELECT coalesce(max(seq), 0) FROM effect_seals)
  BEGIN SELECT RAISE(ABORT, 'the effect log is append-only'); END;
  CREATE TRIGGER effects_follow BEFORE INSERT ON effects
  WHEN NEW.seq <> 1 + max((SELECT coalesce(max(seq), 0) FROM effects),
    (SELECT coalesce(max(seq), 0) FROM effect_seals))
  BEGIN SELECT RAISE(ABORT, 'the effect log is append-only'); END;
  CREATE TRIGGER seals_unchanged BEFORE UPDATE ON effect_seals
  BEGIN SELECT RAISE(ABORT, 'the effect log is append-only'); END;

  -- How many there are of each: counting a million rows takes too long. Not kept by triggers, whose
  -- savepoints make FTS5 write its pending words out at every row. 'effect' is the newest effect's
  -- number: an end that was cut off is seen.
  CREATE TABLE tallies (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO tallies VALUES ('fact', 0), ('episode', 0), ('blob', 0), ('blob-bytes', 0),
    ('effect', 0);
  `,
];
