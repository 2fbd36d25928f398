import { TimmyError } from "@timmy/shared/errors";
import type { Clock } from "@timmy/shared/ports/time";
import { createDiskSpace, type SpaceLimits, usualSpace } from "./disk-space.ts";
import { createLedger } from "./ledger.ts";
import { preparedLimit } from "./limits.ts";
import { checkVersion, migrate } from "./migrate.ts";
import { booksMigrations } from "./migrations.ts";
import type { Books, Migration, Sql, SqlValue } from "./port.ts";
import { makeDurable, openFile, type SqliteFile, telling, toTimmyError } from "./sqlite-file.ts";
import { createTransactions } from "./transactions.ts";

export interface BooksOptions {
  /** A file, or ":memory:" in tests. */
  readonly path: string;
  readonly clock: Pick<Clock, "wallMs">;
  readonly migrations?: readonly Migration[];
  /** `read` never writes and needs a file that exists. */
  readonly mode?: "write" | "read";
  /** Null: no ballast and no look at the free space. */
  readonly space?: SpaceLimits | null;
}

type Statement = ReturnType<typeof prepareAny>;
const prepareAny = (db: SqliteFile, text: string) => db.prepare<SqlValue[]>(text);

function createSql(db: SqliteFile): Sql {
  const prepared = new Map<string, Statement>();
  function prepare(text: string): Statement {
    let statement = prepared.get(text);
    if (statement !== undefined) return statement;
    if (prepared.size >= preparedLimit) prepared.clear();
    statement = prepareAny(db, text);
    prepared.set(text, statement);
    return statement;
  }
  return {
    all: telling(
      <Row>(text: string, ...values: readonly SqlValue[]) => prepare(text).all(...values) as Row[],
    ) as Sql["all"],
    get: telling(
      (text: string, ...values: readonly SqlValue[]) => prepare(text).get(...values) ?? null,
    ) as Sql["get"],
    run: telling((text: string, ...values: readonly SqlValue[]) => ({
      changes: prepare(text).run(...values).changes,
    })),
  };
}

/**
 * Opens (and makes) the books. Throws `bad-file`, `books-newer`, `books-broken`, `disk-full`,
 * `disk-error`; a file that a newer version wrote is left as it is.
 */
export function openBooks(options: BooksOptions): Books {
  const { path, clock, migrations = booksMigrations, mode = "write" } = options;
  const watched = path !== ":memory:" && mode === "write" ? (options.space ?? usualSpace) : null;
  const space = watched === null || options.space === null ? null : createDiskSpace(path, watched);
  const db = openFile(path, mode);
  try {
    const missing = checkVersion(db, migrations);
    if (mode === "read" && missing > 0) {
      throw new TimmyError("bad-file", "An older version wrote the books; start this one once.");
    }
    makeDurable(db);
    if (mode === "write") migrate(db, migrations);
    space?.tend();
    const transactions = createTransactions(db, space);
    const { assertWriting } = transactions;
    return {
      file: path,
      ledger: createLedger({ db, clock, assertWriting, migrations }),
      sql: createSql(db),
      write: transactions.write,
      commit: transactions.commit,
      health: transactions.health,
      close() {
        if (db.open) db.close();
      },
    };
  } catch (cause) {
    db.close();
    throw toTimmyError(cause);
  }
}
