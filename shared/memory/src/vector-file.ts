import { rmSync } from "node:fs";
import { getLoadablePath } from "sqlite-vec";
import { vectorCoarse, vectorCoarseLeast, vectorCoarseMost } from "./limits.ts";
import { openSqlite, type SqliteFile, telling } from "./sqlite-file.ts";
import type { VectorForms } from "./vector-forms.ts";

export interface VectorRow extends VectorForms {
  readonly id: string;
  /** When the memory was as it is in the vector. */
  readonly atMs: number;
}
/** What the vectors were made with. */
export interface VectorMark {
  readonly model: string;
  readonly dimensions: number;
}
/** Vectors of memories on disk. It is made from the memories and may be lost at any time. */
export interface VectorFile {
  mark(): VectorMark | null;
  /** Forgets everything. */
  clear(): void;
  /** After it was cleared: it is for vectors of this kind. */
  begin(mark: VectorMark): void;
  /** What is there of the ids above one, up to and with the other; null is the end. */
  known(afterId: string, toId: string | null): ReadonlyMap<string, number>;
  put(rows: readonly VectorRow[]): void;
  remove(ids: readonly string[]): void;
  /** Ids of the nearest by angle, nearest first. */
  nearest(forms: VectorForms, limit: number): readonly string[];
  close(): void;
}

/** Raised when the tables or the forms become others: the file is then made anew. */
const format = 1;

const emptied = "DROP TABLE IF EXISTS signs; DELETE FROM vectors; DELETE FROM marks";

/** Also what a program of another kind or a disk left there: nothing in it is worth keeping. */
function open(path: string): SqliteFile {
  const load = () => {
    const db = openSqlite(path, "write");
    try {
      db.loadExtension(getLoadablePath());
      db.exec(
        `CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
         CREATE TABLE IF NOT EXISTS vectors (
           seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL,
           fine BLOB NOT NULL
         ) STRICT`,
      );
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    return load();
  } catch {
    if (path !== ":memory:")
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    return load();
  }
}

function prepareWrites(db: SqliteFile) {
  return {
    insert: db.prepare<[string, number, Uint8Array]>(
      "INSERT INTO vectors (id, at_ms, fine) VALUES (?, ?, ?)",
    ),
    insertSigns: db.prepare<[bigint, Uint8Array]>(
      "INSERT INTO signs (seq, signs) VALUES (?, vec_bit(?))",
    ),
    remove: db.prepare<[string], { seq: number }>("DELETE FROM vectors WHERE id = ? RETURNING seq"),
    removeSigns: db.prepare<[bigint]>("DELETE FROM signs WHERE seq = ?"),
    nearest: db
      .prepare<[{ signs: Uint8Array; fine: Uint8Array; coarse: number; limit: number }], string>(
        `WITH near AS (SELECT seq FROM signs WHERE signs MATCH vec_bit(@signs) AND k = @coarse)
         SELECT id FROM near JOIN vectors USING (seq)
         ORDER BY vec_distance_cosine(vec_int8(fine), vec_int8(@fine)), id DESC LIMIT @limit`,
      )
      .pluck(),
  };
}

const bytesOf = (fine: Int8Array) => new Uint8Array(fine.buffer, fine.byteOffset, fine.length);

/** Opens or makes the file of vectors. Throws where sqlite-vec has no build for this machine. */
export function openVectorFile(path: string): VectorFile {
  const db = telling(() => open(path));
  const readMark = (): VectorMark | null => {
    const get = db.prepare<[string], string>("SELECT value FROM marks WHERE name = ?").pluck();
    const [made, model, dimensions] = ["format", "model", "dimensions"].map((name) =>
      get.get(name),
    );
    if (made !== String(format) || model === undefined || dimensions === undefined) return null;
    return { model, dimensions: Number(dimensions) };
  };
  const knownTo = db.prepare<[string, string], { id: string; at_ms: number }>(
    "SELECT id, at_ms FROM vectors WHERE id > ? AND id <= ? ORDER BY id",
  );
  const knownAfter = db.prepare<[string], { id: string; at_ms: number }>(
    "SELECT id, at_ms FROM vectors WHERE id > ? ORDER BY id",
  );
  let mark = telling(readMark);
  if (mark === null) telling(() => db.exec(emptied));
  let writes = mark === null ? null : telling(() => prepareWrites(db));
  const drop = (id: string) => {
    const gone = writes?.remove.get(id);
    if (gone !== undefined) writes?.removeSigns.run(BigInt(gone.seq));
  };
  const together = (run: () => void) => telling(() => db.transaction(run).immediate());
  return {
    mark: () => mark,
    clear() {
      [mark, writes] = [null, null];
      together(() => db.exec(emptied));
    },
    begin(next) {
      together(() => {
        db.exec(
          `CREATE VIRTUAL TABLE signs USING
           vec0(seq integer primary key, signs bit[${8 * Math.ceil(next.dimensions / 8)}])`,
        );
        const set = db.prepare("INSERT INTO marks VALUES (?, ?)");
        set.run("format", String(format));
        set.run("model", next.model);
        set.run("dimensions", String(next.dimensions));
      });
      mark = next;
      writes = telling(() => prepareWrites(db));
    },
    known: (afterId, toId) =>
      telling(() => {
        const rows = toId === null ? knownAfter.all(afterId) : knownTo.all(afterId, toId);
        return new Map(rows.map(({ id, at_ms }) => [id, at_ms]));
      }),
    put: (rows) =>
      together(() => {
        for (const { id, atMs, signs, fine } of rows) {
          drop(id);
          const added = writes?.insert.run(id, atMs, bytesOf(fine));
          if (added !== undefined) writes?.insertSigns.run(BigInt(added.lastInsertRowid), signs);
        }
      }),
    remove: (ids) => together(() => ids.forEach(drop)),
    nearest({ signs, fine }, limit) {
      const coarse = Math.min(vectorCoarseMost, Math.max(vectorCoarseLeast, vectorCoarse * limit));
      return telling(
        () => writes?.nearest.all({ signs, fine: bytesOf(fine), coarse, limit }) ?? [],
      );
    },
    close: () => void db.close(),
  };
}
